"""Signing in and out: by key, by browser with a code, and what is kept of it on this machine."""

from __future__ import annotations

import json
import re
import stat
import sys

import pytest

from accounts.oauth.grants import find_pass
from core import clock
from tests.browsers import signed_in
from tests.cli.conftest import key_of
from tests.cli.oauth_double import authorization_server
from tests.cli.processes import CLORP, at_terminal, start
from tests.play import make_user


@pytest.fixture
def waits(monkeypatch):
    """How long it waited each time, which takes no time here."""
    waits = []
    monkeypatch.setattr("clorp_cli.oauth.time.sleep", waits.append)
    return waits


@pytest.fixture
def server(monkeypatch, waits):
    with authorization_server() as server:
        monkeypatch.setenv("CLORP_URL", server.url)
        yield server


@pytest.fixture
def kept(own_home):
    """`kept(site)` is what the file of credentials holds for a site."""

    def read(site):
        return json.loads((own_home / "config/credentials.json").read_text())["sites"].get(site)

    return read


@pytest.fixture
def kept_file(own_home):
    return own_home / "config/credentials.json"


@pytest.mark.django_db(transaction=True)
def test_a_key_from_a_pipe_is_kept_for_its_owner_alone_and_used_from_then_on(clorp, site, kept_file, monkeypatch):
    ran = clorp("login", "--with-key", "-", stdin=f"{key_of('ada@example.com')}\n".encode())
    assert (ran.code, ran.json["user"]["email"]) == (0, "ada@example.com"), ran.err
    assert stat.S_IMODE(kept_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept_file.parent.stat().st_mode) == 0o700
    monkeypatch.delenv("CLORP_URL")
    assert clorp("whoami").json["email"] == "ada@example.com"
    assert "clorp_pat_" not in clorp("doctor").out


@pytest.mark.django_db(transaction=True)
def test_what_others_may_read_is_taken_back(clorp, site, kept_file):
    clorp("login", "--with-key", key_of("ada@example.com"))
    kept_file.chmod(0o644)
    assert clorp("whoami").code == 0
    assert stat.S_IMODE(kept_file.stat().st_mode) == 0o600


@pytest.mark.django_db(transaction=True)
def test_a_key_that_the_site_does_not_take_is_not_kept(clorp, site, kept_file):
    ran = clorp("login", "--with-key", "clorp_pat_nothing")
    assert (ran.code, kept_file.exists()) == (3, False)


@pytest.mark.django_db(transaction=True)
def test_a_person_pastes_a_key_which_is_not_shown(site, kept, own_home):
    key = key_of("ada@example.com")
    code, shown = at_terminal(["login", "--with-key", "-"], [("Key:", f"{key}\n")], {"CLORP_URL": site})
    assert (code, "Signed in" in shown, key in shown) == (0, True, False), shown
    assert kept(site)["token"] == key


def test_the_code_is_shown_at_once_and_the_grant_is_kept(clorp, server, kept):
    server.answers = ["authorization_pending", "authorization_pending"]
    ran = clorp("login")
    assert (ran.code, ran.json["user"]["name"]) == (0, "Ada"), ran.err
    assert f"{server.url}/device" in ran.err
    assert "WDJB-MJHT" in ran.err
    begun = dict(server.asked)["device_authorization"]
    assert begun == {"client_id": "client-1", "scope": "read compete send", "resource": f"{server.url}/mcp"}
    assert (kept(server.url)["token"], kept(server.url)["refresh_token"]) == ("access-1", "refresh-1")


@pytest.mark.django_db(transaction=True)
def test_it_signs_in_at_the_sites_own_server_and_out_again(clorp, site, kept, monkeypatch):
    """A person allows it in a browser while it waits."""
    ada = make_user("ada")

    def allow(_seconds):
        code = re.search(r"shows (\S+)\.", sys.stderr.getvalue())[1]
        path, form = f"/identity/o/device?code={code}", {"action": "allow", "scopes": ["read", "compete"]}
        assert signed_in(ada).post(path, form).status_code == 200

    monkeypatch.setattr("clorp_cli.oauth.time.sleep", allow)
    ran = clorp("login")
    assert (ran.code, ran.json["user"]["email"]) == (0, "ada@example.com"), ran.err
    assert clorp("whoami").json["email"] == "ada@example.com"
    assert find_pass(kept(site)["token"], now=clock.now()).resources == [f"{site}/mcp"]
    assert clorp("logout").json["revoked"] is True
    assert clorp("whoami").code == 3


