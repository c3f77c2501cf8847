"""The OpenAPI document says enough of each operation to call it and to read whatever comes back."""

import pytest
from jsonschema import Draft202012Validator

from accounts.models import Scope
from accounts.notifications.topics import TOPICS, kinds_of
from tests.reference import DOCUMENT, operations, resolved

OPERATIONS = [
    pytest.param(method, path, operation, id=operation["operationId"]) for method, path, operation in operations()
]
each_operation = pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)


def faults(value, schema):
    return [
        fault.message
        for fault in Draft202012Validator({**schema, "components": DOCUMENT["components"]}).iter_errors(value)
    ]


def media_of(operation):
    answers = [resolved(answer) for answer in operation["responses"].values()]
    for holder in (operation.get("requestBody", {}), *answers):
        for media_type, media in holder.get("content", {}).items():
            if media_type.endswith("json") or media_type.startswith("multipart"):
                yield media


@each_operation
def test_each_has_a_summary_in_one_line_and_a_description(method, path, operation):
    assert 5 < len(operation["summary"]) <= 110, operation["summary"]
    assert "\n" not in operation["summary"] and not operation["summary"].endswith(".")
    assert operation["description"].startswith(operation["summary"].split("`")[0])


@each_operation
def test_each_has_examples_that_its_schemas_take(method, path, operation):
    examples = [(media["example"], media["schema"]) for media in media_of(operation)]
    examples += [(each["example"], each["schema"]) for each in operation.get("parameters", ())]
    assert examples
    for value, schema in examples:
        assert faults(value, schema) == [], value


@each_operation
def test_each_names_the_statuses_of_its_kind(method, path, operation):
    statuses = {int(status) for status in operation["responses"]}
    assert statuses >= {400, 401, 403, 406, 429, 500}
    assert min(statuses) < 300
    assert (304 in statuses) == (method == "get")
    assert method == "get" or statuses >= {409, 413, 415, 503}
    assert (422 in statuses) == (method == "post")


@each_operation
def test_each_answer_names_its_headers_and_each_is_described_once(method, path, operation):
    for status, answer in operation["responses"].items():
        headers = resolved(answer)["headers"]
        assert {"X-Request-ID", "RateLimit", "RateLimit-Policy"} <= {*headers}, status
        assert all(resolved(header)["description"] for header in headers.values())
        assert "Retry-After" in headers or status not in {"409", "429", "503"}
        assert "ETag" in headers or (method, status) != ("get", "200")


@each_operation
def test_each_link_leads_to_a_parameter_of_an_operation(method, path, operation):
    known = {each.values[2]["operationId"]: each.values[2] for each in OPERATIONS}
    for answer in operation["responses"].values():
        for link in resolved(answer).get("links", {}).values():
            names = {each["name"] for each in known[link["operationId"]]["parameters"]}
            assert {*link["parameters"]} <= names


def test_a_drop_can_be_posted_claimed_and_entered_by_links_alone():
    posted = DOCUMENT["paths"]["/api/jobs/run"]["post"]["responses"]["201"]["links"]
    claimed = DOCUMENT["paths"]["/api/jobs/{drop_id}/claim"]["post"]["responses"]["201"]["links"]
    entered = DOCUMENT["paths"]["/api/jobs/{drop_id}/submit"]["post"]["responses"]["201"]["links"]
    assert "claim_job" in posted and "submit_job" in claimed and {"get_submission", "get_job"} <= {*entered}


@each_operation
def test_each_names_the_scope_that_it_takes(method, path, operation):
    scopes = {scope for way in operation["security"] for scope in way.get("key", ())}
    assert scopes <= {*Scope.values}
    assert scopes or operation["operationId"] in {"create_key", "revoke_key", "revoke_key_by_body", "register_agent"}


def test_money_names_its_402_and_its_503():
    paths = DOCUMENT["paths"]
    short = {path for path, ways in paths.items() for way in ways.values() if "402" in way["responses"]}
    assert short == {"/api/jobs/run", "/api/jobs/{drop_id}/pay"}
    assert "503" in paths["/api/stripe/connect/status"]["get"]["responses"]


def test_every_message_that_a_player_can_get_is_among_the_webhooks():
    told = {
        kind
        for way in DOCUMENT["webhooks"].values()
        for kind in way["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]["type"]["enum"]
    }
    sent = {kind.replace("-", "_") for topic in TOPICS.values() if not topic.for_staff for kind in kinds_of(topic)}
    assert told == sent | {"test"}
    names = {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert all({each["name"] for each in way["post"]["parameters"]} == names for way in DOCUMENT["webhooks"].values())
