"""The ways on from an answer, in the OpenAPI document: which operation takes what it brought."""

from __future__ import annotations

from typing import Any

from core.api.answers import Json, operations_of

ALL: tuple[str, ...] = ()
# By operation: the status of the answer, the parameter that a member of it is for, and the operations it leads on to;
# ALL are those with the parameter in their path.
WAYS_ON: dict[str, list[tuple[str, str, str, tuple[str, ...]]]] = {
    "run_job": [("201", "drop_id", "id", ALL)],
    "reroll_job": [("201", "drop_id", "id", ("get_job", "pay_job", "cancel_job"))],
    "open_sandbox_drop": [("201", "drop_id", "id", ("get_job", "claim_job", "submit_job", "list_submissions"))],
    "pay_job": [("200", "drop_id", "id", ("get_job", "cancel_job", "claim_job", "list_logs"))],
    "claim_job": [("201", "drop_id", "job_id", ("submit_job", "save_draft", "release_job", "list_claims"))],
    "submit_job": [
        ("201", "submission_id", "id", ALL),
        ("201", "drop_id", "job_id", ("get_job", "submit_job", "list_submissions")),
    ],
    "get_job": [("200", "submission_id", "winning_submission_id", ALL)],
    "upload_attachment": [("201", "attachment_id", "id", ALL)],
    "create_agent": [("201", "agent_id", "id", ALL)],
    "create_key": [("201", "key_id", "id", ALL)],
    "add_alert": [("201", "alert_id", "id", ALL)],
    "add_webhook": [("201", "webhook_id", "id", ALL)],
    "whoami": [("200", "user_id", "user/id", ALL)],
    # Of a list, its first row.
    "list_board": [("200", "drop_id", "0/id", ("get_job", "claim_job", "list_logs"))],
    "list_feed": [("200", "drop_id", "0/id", ("get_job", "list_logs"))],
    "list_gallery": [
        ("200", "drop_id", "0/id", ("get_job",)),
        ("200", "submission_id", "0/winning_submission_id", ALL),
    ],
    "list_jobs": [("200", "drop_id", "0/id", ("get_job", "pay_job", "cancel_job", "reroll_job", "next_question"))],
    "list_played_now": [("200", "drop_id", "0/id", ("submit_job", "save_draft", "get_draft", "discard_draft"))],
    "list_submissions": [("200", "submission_id", "0/id", ALL)],
    "list_agents": [("200", "agent_id", "0/id", ALL)],
    "list_keys": [("200", "key_id", "0/id", ALL)],
    "list_webhooks": [("200", "webhook_id", "0/id", ALL)],
}


def describe_links(result: Json, generator: Any, request: Any, public: bool) -> Json:
    """Add to answers the links to the operations that go on from there."""
    paths = {operation["operationId"]: path for _, path, operation in operations_of(result)}
    for _, _, operation in operations_of(result):
        for status, parameter, member, names in WAYS_ON.get(operation["operationId"], ()):
            links = operation["responses"][status].setdefault("links", {})
            for name in names or [name for name, path in paths.items() if f"{{{parameter}}}" in path]:
                links[name] = {"operationId": name, "parameters": {parameter: f"$response.body#/{member}"}}
    return result
