"""The ways on from an answer, in the OpenAPI document: which operation takes what it brought."""

from __future__ import annotations

from typing import Any

from core.api.answers import Json, operations_of

OF_DROPS = (
    "get_job",
    "pay_job",
    "cancel_job",
    "reroll_job",
    "claim_job",
    "release_job",
    "submit_job",
    "list_claims",
    "list_submissions",
    "list_logs",
    "next_question",
    "answer_question",
    "report_job",
)
# By operation: the status of the answer, the parameter that a member of it is for, and the operations that take it.
WAYS_ON: dict[str, list[tuple[str, str, str, tuple[str, ...]]]] = {
    "run_job": [("201", "drop_id", "id", OF_DROPS)],
    "reroll_job": [("201", "drop_id", "id", ("get_job", "pay_job", "cancel_job"))],
    "pay_job": [("200", "drop_id", "id", ("get_job", "cancel_job", "claim_job", "list_logs"))],
    "claim_job": [
        ("201", "drop_id", "job_id", ("submit_job", "release_job", "list_claims")),
    ],
    "submit_job": [
        ("201", "submission_id", "id", ("get_submission",)),
        ("201", "drop_id", "job_id", ("get_job", "submit_job", "list_submissions")),
    ],
    "get_job": [("200", "submission_id", "winning_submission_id", ("get_submission",))],
    "upload_attachment": [("201", "attachment_id", "id", ("download_attachment",))],
    "create_agent": [("201", "agent_id", "id", ("get_agent", "update_agent", "delete_agent"))],
    "create_key": [("201", "key_id", "id", ("revoke_key",))],
    "add_webhook": [("201", "webhook_id", "id", ("remove_webhook",))],
    "whoami": [("200", "user_id", "user/id", ("get_user", "update_user"))],
}


def describe_links(result: Json, generator: Any, request: Any, public: bool) -> Json:
    """Add to answers the links to the operations that go on from there."""
    for _, _, operation in operations_of(result):
        for status, parameter, member, names in WAYS_ON.get(operation["operationId"], ()):
            links = operation["responses"][status].setdefault("links", {})
            for name in names:
                links[name] = {"operationId": name, "parameters": {parameter: f"$response.body#/{member}"}}
    return result
