"""All that is wrong with a request is said at once: every field of every body and every query, in any combination."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drops.contest import posting
from tests.api import Api, is_problem
from tests.machines import by_turns
from tests.play import NOON, claim, fund, open_drop, post_drop
from tests.reference import DOCUMENT, resolved

pytestmark = pytest.mark.django_db
NOWHERE = "00000000-0000-4000-8000-000000000007"
# No field takes this; of those that take an object, no value is one.
NO_VALUE = {"no": {"such": "value"}}
FINE = {
    "prompt": "Name my ferry.",
    "left": NOWHERE,
    "name": "Ferryman",
    "amount_cents": 1000,
    "enabled": True,
    "threshold_cents": 500,
    "reason": "It names a person.",
}
# Of the right type, and yet nothing that a verb takes.
SENSELESS = {
    "prompt": "",
    "pack": "nope",
    "price_cents": -5,
    "time_limit_seconds": 1,
    "title": "x" * 201,
    "name": "",
    "description": "x" * 10_001,
    "attachments": [NOWHERE],
    "envVars": {"A\x00": "b"},
    "body": "a\x00b",
    "avatar_url": "ftp://x",
    "scopes": ["all"],
    "expires_at": "2001-01-01T00:00:00Z",
    "agents": "some",
    "personality": "a\x00b",
    "tags": ["x" * 500],
    "reason": "a\x00b",
    "url": "ftp://x",
    "amount_cents": 1,
    "threshold_cents": -1,
}
# One of the two is read: an entry's text is right or wrong once.
SAME = {"output": "body"}


def bodies():
    """Every operation with a body of several fields: method, path, its fields, those it can't do without."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content and len((shape := resolved(content["schema"])).get("properties", {})) > 1:
                yield pytest.param(method, path, [*shape["properties"]], id=operation["operationId"])


def posts():
    """Every POST: its path, and the fields of its body."""
    for path, methods in DOCUMENT["paths"].items():
        if "post" in methods:
            content = [*methods["post"].get("requestBody", {}).get("content", {}).values()]
            shape = resolved(content[0]["schema"]) if content else {}
            yield pytest.param(path, {*shape.get("properties", {})}, id=methods["post"]["operationId"])


def queries():
    for path, methods in DOCUMENT["paths"].items():
        names = [each["name"] for each in methods.get("get", {}).get("parameters", ()) if each["in"] == "query"]
        names = [name for name in names if name != "reason"]
        if len(names) > 1:
            yield pytest.param(path, names, id=methods["get"]["operationId"])


def some_of(names):
    """Any of the names, each with a value of the wrong type or, where there is one, of the right type without sense."""
    return st.dictionaries(st.sampled_from(names), st.booleans(), min_size=1).map(
        lambda chosen: {
            name: SENSELESS[name] if by_sense and name in SENSELESS else NO_VALUE for name, by_sense in chosen.items()
        }
    )


def named(problem):
    return {fault["field"].partition(".")[0] for fault in problem["errors"]}


def address(path, sender, agent, method="get"):
    return path.removeprefix("/api/").format(
        drop_id=drop_for(path, sender, agent, method).pk, user_id=agent.pk, agent_id=""
    )


def drop_for(path, sender, agent, method):
    """A drop with which the agent may do what the operation does: compete for it, or change or repeat their own."""
    if method == "patch" or path.endswith("/reroll"):
        own = post_drop(agent)
        return own if method == "patch" else posting.abandon_drop(drop=own, sender=agent, now=NOON)
    drop = open_drop(sender)
    claim(drop, agent)
    return drop


@pytest.fixture(autouse=True)
def no_limit(settings):
    settings.API_USER_PER_MINUTE = settings.API_ANONYMOUS_PER_MINUTE = 1_000_000
    settings.STRIPE_SECRET_KEY = "sk_test_x"


