"""A program gets tokens by a code of its own or by a renewal, each of them once, and at an address it made known."""

from __future__ import annotations

import base64
import time

import pytest
from allauth.idp.oidc.internal.oauthlib import device_codes
from allauth.idp.oidc.models import Client as Known
from allauth.idp.oidc.models import Token
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiKey
from tests.accounts.oauth.programs import DEVICE_GRANT, HOME, Program, answered, by, let_in, register, sent_on
from tests.accounts.oauth.test_device import answer, begun, polled

pytestmark = pytest.mark.django_db
ALL_TYPES = ["code", "token", "id_token", "code token", "code id_token", "id_token token", "code id_token token"]


def from_before(**data):
    """A program that made itself known before we said what it may use."""
    program = Program.known()
    known = Known.objects.get(pk=program.client_id)
    Known.objects.filter(pk=known.pk).update(**data)
    return program


@pytest.mark.parametrize("kind", [kind for kind in ALL_TYPES if kind != "code"])
def test_no_token_is_given_in_an_address(person, kind):
    program = from_before(response_types="\n".join(ALL_TYPES))
    told = person.get(program.question(response_type=kind, code_challenge=None, code_challenge_method=None))
    assert sent_on(told)["error"] == "unauthorized_client" and not Token.objects.exists()


def test_of_what_a_program_wants_to_use_it_is_told_what_it_may(db):
    told = register(response_types=ALL_TYPES, grant_types=["client_credentials", "refresh_token"]).json()
    assert (told["response_types"], told["grant_types"]) == (["code"], ["refresh_token"])


def test_a_program_gets_no_token_for_nobody(db):
    told = register(token_endpoint_auth_method="client_secret_post").json()
    Known.objects.update(grant_types="client_credentials")
    form = {"grant_type": "client_credentials", "client_secret": told["client_secret"], "scope": "read"}
    assert Program(told["client_id"]).ask("token", **form).json()["error"] == "unauthorized_client"
    assert not Token.objects.exists()


def test_a_program_with_a_secret_sends_a_challenge_too(person):
    program = Program(register(token_endpoint_auth_method="client_secret_basic").json()["client_id"])
    told = sent_on(person.get(program.question(code_challenge=None, code_challenge_method=None)))
    assert told["error"] == "invalid_request"


@pytest.mark.parametrize("challenge", ["", "a", "x" * 44, "x" * 42 + "+"])
def test_a_challenge_that_nothing_can_meet_is_refused(person, program, challenge):
    assert sent_on(person.get(program.question(code_challenge=challenge)))["error"] == "invalid_request"


@pytest.mark.parametrize(
    "address", [f"{HOME}?code=theirs&iss=https://evil.example", f"{HOME}\n", f"{HOME}#x", f"{HOME};x", f"{HOME}/"]
)
def test_an_answer_goes_to_the_address_that_was_made_known(person, program, address):
    assert person.get(Program(program.client_id, address).question()).status_code == 400


def test_an_address_with_parameters_is_asked_for_with_them(person):
    address = "https://good.example/back?at=1"
    program = Program(Program.known(redirect_uris=[address]).client_id, address)
    assert sent_on(answered(person, program, "read"))["at"] == "1"
    assert person.get(Program(program.client_id, f"{address}&code=x").question()).status_code == 400


def renewed(program, token):
    return program.ask("token", grant_type="refresh_token", refresh_token=token)


@pytest.mark.parametrize("times", [1, 3])
def test_a_token_that_was_used_up_shuts_out_whoever_used_it(person, program, times):
    first = let_in(person, program, "read")["refresh_token"]
    told = {"refresh_token": first}
    for _time in range(times):
        cache.clear()  # a minute later
        told = renewed(program, told["refresh_token"]).json()
    if times == 1:
        cache.clear()
    assert renewed(program, first).status_code == 400
    assert renewed(program, told["refresh_token"]).status_code == 400
    assert Client().get("/api/whoami", headers=by(told["access_token"])).status_code == 401


