"""Whatever anybody sends to the OAuth server is answered or refused, by its own status, and no fault of ours."""

from __future__ import annotations

import re
from base64 import b64encode
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.accounts.oauth.programs import DEVICE_GRANT, HOME, Program, hidden
from tests.browsers import signed_in
from tests.machines import by_turns
from tests.play import make_user

pytestmark = pytest.mark.django_db
ODD = {
    "no id": {"client_id": None},
    "a NUL in the id": {"client_id": "x\0"},
    "an id with half a bracket": {"client_id": "https://["},
    "an id with a NUL in its path": {"client_id": "https://x.example/\0"},
    "an id without end": {"client_id": "x" * 9_000},
    "a NUL in a name": {"x\0": "y"},
    "a NUL in what it is about": {"code": "\0", "token": "\0", "refresh_token": "\0", "state": "\0", "nonce": "\0"},
    "a NUL as a scope": {"scope": "\0"},
    "a resource with half a bracket": {"resource": "http://["},
    "an answer to half a bracket": {"redirect_uri": "http://["},
}
ASKED = [
    ("token", {"grant_type": "refresh_token", "refresh_token": "x"}),
    ("token", {"grant_type": "authorization_code", "code": "x", "redirect_uri": HOME}),
    ("token", {"grant_type": DEVICE_GRANT, "device_code": "x"}),
    ("revoke", {"token": "x"}),
    ("device/code", {"scope": "read"}),
]
QUERIES = [
    "client_id=%zz",
    "a=%",
    "%00",
    "client_id=%FF%FE",
    "client_id=\u0661",
    "client_id=x&client_id=y",
    "resource=//[",
]
KEYS = ["", "%%%", "Og==", "/////w==", b64encode(b"\0:\0").decode(), b64encode(b"https://[:x").decode(), "bm9jb2xvbg=="]


@pytest.fixture
def person():
    return signed_in(make_user("fern"))


def sent(path, form, **headers):
    known = {name: value for name, value in form.items() if value is not None}
    return Client().post(f"/identity/o/api/{path}", urlencode(known), "application/x-www-form-urlencoded", **headers)


def is_refused(answer):
    assert answer.status_code in {400, 401} and answer["Content-Type"] == "application/json", answer.content
    return bool(answer.json()["error"])


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize(("path", "form"), ASKED)
def test_what_a_program_asks_by_itself_is_refused_in_words(path, form, odd):
    assert is_refused(sent(path, {"client_id": "nobody", **form, **odd}))


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(("path", "form"), ASKED)
def test_a_query_that_can_not_be_read_is_refused(path, form, query):
    assert is_refused(sent(f"{path}?{query}", {"client_id": "nobody", **form}))


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("path", "form"), ASKED)
def test_whoever_shows_something_that_is_no_key_is_refused(path, form, key):
    assert is_refused(sent(path, form, headers={"Authorization": f"Basic {key}"}))


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_a_person_is_told_that_a_program_can_not_be_let_in(odd, person):
    answer = person.get(Program.known().question(**odd))
    assert answer.status_code in {302, 400} and (answer.status_code == 400 or "error=" in answer["Location"])


@pytest.mark.parametrize("query", QUERIES)
def test_a_question_that_can_not_be_read_is_a_page_with_its_own_status(query, person):
    answer = person.get(f"/identity/o/authorize?{query}")
    assert answer.status_code == 400 and "let in" in answer.content.decode()


def test_whatever_is_asked_is_no_fault_of_ours(person):
    names = st.sampled_from(["client_id", "resource", "redirect_uri", "state", "scope", "prompt", "response_type", "x"])

    @settings(max_examples=by_turns(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.dictionaries(names, st.text(max_size=12) | st.sampled_from(["https://[", "\0", "//[::"])))
    @example({"client_id": "http://[x]/"})
    def check(asked):
        query = urlencode(asked, errors="replace")
        assert person.get(f"/identity/o/authorize?{query}").status_code in {302, 400}
        assert sent("token", {"grant_type": "refresh_token", **asked}).status_code < 500

    check()


def test_who_was_signed_out_meanwhile_is_asked_again_after_the_login(person):
    program, stranger = Program.known(), Client()
    page = person.get(program.question())
    action = unescape(re.search(r'method="post" action="([^"]*authorize[^"]*)"', page.content.decode())[1])
    form = {"request": hidden(page), "scopes": ["read"], "action": "grant"}
    away = stranger.post(action, form)
    back = stranger.post(away["Location"], {"login": "fern@example.com", "password": "a good password"}, follow=True)
    asked_again = back.content.decode()
    assert back.status_code == 200 and "Ferry namer" in asked_again and 'name="scopes"' in asked_again
