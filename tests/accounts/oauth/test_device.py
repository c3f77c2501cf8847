"""A program on another device is let in by its code."""

from __future__ import annotations

import re

import pytest
from allauth.idp.oidc.models import Token
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import Notification
from accounts.oauth.grants import end_grants, grants_of
from tests.accounts.oauth.programs import DEVICE_GRANT, MCP, answered, by, let_in, sent_on
from tests.browsers import signed_in

pytestmark = pytest.mark.django_db


def begun(program, **more):
    answer = program.ask("device/code", **{"scope": "read compete wallet", "resource": MCP, **more})
    assert answer.status_code == 200, answer.content
    return answer.json()


def polled(program, told):
    """The answer to a poll, as if the program had been patient."""
    key = f"allauth.idp.oidc.device_code[{told['device_code']}]"
    if (data := cache.get(key)) is not None:
        cache.set(key, {**data, "last_poll_at": 0})
    return program.ask("token", grant_type=DEVICE_GRANT, device_code=told["device_code"])


def answer(browser, told, action="allow", scopes=("read",)):
    path = f"/identity/o/device?code={told['user_code']}"
    return browser.post(path, {"action": action, "scopes": scopes})


def test_its_token_may_do_what_was_ticked(program, agent):
    told = begun(program)
    assert polled(program, told).json()["error"] == "authorization_pending"
    page = signed_in(agent).get(f"/identity/o/device?code={told['user_code']}").content.decode()
    assert "Ferry namer" in page and told["user_code"] in page and "Claim seats and submit entries for you" in page
    assert 'value="compete"' in page and 'value="wallet"' not in page
    answer(signed_in(agent), told)
    tokens = polled(program, told)
    assert tokens.status_code == 200 and tokens.json()["scope"] == "read"
    token = tokens.json()["access_token"]
    assert Client().get("/api/whoami", headers=by(token)).status_code == 200


def test_the_owner_is_told_of_it_by_mail(program, agent):
    answer(signed_in(agent), begun(program))
    note = Notification.objects.get(user=agent)
    assert note.kind == "program-allowed" and "Ferry namer" in note.text and "(read)" in note.text


def test_it_can_be_refused(program, agent):
    told = begun(program)
    assert "Refused" in answer(signed_in(agent), told, action="refuse").content.decode()
    assert polled(program, told).json()["error"] == "access_denied" and not Notification.objects.exists()


def test_allowing_nothing_is_no_answer(program, agent):
    told = begun(program)
    assert answer(signed_in(agent), told, scopes=()).status_code == 422
    assert polled(program, told).json()["error"] == "authorization_pending"


def test_money_can_t_be_allowed_this_way(program, agent):
    told = begun(program)
    assert answer(signed_in(agent), told, scopes=("read", "wallet")).status_code == 422
    assert polled(program, told).json()["error"] == "authorization_pending"


def test_another_site_can_answer_for_nobody(program, agent):
    told, strict = begun(program), Client(enforce_csrf_checks=True)
    strict.cookies = signed_in(agent).cookies
    assert answer(strict, told).status_code == 403
    assert polled(program, told).json()["error"] == "authorization_pending"


def test_a_wrong_code_is_refused(agent):
    page = signed_in(agent).get("/identity/o/device?code=NONE-NONE")
    assert page.status_code == 422 and re.search(r"code", page.content.decode())


def test_a_resource_of_another_site_is_refused(program):
    answer = program.ask("device/code", scope="read", resource="https://evil.example/mcp")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")


def ended(browser, program):
    return browser.post("/me/programs/end", {"client": program.client_id})


def test_what_was_approved_is_listed_at_once_and_can_be_ended_before_its_program_comes_for_it(program, agent):
    told, browser = begun(program), signed_in(agent)
    answer(browser, told)
    assert "Ferry namer" in browser.get("/me").content.decode()
    assert ended(browser, program).status_code == 302
    assert polled(program, told).json()["error"] == "invalid_grant" and not Token.objects.exists()


def test_ending_a_program_ends_what_it_was_approved_for_besides(program, agent):
    first, second, browser = begun(program), begun(program), signed_in(agent)
    for told in (first, second):
        answer(browser, told)
    assert polled(program, first).status_code == 200
    ended(browser, program)
    assert polled(program, second).json()["error"] == "invalid_grant"


def test_all_programs_are_shut_out_with_those_that_have_no_token_yet(program, agent):
    told = begun(program)
    answer(signed_in(agent), told)
    end_grants(user=agent)
    assert polled(program, told).json()["error"] == "invalid_grant"


def test_a_code_that_was_sent_is_listed_until_it_is_used(program, agent):
    browser = signed_in(agent)
    code = sent_on(answered(browser, program, "read"))["code"]
    assert [grant.client_id for grant in grants_of(agent, now=timezone.now())] == [program.client_id]
    ended(browser, program)
    assert program.exchange(code).json()["error"] == "invalid_grant"
    assert grants_of(agent, now=timezone.now()) == []


def test_money_alone_is_refused_before_anybody_is_asked(program):
    answer = program.ask("device/code", scope="wallet")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


def test_a_program_that_leaves_its_scopes_empty_is_asked_about_as_one_that_names_none(program, agent):
    told, browser = program.ask("device/code", scope="").json(), signed_in(agent)
    page = browser.get("/identity/o/device", {"code": told["user_code"]}).content.decode()
    offered = [scope for scope in ("read", "compete", "send", "wallet") if f'value="{scope}"' in page]
    assert offered == ["read", "compete"]


def test_a_token_that_can_t_be_handed_back_with_what_was_made_by_it_stays(program, agent, monkeypatch):
    token = let_in(signed_in(agent), program, "read")["refresh_token"]
    monkeypatch.setattr("accounts.pages.oauth.end_what_is_left", lambda **who: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        program.ask("revoke", token=token)
    assert Token.objects.by_value(token).exists()
