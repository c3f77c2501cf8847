"""Programs that nobody lets in are forgotten, and so are tokens that are over."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Client as Known
from allauth.idp.oidc.models import Token
from django.test import Client
from django.utils import timezone

from accounts.keys import create_key
from accounts.models import ApiKey
from accounts.oauth.clients import forget_unused_clients
from accounts.oauth.grants import forget_tokens
from accounts.webhooks import endpoints
from tests.accounts.oauth.programs import HOME, Program, by, let_in, register
from tests.browsers import signed_in

pytestmark = pytest.mark.django_db


def test_a_program_that_nobody_let_in_is_forgotten_after_a_day(agent):
    used, _unused = Program.known(), Program.known()
    let_in(signed_in(agent), used, "read")
    now = timezone.now()
    assert forget_unused_clients(now=now) == 0
    assert forget_unused_clients(now=now + timedelta(days=1)) == 1
    assert [client.pk for client in Known.objects.all()] == [used.client_id]


def test_tokens_that_are_over_are_forgotten(agent):
    let_in(signed_in(agent), Program.known(), "read")
    kinds = Token.objects.values_list("type", flat=True)
    forget_tokens(now=timezone.now() + timedelta(hours=2))
    assert [*kinds.all()] == [Token.Type.REFRESH_TOKEN]


def test_with_a_programs_last_token_goes_what_it_made(agent):
    told = let_in(signed_in(agent), Program.known(), "read", "compete")
    body = {"name": "k", "scopes": ["read"]}
    Client().post("/api/keys", body, "application/json", headers=by(told["access_token"]))
    forget_tokens(now=timezone.now() + timedelta(hours=2))
    assert ApiKey.objects.exists()
    forget_tokens(now=timezone.now() + timedelta(days=400))
    assert not ApiKey.objects.exists()


def test_a_program_can_t_let_itself_in(db):
    Known.objects.create(id="sly", name="  Sly\n", skip_consent=True, allow_uri_wildcards=True)
    client = Known.objects.get()
    assert (client.name.strip(), client.skip_consent, client.allow_uri_wildcards) == ("Sly", False, False)


def test_a_program_says_no_more_of_itself_than_so_much(db):
    answer = register(unheard_of="y" * 10_000)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert "8,192" in answer.json()["error_description"] and not Known.objects.exists()


def nested(levels):
    return "[" * levels + "]" * levels


# What a stranger can say of an odd program, as JSON or nearly.
ODD = {
    "a great number": str(2**70),
    "an endless number": "1e400",
    "a number of many digits": "9" * 5_000,
    "no number": "NaN",
    "half a sign": r'"\ud800"',
    "a NUL": r'"\u0000"',
    "a deep list": nested(255),
    "a deeper list": nested(1_000),
    "the deepest list": nested(4_000),
    "deep objects": '{"a":' * 900 + "1" + "}" * 900,
    "a list in words": json.dumps(nested(4_000)),
    "nothing": "null",
}
FIELDS = ["unheard_of", "client_name", "redirect_uris", "grant_types", "scope", "token_endpoint_auth_method"]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("odd", ODD)
def test_whatever_a_stranger_says_of_a_program_is_stored_or_refused(odd, field):
    told = {"client_name": '"Namer"', "redirect_uris": json.dumps([HOME])}
    body = "{{{}}}".format(", ".join(f'"{name}": {value}' for name, value in {**told, field: ODD[odd]}.items()))
    answer = Client().post("/identity/o/api/clients", body, "application/json")
    assert answer.status_code in {201, 400} and Known.objects.count() == (answer.status_code == 201)
    assert answer.status_code == 201 or answer.json()["error"].startswith("invalid_")


@pytest.mark.parametrize("body", ["", "[]", "5", nested(5_000), '{"a":' * 5_000, "\udcff"])
def test_what_is_no_object_makes_no_program_known(body):
    sent = body.encode("utf-8", "surrogateescape")
    assert Client().post("/identity/o/api/clients", sent, "application/json").status_code == 400


def test_what_is_too_much_is_counted_too(monkeypatch):
    monkeypatch.setattr("accounts.entrance.oauth.AN_HOUR_MAX", 3)
    assert [register(unheard_of="y" * 10_000).status_code for _ in range(3)] == [400] * 3
    assert "in the last hour" in register().json()["error_description"]


def test_one_address_makes_so_many_programs_known_an_hour(monkeypatch):
    monkeypatch.setattr("accounts.entrance.oauth.AN_HOUR_MAX", 3)
    assert [register().status_code for _ in range(5)] == [201] * 3 + [400] * 2 and Known.objects.count() == 3


@pytest.mark.parametrize("scheme", ["ms-msdt", "search-ms", "chrome", "filesystem", "jar", "javascript", "intent"])
def test_an_answer_goes_to_no_program_of_the_system_or_the_browser(scheme, db):
    assert register(redirect_uris=[f"{scheme}:/id"]).status_code == 400


@pytest.mark.parametrize("address", ["com.example.ferry:/back", "cursor://anysphere.cursor-mcp/oauth/callback"])
def test_it_goes_to_a_scheme_of_the_programs_own(address, db):
    assert register(redirect_uris=[address]).status_code == 201


def test_a_program_changes_only_what_it_made_itself(agent):
    mine, secret = endpoints.add_webhook(user=agent, url="https://hook.example/mine", now=timezone.now())
    key, _token = create_key(user=agent, name="mine", scopes=["read"], now=timezone.now())
    told = let_in(signed_in(agent), Program.known(), "read", "compete")
    as_program = {"content_type": "application/json", "headers": by(told["access_token"])}
    assert Client().post("/api/webhooks/secret", {"id": str(mine.pk)}, **as_program).status_code == 404
    assert Client().post("/api/webhooks/test", {"id": str(mine.pk)}, **as_program).status_code == 404
    assert Client().delete(f"/api/webhooks/{mine.pk}", **as_program).status_code == 404
    assert Client().delete(f"/api/keys/{key.public_id}", **as_program).status_code == 404
    own = Client().post("/api/webhooks", {"url": "https://hook.example/its"}, **as_program).json()
    assert Client().delete(f"/api/webhooks/{own['id']}", **as_program).status_code == 204
    mine.refresh_from_db()
    assert endpoints.secret_of(mine.secret_id) == secret and ApiKey.objects.filter(pk=key.pk).exists()
