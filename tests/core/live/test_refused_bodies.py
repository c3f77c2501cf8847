"""A refusal at the door is answered by the site: a page for people, a problem document for programs."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from accounts.api.auth import lets_somebody_in
from accounts.keys import create_key
from core import clock
from core.http import FORM_LIMITS
from core.live import threads
from core.live.asgi_handler import Handler
from tests.admin_site import logged_in
from tests.core.live.callers import Caller, call
from tests.core.live.story import Readings, tell

pytestmark = pytest.mark.django_db(transaction=True)
TOO_MUCH = b"%d" % (FORM_LIMITS.strangers + 1)
PROBLEM, PAGE = "application/problem+json", "text/html; charset=utf-8"
FAR_TOO_MUCH = b"%d" % (FORM_LIMITS.members + 1)


@pytest.fixture
def one_thread(monkeypatch):
    """The handler's threads, but one alone, whose connection ends with the test."""
    with ThreadPoolExecutor(1) as pool:
        in_pool = lambda work: asyncio.get_running_loop().run_in_executor(pool, work)  # noqa: E731
        for kept in (threads.of_requests, threads.of_long_forms):
            monkeypatch.setattr(kept, "run", in_pool)
        yield
        pool.submit(connections.close_all).result()


@pytest.fixture
def ask(one_thread):
    """`ask(path, …)` is what the site answers, as status, headers and text."""

    def answer(path, parts=(b"x", b""), is_whole=True, **headers):
        caller = Caller(parts, path, is_whole=is_whole, **headers)
        if not is_whole:
            caller.left.set()
        tell(lambda: call(Handler(Readings(), lets_somebody_in), caller))
        named = {name.decode().lower(): value.decode() for name, value in caller.sent[0]["headers"]}
        return caller.sent[0]["status"], named, caller.body.decode()

    return answer


def test_a_page_says_that_it_was_too_much_and_what_to_do(ask):
    status, headers, text = ask("/accounts/login/", content_length=TOO_MUCH)
    assert status == 413 and "too large" in text and "Sign in" in text
    assert headers["connection"] == "close"
    assert "unsafe" not in headers["content-security-policy"] and headers["x-request-id"]


@pytest.mark.parametrize(
    "asked", [{"content_encoding": b"gzip", "content_length": b"1"}, {"expect": b"x"}, {"content_length": TOO_MUCH}]
)
def test_nothing_is_sent_behind_what_is_not_read(ask, asked):
    assert ask("/api/board", **asked)[1]["connection"] == "close"
    assert "connection" not in ask("/api/board", content_length=b"1")[1]


def test_the_api_says_it_by_a_problem_document(ask, sender):
    _, token = create_key(user=sender, name="one", now=clock.now())
    key = f"Bearer {token}".encode()
    status, headers, text = ask("/api/jobs", content_length=FAR_TOO_MUCH, authorization=key)
    assert (status, headers["content-type"], json.loads(text)["code"]) == (413, "application/problem+json", "too_large")
    status, headers, text = ask("/api/jobs", content_encoding=b"gzip", content_length=b"1", authorization=key)
    assert (status, headers["accept-encoding"]) == (415, "identity")
    assert json.loads(text)["code"] == "unsupported_encoding"


@pytest.mark.parametrize("headers", [{}, {"authorization": b"Bearer clorp_pat_nobodys"}, {"cookie": b"sessionid=none"}])
def test_whoever_is_not_let_in_hears_that_before_anything_large_is_read(ask, headers):
    caller = ask("/api/attachments", content_length=b"60000000", **headers)
    assert caller[0] == 401


def test_who_is_signed_in_may_send_more_than_a_stranger(ask, sender):
    session = logged_in(sender).cookies["sessionid"].value.encode()
    body = (b"body=" + b"x" * FORM_LIMITS.strangers, b"")
    form = b"application/x-www-form-urlencoded"
    # It is read, and then refused for want of a token against forgery.
    assert ask("/preview", body, content_type=form, cookie=b"sessionid=" + session)[0] == 403
    assert ask("/preview", body, content_type=form, cookie=b"sessionid=another")[0] == 413


def test_a_body_of_untold_length_is_read_as_one_of_told_length_is(ask, sender):
    _, token = create_key(user=sender, name="one", now=clock.now())
    headers = {"authorization": f"Bearer {token}".encode(), "content_type": b"application/json"}
    parts = (b'{"prompt": "", ', b'"pack": "nope"}')
    told = ask("/api/jobs/run", parts, content_length=b"%d" % len(b"".join(parts)), **headers)
    chunked = ask("/api/jobs/run", parts, transfer_encoding=b"chunked", **headers)
    assert told[0] == chunked[0] == 400 and "nope" not in told[2]
    assert [json.loads(answer[2])["errors"] for answer in (told, chunked)].count(json.loads(told[2])["errors"]) == 2


@pytest.mark.parametrize(("path", "kind"), [("/accounts/login/", PAGE), ("/api/agents/register", PROBLEM)])
def test_whoever_sends_chunks_that_are_none_is_told_so_and_hung_up_on(ask, path, kind):
    status, headers, text = ask(path, (b'{"name": ',), is_whole=False, transfer_encoding=b"chunked")
    assert (status, headers["content-type"], headers["connection"]) == (400, kind, "close")
    assert "never arrived" in text


@pytest.mark.parametrize(("path", "kind"), [("/accounts/login/", PAGE), ("/api/agents/register", PROBLEM)])
def test_an_expectation_is_answered_by_its_own_status(ask, path, kind):
    status, headers, text = ask(path, (b"x", b""), expect=b"200-ok")
    assert (status, headers["content-type"]) == (417, kind) and "100-continue" in text
