"""Every bound that the reference names of a field is kept by its verb; and it names all of texts and numbers."""

import json
from functools import cache

import pytest

from accounts.models import Agent
from core.api.fields import Whole
from tests.api import Api, is_problem
from tests.contract.test_all_faults_at_once import FINE, SAME, drop_for, named
from tests.reference import DOCUMENT, resolved

pytestmark = pytest.mark.django_db
# What makes a text of these longer and leaves it what it is.
LONG = {"url": "https://hook.example/", "avatar_url": "https://pictures.example/"}
# For browsers alone: a key is refused before its body is read.
NOT_FOR_KEYS = {"connect_stripe"}


def all_bodies():
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content and operation["operationId"] not in NOT_FOR_KEYS:
                yield method, path, operation["operationId"], resolved(content["schema"])["properties"]


def fields():
    """Every field of every body that has a bound: method, path, name, a value at the bound and one beyond it."""
    for method, path, operation, properties in all_bodies():
        for name, schema in properties.items():
            for bound, within, beyond in samples(name, resolved(schema)):
                yield pytest.param((method, path), name, within, beyond, id=f"{operation}-{name}-{bound}")


def samples(name, schema):
    start = LONG.get(name, "")
    if "maxLength" in schema:
        most = schema["maxLength"]
        yield "longest", start + "x" * (most - len(start)), start + "x" * (most + 1 - len(start))
    if "minLength" in schema:
        yield "shortest", start + "x" * schema["minLength"], ""
    if "maximum" in schema:
        yield "most", schema["maximum"], schema["maximum"] + 1
    if "minimum" in schema:
        yield "least", schema["minimum"], schema["minimum"] - 1
    if "maxItems" in schema and name == "tags":
        yield "tags", ["x"] * schema["maxItems"], ["x"] * (schema["maxItems"] + 1)


@pytest.fixture
def wrong_fields(sender, agent):
    """`wrong_fields(method, path, body)` sends it, and gives the fields that the answer finds fault with."""
    agent.is_verified_sender = True
    agent.save(update_fields=["is_verified_sender"])
    profile = Agent.objects.create(owner=agent, name="Old")
    drop_of = cache(lambda path, method: drop_for(path, sender, agent, method).pk)

    def send(method, path, body):
        known = drop_of(path, method) if "drop_id" in path else None
        url = path.removeprefix("/api/").format(drop_id=known, user_id=agent.pk, agent_id=profile.pk)
        answer = Api(agent).send(method, url, body)
        return named(answer.json()) if answer.status_code == 400 else set()

    return send


@pytest.fixture(autouse=True)
def no_limit(settings):
    settings.API_USER_PER_MINUTE = 1_000_000
    settings.STRIPE_SECRET_KEY = "sk_test_x"


@pytest.mark.turns(2)
@pytest.mark.parametrize(("operation", "name", "within", "beyond"), [*fields()])
def test_a_bound_is_where_the_reference_says(operation, name, within, beyond, wrong_fields):
    # Something else is wrong too, so that nothing is done and no service is asked.
    bad = {each: {} for each in ("confirmed", "keep_card", "is_default", "enabled", "pick") if each != name}
    body = {**FINE, "threshold_cents": 0, **bad}
    assert name not in wrong_fields(*operation, {**body, name: within})
    assert SAME.get(name, name) in wrong_fields(*operation, {**body, name: beyond})


def test_every_text_and_number_that_comes_in_has_its_bounds():
    unbounded = {
        f"{schema_name}.{name}"
        for schema_name, schema in DOCUMENT["components"]["schemas"].items()
        if schema_name.endswith("Request")
        for name, field in schema["properties"].items()
        for kind in ([field["type"]] if isinstance(field.get("type"), str) else field.get("type", []))
        if (kind == "string" and not {"format", "enum", "maxLength"} & {*field})
        or (kind == "integer" and not {"minimum", "maximum"} <= {*field})
    }
    assert unbounded == set()


@pytest.mark.parametrize("value", [500, 500.0])
def test_a_whole_number_may_be_written_with_a_point(value, sender):
    answer = Api(sender).post("jobs/run", {"prompt": "Name my ferry.", "price_cents": value})
    assert answer.json()["estimated_price_cents"] == 500


@pytest.mark.parametrize("value", [5.5, "5", True, 1e400])
def test_what_is_no_whole_number_is_refused(value, sender):
    body = json.dumps({"prompt": "x", "price_cents": value}).replace("Infinity", "1e400").encode()
    assert Api(sender).post("jobs/run", body).status_code == 400


def test_a_whole_number_is_kept_as_one():
    assert type(Whole().to_internal_value(7.0)) is int


def test_an_empty_cursor_is_the_first_page(sender):
    assert Api(sender).get("jobs?cursor=").status_code == 200


@pytest.mark.parametrize("path", ["alerts", "keys", "webhooks"])
def test_a_body_of_a_delete_is_told_of_and_read(sender, path):
    assert "requestBody" in DOCUMENT["paths"][f"/api/{path}"]["delete"]
    is_problem(Api(sender).delete(path, {"pack": 5}), 400, "invalid")
