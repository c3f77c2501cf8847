"""Headers of every answer: to whoever has it already, to a stranger, of a refusal, for a page of another site."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api import Api, hold_clock, is_problem
from tests.machines import by_turns
from tests.play import open_drop
from tests.reference import DOCUMENT, PUBLIC_LISTS

pytestmark = pytest.mark.django_db
TOLD = ("ETag", "Vary", "Cache-Control", "RateLimit-Policy", "Link")
ORIGIN = {"Origin": "https://else.example"}
SCOPES = ("read", "compete", "send", "wallet")
READS = sorted(path.removeprefix("/api/") for path, methods in DOCUMENT["paths"].items() if "get" in methods)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch, settings):
    settings.API_USER_PER_MINUTE = settings.API_ANONYMOUS_PER_MINUTE = 1_000_000
    hold_clock(monkeypatch)


def told(answer):
    return {name: answer.get(name) for name in TOLD}


@pytest.mark.parametrize("is_stranger", [True, False])
def test_whatever_is_unchanged_says_all_that_it_said(is_stranger, sender):
    drops = [open_drop(sender) for _ in range(3)]
    api = Api() if is_stranger else Api(sender)
    paths = [*PUBLIC_LISTS, "board?limit=1", "feed?limit=1", f"jobs/{drops[0].pk}"]

    @settings(max_examples=by_turns(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from(paths), st.sampled_from(["get", "head"]), st.sampled_from(["{}", "W/{}", '"x", {}', "*"]))
    def check(path, method, condition):
        whole = api.get(path)
        names = {"If-None-Match": condition.format(whole["ETag"])}
        unchanged = getattr(api.client, method)(f"/api/{path}", headers={**api.headers, **names})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert told(unchanged) == told(whole) and "RateLimit" in unchanged

    check()


def test_a_page_of_a_list_that_is_unchanged_says_where_the_next_one_is(sender):
    for _ in range(2):
        open_drop(sender)
    first = Api().get("board?limit=1")
    unchanged = Api().get("board?limit=1", **{"If-None-Match": first["ETag"]})
    assert unchanged.status_code == 304 and unchanged["Link"] == first["Link"]


@pytest.mark.parametrize("path", PUBLIC_LISTS)
def test_a_look_without_a_body_has_the_headers_of_one_with_it(path, sender):
    for api in (Api(), Api(sender)):
        asked = api.get(path)
        looked = api.client.head(f"/api/{path}", headers=api.headers)
        assert told(looked) == told(asked) and looked["ETag"]


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_that_lacks_a_scope_is_told_which(agent, scope):
    others = [each for each in SCOPES if each != scope]
    method, path = {
        "read": ("get", "whoami"),
        "compete": ("post", "agents"),
        "send": ("post", "jobs/run"),
        "wallet": ("post", "wallet/topup"),
    }[scope]
    refused = getattr(Api(agent, others), method)(path)
    is_problem(refused, 403, "missing_scope")
    assert refused["WWW-Authenticate"] == f'Bearer realm="clorp", error="insufficient_scope", scope="{scope}"'


def test_where_any_of_several_scopes_will_do_all_are_named(agent):
    refused = Api(agent, ["read"]).post("attachments")
    assert refused["WWW-Authenticate"].endswith('scope="compete send"')


def test_whoever_has_no_key_is_asked_for_one_and_a_bad_one_is_called_so():
    assert Api().get("whoami")["WWW-Authenticate"] == 'Bearer realm="clorp"'
    bad = Api(headers={"Authorization": "Bearer clorp_pat_x"}).get("whoami")
    assert (bad.status_code, bad["WWW-Authenticate"]) == (401, 'Bearer realm="clorp", error="invalid_token"')


@pytest.mark.parametrize("path", PUBLIC_LISTS)
def test_pages_of_other_sites_read_the_public_lists(path):
    for _ in range(2):
        answer = Api().get(path, **ORIGIN)
        assert answer["Access-Control-Allow-Origin"] == "*" and "Access-Control-Allow-Credentials" not in answer
        assert {"ETag", "Link", "RateLimit", "Retry-After"} <= set(answer["Access-Control-Expose-Headers"].split(", "))
    unchanged = Api().get(path, **ORIGIN, **{"If-None-Match": answer["ETag"]})
    assert unchanged.status_code == 304 and unchanged["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", PUBLIC_LISTS)
def test_a_browser_that_asks_first_is_told_that_it_may_read_and_no_more(path):
    asked = {**ORIGIN, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
    answer = Client().options(f"/api/{path}", headers=asked)
    assert (answer.status_code, answer["Access-Control-Allow-Methods"]) == (200, "GET, HEAD, OPTIONS")
    assert "if-none-match" in answer["Access-Control-Allow-Headers"]
    assert "authorization" not in answer["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("path", [path for path in READS if path not in PUBLIC_LISTS])
def test_nothing_else_is_for_pages_of_other_sites(path, sender):
    address = path.replace("{", "").replace("}", "")
    for api in (Api(sender), Api()):
        assert "Access-Control-Allow-Origin" not in api.get(address, **ORIGIN)
    asked = {**ORIGIN, "Access-Control-Request-Method": "POST"}
    assert "Access-Control-Allow-Origin" not in Client().options(f"/api/{address}", headers=asked)


@pytest.mark.parametrize("address", ["/api/schema", "/api/schema/"])
def test_the_document_is_found_with_and_without_a_slash(address):
    assert Client().get(address).json()["openapi"] == "3.1.0"