@pytest.mark.parametrize("end", ["stolen", "code", "revoked"])
def test_with_a_programs_last_token_goes_what_it_made(person, program, end, django_capture_on_commit_callbacks):
    code = sent_on(answered(person, program, "read", "compete"))["code"]
    told = program.exchange(code).json()
    headers = by(told["access_token"])
    body = {"name": "k", "scopes": ["read"]}
    assert Client().post("/api/keys", body, "application/json", headers=headers).status_code == 201
    if end == "code":
        with django_capture_on_commit_callbacks(execute=True):
            program.exchange(code)
    if end == "revoked":
        program.ask("revoke", token=told["refresh_token"])
    if end == "stolen":
        renewed(program, told["refresh_token"])
        cache.clear()
        renewed(program, told["refresh_token"])
    assert not ApiKey.objects.exists()


def test_a_renewal_holds_its_token_until_it_is_used_up(person, program):
    token = let_in(person, program, "read")["refresh_token"]
    with CaptureQueriesContext(connection) as asked:
        assert renewed(program, token).status_code == 200
    assert any("oidc_token" in query["sql"] and "FOR UPDATE" in query["sql"] for query in asked)


def test_whoever_renews_late_by_a_moment_ends_nothing(person, program):
    first = let_in(person, program, "read")["refresh_token"]
    second = renewed(program, first).json()["refresh_token"]
    assert renewed(program, first).status_code == 400
    assert renewed(program, second).status_code == 200


def test_a_renewal_that_is_refused_for_more_scopes_ends_nothing(person, program):
    token = let_in(person, program, "read")["refresh_token"]
    cache.clear()
    form = {"grant_type": "refresh_token", "refresh_token": token, "scope": "read wallet"}
    assert program.ask("token", **form).json()["error"] == "invalid_scope"
    assert renewed(program, token).status_code == 200


def test_another_program_ends_nothing_by_a_token_that_was_used_up(person, program):
    first = let_in(person, program, "read")["refresh_token"]
    second = renewed(program, first).json()["refresh_token"]
    cache.clear()
    assert renewed(Program.known(), first).status_code == 400
    assert renewed(program, second).status_code == 200


class Meanwhile:
    """A clock for allauth, which somebody else's deed comes before."""

    def __init__(self, deed):
        self.deeds = [deed]

    def time(self):
        if self.deeds:
            self.deeds.pop()()
        return time.time()


def test_of_two_that_poll_at_once_one_gets_tokens(program, person, monkeypatch):
    told, others = begun(program), []
    answer(person, told)
    form = {"grant_type": DEVICE_GRANT, "device_code": told["device_code"]}
    monkeypatch.setattr(device_codes, "time", Meanwhile(lambda: others.append(program.ask("token", **form))))
    mine = program.ask("token", **form)
    assert sorted([mine.status_code, others[0].status_code]) == [200, 400]


def test_a_decision_stands_though_its_program_polls_meanwhile(program, person, monkeypatch):
    told = begun(program)
    with monkeypatch.context() as patch:
        patch.setattr(device_codes, "time", Meanwhile(lambda: answer(person, told)))
        program.ask("token", grant_type=DEVICE_GRANT, device_code=told["device_code"])
    assert polled(program, told).json()["scope"] == "read"


def test_what_is_decided_is_kept_at_once(program, person, monkeypatch):
    told, kept = begun(program), []
    monkeypatch.setattr(device_codes, "update_device_state", lambda code, state: kept.append(dict(state)))
    answer(person, told)
    assert [(state["granted"], state["scope"]) for state in kept] == [(True, ["read"])]


def test_a_secret_is_no_verifier(person):
    told = register(token_endpoint_auth_method="client_secret_basic").json()
    program = Program(told["client_id"])
    code = sent_on(answered(person, program, "read"))["code"]
    login = base64.b64encode(f"{told['client_id']}:{told['client_secret']}".encode()).decode()
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": HOME, "code_verifier": "x" * 50}
    assert Client().post("/identity/o/api/token", form, headers={"Authorization": f"Basic {login}"}).status_code == 400