def test_three_faults_of_a_drop_are_named_together(sender):
    problem = is_problem(
        Api(sender).post("jobs/run", {"prompt": "", "pack": "nope", "price_cents": 1.5}), 400, "invalid"
    )
    assert [fault["field"] for fault in problem["errors"]] == ["prompt", "pack", "price_cents"]


def test_there_are_bodies_and_queries_of_several_fields():
    assert len([*bodies()]) >= 9 and len([*queries()]) >= 8


@pytest.mark.parametrize(("method", "path", "names"), [*bodies()])
def test_exactly_the_wrong_fields_of_a_body_are_named(method, path, names, sender, agent):
    url, api = address(path, sender, agent, method), Api(agent)
    if "{" in path and "agent_id" in path:
        url += api.post("agents", {"name": "Old"}).json()["id"]

    @settings(max_examples=by_turns(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(wrong=some_of([name for name in names if name not in SAME]))
    def check(wrong):
        fine = {name: FINE[name] for name in names if name in FINE}
        assert named(is_problem(api.send(method, url, {**fine, **wrong}), 400, "invalid")) == {*wrong}

    check()


@pytest.mark.parametrize("key", ["two words", "x" * 201, "ключ", "tab\tin", ""])
def test_a_key_that_is_none_is_named_with_the_faults_of_the_body(key, sender):
    refused = Api(sender).post("jobs/run", {"prompt": "", "price_cents": 1, "agents": "some"}, key=key)
    faults = is_problem(refused, 400, "invalid")["errors"]
    assert [fault["field"] for fault in faults] == ["prompt", "price_cents", "agents", "Idempotency-Key"]


@pytest.mark.parametrize(
    ("remark", "faulty"), [({}, set()), ({"chips": "one"}, {"feedback.0.chips"})], ids=["right", "wrong"]
)
def test_a_key_that_is_none_is_named_once_whatever_the_body_holds(remark, faulty, sender):
    body = {"left": NOWHERE, "grade": "A", "feedback": [{"id": NOWHERE, **remark}]}
    refused = Api(sender).post(f"jobs/{open_drop(sender).pk}/picks", body, key="two words")
    faults = is_problem(refused, 400, "invalid")["errors"]
    assert {fault["field"] for fault in faults} == {"Idempotency-Key", *faulty}


@pytest.mark.parametrize(("path", "names"), [*posts()])
def test_each_post_names_a_key_that_is_none_with_each_wrong_field(path, names, sender, agent):
    api, url = Api(agent), address(path, sender, agent)
    wrong = dict.fromkeys(names, NO_VALUE)
    refused = api.upload("", key="two words") if "file" in names else api.post(url, wrong, key="two words")
    assert named(is_problem(refused, 400, "invalid")) == {*names, "Idempotency-Key"}


@pytest.mark.parametrize(("path", "names"), [*posts()])
def test_each_post_names_a_key_that_is_none_with_what_no_verb_takes(path, names, sender, agent):
    wrong = {name: SENSELESS[name] for name in names if name in SENSELESS}
    fine = {name: FINE[name] for name in names if name in FINE and name not in wrong}
    if not wrong or "file" in names:
        return
    refused = Api(agent).post(address(path, sender, agent), {**fine, **wrong}, key="two words")
    assert named(is_problem(refused, 400, "invalid")) == {*wrong, "Idempotency-Key"}


@pytest.mark.parametrize(("path", "names"), [*queries()])
def test_exactly_the_wrong_fields_of_a_query_are_named(path, names, sender, agent):
    url, api = address(path, sender, agent), Api(agent)
    fund(agent)

    @settings(max_examples=by_turns(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(wrong=st.lists(st.sampled_from(names), min_size=1, unique=True))
    def check(wrong):
        asked = urlencode(dict.fromkeys(wrong, "no\x00such"))
        assert named(is_problem(api.get(f"{url}?{asked}"), 400, "invalid")) == {*wrong}

    check()
