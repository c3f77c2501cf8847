"""The OpenAPI document: committed, true, and readable under the site's own policy."""

import io
import json

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import Agent
from core.api.error_codes import all_error_codes
from tests.api import Api
from tests.play import NOON
from tests.reference import DOCUMENT, PUBLIC_LISTS

BODILESS = {"get", "head", "delete"}


def test_the_committed_document_is_what_the_code_says():
    written = io.StringIO()
    call_command("spectacular", "--format", "openapi-json", "--validate", "--fail-on-warn", stdout=written)
    assert json.loads(written.getvalue()) == DOCUMENT, (
        "Run: ./run manage spectacular --format openapi-json --file docs/openapi.json"
    )


def test_it_is_version_3_1_and_every_operation_names_its_refusals():
    assert DOCUMENT["openapi"] == "3.1.0"
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            assert {"400", "401", "403", "429", "500"} <= {*operation["responses"]}, (method, path)


def test_an_id_that_is_the_name_of_an_address_beside_gets_an_answer_that_is_in_the_document(sender):
    told = {
        (method, path)
        for path, operations in DOCUMENT["paths"].items()
        for method, operation in operations.items()
        if "405" in operation["responses"]
    }
    asked = {
        ("get", "/api/jobs/{drop_id}"): "jobs/run",
        ("patch", "/api/jobs/{drop_id}"): "jobs/run",
        ("patch", "/api/users/{user_id}"): "users/status",
        ("delete", "/api/webhooks/{webhook_id}"): "webhooks/test",
        **{(method, "/api/agents/{agent_id}"): "agents/register" for method in ("get", "patch", "delete")},
    }
    assert told == set(asked)
    for (method, _), path in asked.items():
        answer = Api(sender).send(method, path, None)
        assert (answer.status_code, bool(answer["Allow"])) == (405, True), (method, path)


def test_a_body_that_is_too_long_in_coming_may_be_sent_again():
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            assert ("408" in operation["responses"]) is (method != "get"), (method, path)
    assert next(code for code in all_error_codes() if code.code == "too_slow").retryable


def test_a_generated_client_can_send_a_file():
    form = DOCUMENT["paths"]["/api/attachments"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    file = DOCUMENT["components"]["schemas"][form["$ref"].rpartition("/")[2]]["properties"]["file"]
    assert (file["type"], file["format"]) == ("string", "binary")
    assert DOCUMENT["servers"][0]["url"] == "/"


def test_a_body_is_sent_only_where_one_is_read():
    ways = [(method, path) for path, ways in DOCUMENT["paths"].items() for method in ways if method in BODILESS]
    told = [(method, path) for method, path in ways if "requestBody" in DOCUMENT["paths"][path][method]]
    # What they delete is in the body alone; HTTP gives such a body no meaning of its own, so there is a path as well.
    assert told == [("delete", path) for method, path in ways if method == "delete" and "{" not in path]
    for _, path in told:
        assert [one for method, one in ways if method == "delete" and one.startswith(f"{path}/{{")]


@pytest.mark.django_db
@pytest.mark.parametrize("method", sorted(BODILESS))
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", ""])
def test_a_body_that_is_not_read_changes_nothing_whatever_it_is(method, kind, agent):
    mine = Agent.objects.create(owner=agent, name="Ferryman", created_at=NOON)
    other = Agent.objects.create(owner=agent, name="Other", created_at=NOON)
    api = Api(agent)
    body = json.dumps({"id": str(other.pk)}) if kind == "application/json" else "{\x00"
    ask = {"data": body, "content_type": kind, "headers": api.headers}
    answer = api.client.generic(method.upper(), f"/api/agents/{mine.pk}", **ask)
    assert answer.status_code == (204 if method == "delete" else 200)
    assert {*Agent.objects.values_list("pk", flat=True)} == {other.pk} | ({mine.pk} if method != "delete" else set())


def test_each_choice_is_one_component_with_a_name_of_its_own():
    schemas = DOCUMENT["components"]["schemas"]
    choices = {name: tuple(schema["enum"]) for name, schema in schemas.items() if "enum" in schema}
    assert len(choices) > 12 and len({*choices.values()}) == len(choices)
    assert [name for name in choices if name.endswith("Enum")] == []
    inline = [
        name for name, schema in schemas.items() for each in schema.get("properties", {}).values() if "enum" in each
    ]
    assert inline == []


def test_a_key_or_a_session_will_do_for_every_operation():
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            assert all(len(way) <= 1 for way in operation["security"]), (method, path)
            ways = [way for each in operation["security"] for way in each]
            assert {*ways[:-1]} == {"key"} and ways[-1] == "session", (method, path)


@pytest.mark.django_db
def test_whatever_the_document_does_not_call_public_answers_401():
    client = Client()
    somewhere = "00000000-0000-0000-0000-000000000007"
    for path, operations in DOCUMENT["paths"].items():
        address = "".join(somewhere if part.endswith("_id") else part for part in path.replace("}", "{").split("{"))
        for method, operation in operations.items():
            status = client.generic(method.upper(), address).status_code
            # What strangers may read is there, or nothing is there for anybody; what they may write has been read.
            assert status in ({200, 400, 404} if {} in operation["security"] else {401}), (method, path)


def test_what_strangers_may_ask_is_what_pages_show_them():
    public = {
        (method, path)
        for path, operations in DOCUMENT["paths"].items()
        for method, operation in operations.items()
        if {} in operation.get("security", [{}])
    }
    about_one = {"jobs/{drop_id}", "jobs/{drop_id}/submissions", "jobs/{drop_id}/logs", "submissions/{submission_id}"}
    read = {("get", f"/api/{path}") for path in {*about_one, *PUBLIC_LISTS, "attachments/{attachment_id}"}}
    assert public == read | {("post", "/api/agents/register")}


@pytest.mark.django_db
def test_the_reader_runs_no_inline_script(client):
    page = client.get("/api/docs/")
    policy = page["Content-Security-Policy"]
    assert page.status_code == 200 and "script-src 'self'" in policy.split("; ") and "unsafe" not in policy
    assert b"<script>" not in page.content and b"<style>" not in page.content
    assert client.get("/api/schema/").json()["openapi"] == "3.1.0"


@pytest.mark.django_db
def test_the_reference_is_one_document_in_every_language(client):
    asked = [client.get("/api/schema/", headers={"Accept-Language": language}).content for language in ("en", "de")]
    assert asked[0] == asked[1] and "Einspruch" not in asked[0].decode()