@pytest.mark.parametrize(("error", "words"), [("access_denied", "You said no"), ("expired_token", "has run out")])
def test_a_no_and_a_late_yes_end_with_3_and_keep_nothing(error, words, clorp, server, kept_file):
    server.answers = [error]
    ran = clorp("login")
    assert (ran.code, ran.json["code"], kept_file.exists()) == (3, error, False)
    assert words in ran.err


def test_asked_to_slow_down_it_waits_longer(clorp, server, waits):
    server.answers = ["slow_down", "authorization_pending", "slow_down"]
    assert clorp("login").code == 0
    assert waits == [1, 6, 6, 11]


def test_a_token_that_has_run_out_is_renewed_and_the_new_one_kept(clorp, server, kept):
    clorp("login")
    server.tokens = set()
    assert clorp("whoami").json["name"] == "Ada"
    assert kept(server.url)["refresh_token"] == "refresh-2"


def test_two_that_renew_at_once_are_both_signed_in(clorp, server):
    clorp("login")
    server.tokens = set()
    both = [start([*CLORP, "whoami"]) for _ in range(2)]
    told = [process.communicate()[1].decode() for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert server.granted == 2


def test_a_grant_that_was_taken_back_says_to_sign_in_again(clorp, server):
    clorp("login")
    server.tokens, server.answers = set(), ["invalid_grant"]
    ran = clorp("whoami")
    assert (ran.code, ran.json["code"]) == (3, "invalid_grant")
    assert "clorp login" in ran.err


def test_signing_out_ends_the_grant_at_the_site_too(clorp, server, kept):
    clorp("login")
    assert clorp("logout").json == {"site": server.url, "signed_out": True, "revoked": True}
    assert server.asked[-1] == ("revocation", {"token": "refresh-1", "client_id": "client-1"})
    assert kept(server.url) is None


def test_codes_and_tokens_are_sent_to_no_other_host(clorp, server):
    server.metadata = {"device_authorization_endpoint": "https://evil.example/device"}
    ran = clorp("login")
    assert (ran.code, server.asked) == (2, [])


@pytest.mark.parametrize("arguments", [["login", "--with-key", "clorp_pat_x"], ["login"], ["board"]])
def test_a_key_is_not_sent_in_the_open(arguments, clorp, monkeypatch):
    monkeypatch.setenv("CLORP_URL", "http://clorp.example")
    ran = clorp(*arguments, key="clorp_pat_x")
    assert ran.code == 2
    assert "not encrypted" in ran.err


def test_the_raw_call_takes_the_key_to_no_other_site(clorp, server):
    for path in ("https://evil.example/api/board", "//evil.example/board", "../admin", "jobs/../../admin"):
        assert clorp("api", path, key="clorp_pat_x").code == 2, path


@pytest.mark.parametrize("trouble", ["429", "500", "502", "503"])
def test_trouble_at_the_site_ends_no_sign_in(trouble, clorp, server, kept):
    clorp("login")
    server.tokens, server.answers = set(), [trouble]
    ran = clorp("whoami")
    assert (ran.code, "can't be renewed now" in ran.err, "has ended" in ran.err) == (8, True, False)
    assert kept(server.url)["refresh_token"] == "refresh-1"
    assert clorp("whoami").code == 0


def test_a_site_that_starts_no_sign_in_is_told_in_a_sentence(clorp, server, monkeypatch):
    for odd in ({}, {"user_code": "A", "verification_uri": "x"}, {"interval": "abc"}):
        monkeypatch.setattr(server, "device_code", lambda odd=odd: odd)
        ran = clorp("login")
        assert ran.code in {3, 8} and "sign-in" in ran.err and "report" not in ran.err


def test_endpoints_that_nobody_answers_are_told_as_away(clorp, server):
    server.metadata = {"registration_endpoint": "http://localhost:1/register"}
    ran = clorp("login")
    assert (ran.code, "can't be reached" in ran.err) == (8, True)
