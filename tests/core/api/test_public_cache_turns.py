"""A shared answer is made by one request at a time, and only one that is nobody's own is shared."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from core.api import public_cache
from core.api.public_cache import PublicAnswersMiddleware

SHARED, NOT_SHARED = "/api/leaderboard", "/api/whoami"
SECONDS_MAX = 10


class Site:
    """The view behind the middleware: it answers with the number of the answer, once it is let."""

    def __init__(self, **headers):
        self.made, self.headers = 0, headers
        self.began, self.go_on = Event(), Event()
        self.go_on.set()
        self.memory = PublicAnswersMiddleware(self.answer)

    def answer(self, request):
        self.made += 1
        number = self.made
        self.began.set()
        assert self.go_on.wait(SECONDS_MAX)
        return HttpResponse(str(number), headers=self.headers)

    def get(self, path=SHARED, **meta):
        return self.memory(RequestFactory().get(path, **meta)).content.decode()

    def hold(self):
        self.began.clear()
        self.go_on.clear()


@pytest.fixture
def pool():
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.fixture(autouse=True)
def stopped(monkeypatch):
    """An answer is kept for a second, and a slow machine takes longer for a test: time stands still."""
    pass_by(monkeypatch, 0)


def pass_by(monkeypatch, seconds):
    at = time.monotonic() + seconds
    monkeypatch.setattr(public_cache, "time", SimpleNamespace(monotonic=lambda: at))


def test_what_nobody_can_share_is_made_for_all_at_once(pool):
    site = Site(**{"Cache-Control": "private"})
    site.get()
    site.hold()
    asked = [pool.submit(site.get) for _ in range(3)]
    until = time.monotonic() + SECONDS_MAX
    while site.made < 4 and time.monotonic() < until:
        time.sleep(0.01)
    made = site.made
    site.go_on.set()
    assert (made, len([each.result(SECONDS_MAX) for each in asked])) == (4, 3)


def test_one_makes_the_first_answer_and_the_others_wait_for_it(pool):
    site = Site()
    site.hold()
    asked = [pool.submit(site.get) for _ in range(8)]
    assert site.began.wait(SECONDS_MAX)
    site.go_on.set()
    assert {each.result(SECONDS_MAX) for each in asked} == {"1"}


def test_while_one_makes_the_next_answer_the_others_get_the_last_one(pool, monkeypatch):
    site = Site()
    site.get()
    pass_by(monkeypatch, 1.5)
    site.hold()
    asked = pool.submit(site.get)
    assert site.began.wait(SECONDS_MAX)
    assert [site.get() for _ in range(3)] == ["1"] * 3
    site.go_on.set()
    assert (asked.result(SECONDS_MAX), site.get(), site.made) == ("2", "2", 2)


def test_an_answer_that_is_too_old_is_given_to_nobody(pool, monkeypatch):
    site = Site()
    site.get()
    pass_by(monkeypatch, 2.5)
    site.hold()
    asked = [pool.submit(site.get) for _ in range(8)]
    assert site.began.wait(SECONDS_MAX)
    site.go_on.set()
    assert {each.result(SECONDS_MAX) for each in asked} == {"2"}


def test_whoever_has_waited_for_long_makes_the_answer_alone(pool, monkeypatch):
    monkeypatch.setattr(public_cache, "WAIT_SECONDS_MAX", 0.05)
    site = Site()
    site.hold()
    slow = pool.submit(site.get)
    assert site.began.wait(SECONDS_MAX)
    site.began.clear()
    patient = pool.submit(site.get)
    assert site.began.wait(SECONDS_MAX)
    site.go_on.set()
    assert {each.result(SECONDS_MAX) for each in (slow, patient)} == {"1", "2"}


@pytest.mark.parametrize("odd", [{"HTTP_ACCEPT": "text/html"}, {"HTTP_IF_MATCH": '"x"'}, {"HTTP_RANGE": "bytes=0-9"}])
def test_whoever_asks_for_what_there_is_not_takes_the_shared_answer_from_nobody(odd):
    site = Site()
    kept = site.answer
    site.memory.get_response = lambda request: (
        HttpResponse(status=406) if odd.keys() & {*request.META} else kept(request)
    )
    for _ in range(3):
        site.get(**odd)
        assert site.get() == "1"


def test_two_spellings_of_one_query_are_two_addresses():
    site = Site()
    raw, quoted = ({"QUERY_STRING": query} for query in ("q=\xc3\xa9", "q=%C3%83%C2%A9"))
    assert [site.get(**raw), site.get(**quoted), site.get(**raw)] == ["1", "2", "1"]


def test_an_answer_that_fails_leaves_the_turn_to_the_next():
    def fail_once(request):
        failing, failed[:] = not failed, [True]
        if failing:
            raise OSError("lost")
        return HttpResponse("made")

    failed = []
    memory = PublicAnswersMiddleware(fail_once)
    with pytest.raises(OSError, match="lost"):
        memory(RequestFactory().get(SHARED))
    assert memory(RequestFactory().get(SHARED)).content == b"made"


@pytest.mark.parametrize(
    "headers",
    [
        {"Vary": "Cookie, Accept"},
        {"Vary": "*"},
        {"Cache-Control": "private, no-cache"},
        {"Cache-Control": "no-store"},
    ],
)
def test_an_answer_that_says_it_is_somebodys_own_is_not_kept(headers):
    site = Site(**headers)
    assert [site.get(), site.get()] == ["1", "2"]


@pytest.mark.parametrize(
    "answer",
    [HttpResponse("lost", status=404), StreamingHttpResponse([b"a"]), HttpResponse(b"x" * 300_000)],
    ids=["an error", "a stream", "a large one"],
)
def test_what_is_not_a_whole_short_answer_is_not_kept(answer):
    asked = []
    memory = PublicAnswersMiddleware(lambda request: asked.append(request) or answer)
    for _ in range(2):
        memory(RequestFactory().get(SHARED))
    assert len(asked) == 2


def test_an_answer_that_sets_a_cookie_is_not_kept():
    memory = PublicAnswersMiddleware(with_a_cookie)
    first, second = (memory(RequestFactory().get(SHARED)).content for _ in range(2))
    assert first != second


def with_a_cookie(request):
    response = HttpResponse(uuid4().hex)
    response.set_cookie("csrftoken", "a")
    return response


def test_what_no_view_shares_is_not_kept():
    site = Site()
    assert [site.get(path) for path in (NOT_SHARED, NOT_SHARED, "/nowhere", "/nowhere")] == ["1", "2", "3", "4"]


def test_a_write_is_never_answered_from_memory():
    site = Site()
    site.get()
    assert site.memory(RequestFactory().post(SHARED)).content == b"2"


def test_the_memory_is_small_and_short_addresses_only(monkeypatch):
    monkeypatch.setattr(public_cache, "ANSWERS_MAX", 2)
    site = Site()
    for query in ("?a", "?b", "?c", "?a"):
        site.get(SHARED + query)
    assert site.made == 4
    long = f"{SHARED}?{'x' * 2_000}"
    assert site.get(long) != site.get(long)
