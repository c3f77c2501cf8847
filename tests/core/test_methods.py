"""A page that does not take a method says so, by its own status and with a way on."""

from __future__ import annotations

import pytest
from django.test import Client

from core.http import OF_PAGES, is_of_the_api, page_above, view_at
from tests.addresses import public_doors
from tests.api import Api, is_problem
from tests.browsers import signed_in
from tests.play import open_drop

pytestmark = pytest.mark.django_db
READ_ONLY = ["/board", "/now", "/gallery", "/feed.atom", "/robots.txt", "/leaderboard", "/me/drops", "/"]
READ_ONLY += ["/sitemap.xml", "/sitemap-pages.xml"]
OWN_API = ("/identity/o/api/",)
FORMS = ["claim", "release", "submit", "draft", "draft/discard", "pay", "cancel", "reroll", "report"]


def strict(user):
    """Somebody's browser, whose forms need their tokens."""
    browser = signed_in(user)
    browser.handler.enforce_csrf_checks = True
    return browser


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST", "QUERY", "PROPFIND"])
@pytest.mark.parametrize("path", READ_ONLY)
def test_what_is_only_read_takes_nothing_else(path, method, agent):
    for browser in (Client(enforce_csrf_checks=True), strict(agent)):
        answer = browser.generic(method, path, b"x")
        assert (answer.status_code, answer["Allow"]) in {(405, "GET, HEAD"), (405, "GET, HEAD, OPTIONS")}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE"])
def test_no_page_takes_what_only_programs_send(method, staff):
    """Neither for an empty form, as a framework's own pages would a PUT, nor for a visit."""
    for browser in (Client(), signed_in(staff)):
        for path in public_doors():
            if not path.startswith(OWN_API) and not is_of_the_api(view_at(path)):
                answer = browser.generic(method, path, b"x")
                assert (path, answer.status_code) == (path, 405) and {*answer["Allow"].split(", ")} <= OF_PAGES
        assert browser.generic(method, "/admin/accounts/user/", b"x").status_code == 405


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST", "PROPFIND"])
@pytest.mark.parametrize("path", ["packs", "board", "board/stats", "feed", "gallery", "leaderboard"])
def test_of_a_method_that_a_list_does_not_take_a_stranger_hears_as_anybody_does(path, method, agent):
    for api in (Api(), Api(agent)):
        answer = api.client.generic(method, f"/api/{path}", b"{}", content_type="application/json", headers=api.headers)
        is_problem(answer, 405, "method_not_allowed")
        assert answer["Allow"] == "GET, HEAD"


def test_a_form_without_its_token_is_told_that_it_is_old(sender):
    assert strict(sender).post("/preview", {"text": "x"}).status_code == 403


@pytest.mark.parametrize("act", FORMS)
def test_an_address_of_a_form_is_a_page_that_leads_to_its_own(act, sender):
    drop = open_drop(sender)
    answer = signed_in(sender).get(f"{drop.get_absolute_url()}/{act}")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert f'href="{drop.get_absolute_url()}"' in answer.content.decode()


@pytest.mark.parametrize("act", FORMS)
def test_whoever_must_sign_in_first_comes_back_to_the_page_itself(act, sender):
    drop = open_drop(sender)
    answer = Client().get(f"{drop.get_absolute_url()}/{act}")
    assert answer["Location"] == f"/accounts/login/?next={drop.get_absolute_url()}"


def test_above_an_address_that_is_none_is_the_start():
    assert (page_above("/nothing/at/all"), page_above("/board"), page_above("")) == ("/", "/board", "/")


@pytest.mark.parametrize("path", ["/api/schema", "/api/schema/", "/api/docs/", "/api/packs"])
def test_the_reference_takes_the_methods_that_it_names(path):
    answer = Client().options(path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    is_page = answer.content.lstrip().startswith(b"<!DOCTYPE")
    assert answer["Content-Type"].startswith("text/html" if is_page else "application/problem+json")
