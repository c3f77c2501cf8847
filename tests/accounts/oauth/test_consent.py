"""People let programs in by a page that names what each may do."""

from __future__ import annotations

import pytest
from allauth.idp.oidc.models import Token
from django.test import Client

from accounts.keys import create_key
from accounts.models import ApiKey, Notification, WebhookEndpoint
from accounts.webhooks import endpoints
from core import clock
from tests.accounts.oauth.programs import HOME, SITE, Program, answered, by, hidden, let_in, register, sent_on
from tests.browsers import signed_in

pytestmark = pytest.mark.django_db


def test_a_program_is_let_in_with_what_was_ticked(person, program, agent):
    tokens = let_in(person, program, "read", scope="read compete send")
    assert tokens["scope"] == "read"
    assert Client().get("/api/whoami", headers=by(tokens["access_token"])).json()["user"]["id"] == str(agent.pk)
    refused = Client().get("/api/keys", headers=by(tokens["access_token"]))
    assert refused.status_code == 200
    told = Client().post("/api/jobs/run", {}, "application/json", headers=by(tokens["access_token"])).json()
    assert told["code"] == "missing_scope"


def test_money_is_never_ticked_beforehand(person, program):
    page = person.get(program.question(scope="read wallet")).content.decode()
    assert 'value="read"' in page and 'value="wallet"' in page
    ticked = [part.split(">")[0] for part in page.split('name="scopes"')[1:]]
    assert [("checked" in part, "wallet" in part) for part in ticked] == [(True, False), (False, True)]


def test_whoever_names_no_scope_gets_the_usual_ones(person, program):
    page = person.get(program.question()).content.decode()
    assert 'value="compete"' in page and 'value="send"' not in page and 'value="wallet"' not in page
    assert "Claim seats and submit entries for you" in page and "Post drops" not in page


def test_letting_a_program_at_money_takes_a_fresh_login(agent, program):
    person = signed_in(agent, lately=False)
    response = answered(person, program, "wallet", scope="wallet")
    assert "code=" not in response["Location"] and not response["Location"].startswith(HOME)
    assert not Token.objects.exists()


def test_the_answer_names_who_gives_it_and_comes_with_the_state(person, program):
    told = sent_on(answered(person, program, "read"))
    assert (told["iss"], told["state"]) == (SITE, "s1") and told["code"]
    refused = sent_on(answered(person, program, action="cancel"))
    assert (refused["error"], refused["iss"]) == ("access_denied", SITE)


def policy_of(page):
    """Return the directives of a page's policy, which stand in no order."""
    return page["Content-Security-Policy"].split("; ")


def test_the_form_may_lead_on_to_the_program_and_nowhere_else(person, program):
    assert "form-action 'self' http://localhost:3118" in policy_of(person.get(program.question()))
    assert "form-action 'self'" in policy_of(person.get("/me/keys"))


def test_a_program_on_this_machine_may_listen_on_any_port(person):
    program = Program(
        Program.known(redirect_uris=["http://localhost/callback"]).client_id, "http://localhost:61234/callback"
    )
    assert sent_on(answered(person, program, "read"))["code"]
    elsewhere = Program(program.client_id, "http://localhost:61234/other")
    assert person.get(elsewhere.question()).status_code == 400
    assert b"can't be let in" in person.get(elsewhere.question()).content


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "http://evil.example/x",
        "https://",
        "data:text/html,x",
        "https://a.example/#x",
        "x" * 501,
        "https://good.example@evil.example/x",
        "https://evil.example\\@good.example/x",
        "http://evil.example\\@localhost:1/x",
        "https://a.example:99999/x",
        "https://a.example:x/x",
        "https://a.example;script-src/x",
        "https://*/x",
    ],
)
def test_an_answer_is_sent_to_programs_alone(db, address):
    answer = register(redirect_uris=[address])
    assert answer.status_code == 400 and "redirect" in answer.content.decode().lower()


def test_a_program_with_a_scheme_of_its_own_is_known(db):
    assert register(redirect_uris=["cursor://anysphere.cursor-mcp/oauth/callback"]).status_code == 201


def test_without_a_challenge_there_is_no_code(person, program):
    told = sent_on(person.get(program.question(code_challenge=None, code_challenge_method=None)))
    assert told["error"] == "invalid_request" and "code" not in told
    plain = sent_on(person.get(program.question(code_challenge_method="plain")))
    assert plain["error"] == "invalid_request"


def test_a_code_is_good_once_and_for_its_verifier(person, program):
    code = sent_on(answered(person, program, "read"))["code"]
    assert program.exchange(code, code_verifier="x" * 50).status_code == 400
    code = sent_on(answered(person, program, "read"))["code"]
    assert [program.exchange(code).status_code for _ in range(2)] == [200, 400]


def test_a_stranger_signs_in_first(program):
    response = Client().get(program.question(prompt="none"))
    assert response.status_code == 302 and "/accounts/login/" in response["Location"]


def test_another_site_can_answer_for_nobody(person, program, agent):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = person.cookies
    form = {"request": hidden(person.get(program.question())), "scopes": ["read"], "action": "grant"}
    assert strict.post("/identity/o/authorize", form).status_code == 403
    assert not Token.objects.exists()


def test_the_owner_is_told_by_mail(person, program, agent):
    let_in(person, program, "read")
    note = Notification.objects.get(user=agent)
    assert note.kind == "program-allowed" and "Ferry namer" in note.text and "(read)" in note.text


def test_a_token_is_renewed_once_and_revoked(person, program):
    tokens = let_in(person, program, "read")
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    renewed = program.ask("token", **form).json()
    assert renewed["scope"] == "read" and program.ask("token", **form).status_code == 400
    assert program.ask("revoke", token=renewed["access_token"]).status_code == 200
    assert Client().get("/api/whoami", headers=by(renewed["access_token"])).status_code == 401


def test_what_was_allowed_is_listed_and_ended(person, program):
    tokens = let_in(person, program, "read")
    page = person.get("/me").content.decode()
    assert "Programs you let in" in page and "Ferry namer" in page
    person.post("/me/programs/end", {"client": program.client_id})
    assert Client().get("/api/whoami", headers=by(tokens["access_token"])).status_code == 401
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert program.ask("token", **form).status_code == 400
    assert "Programs you let in" not in person.get("/me").content.decode()


def test_what_a_program_made_for_itself_ends_with_it_and_nothing_else_does(person, program, agent):
    by_program = by(let_in(person, program, "read", "compete")["access_token"])
    made = Client().post("/api/keys", {"name": "its own"}, "application/json", headers=by_program).json()["token"]
    for headers in (by_program, by(made)):
        url = f"https://hooks.example/{len(headers['Authorization'])}"
        answer = Client().post("/api/webhooks", {"url": url}, "application/json", headers=headers)
        assert answer.status_code == 201, answer.json()
    mine = create_key(user=agent, name="mine", now=clock.now())[0]
    hook, _ = endpoints.add_webhook(user=agent, url="https://hooks.example/mine", now=clock.now())
    person.post("/me/programs/end", {"client": program.client_id})
    assert (list(ApiKey.objects.all()), list(WebhookEndpoint.objects.all())) == ([mine], [hook])
    assert Client().get("/api/whoami", headers=by(made)).status_code == 401


def test_a_grant_of_somebody_else_is_none_of_mine(person, program, rival):
    tokens = let_in(person, program, "read")
    response = signed_in(rival).post("/me/programs/end", {"client": program.client_id})
    assert response.status_code == 404
    assert Client().get("/api/whoami", headers=by(tokens["access_token"])).status_code == 200


def test_a_token_makes_no_key_that_can_do_more(person, program):
    token = let_in(person, program, "read")["access_token"]
    body = {"name": "more", "scopes": ["read", "send"]}
    answer = Client().post("/api/keys", body, "application/json", headers=by(token))
    assert answer.json()["code"] == "beyond_this_key"
    made = (
        Client().post("/api/keys", {"name": "same", "scopes": ["read"]}, "application/json", headers=by(token)).json()
    )
    assert made["expires_at"] is not None
