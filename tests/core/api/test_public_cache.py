"""Strangers share an answer for a second: whose it is, what is told of it, how it is counted."""

from __future__ import annotations

import pytest
from django.test import Client

from core.api import public_cache, reference
from core.models import Tally
from tests.api import Api, hold_clock, is_problem
from tests.play import after, open_drop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def held_clocks(monkeypatch):
    """Nothing grows old, no minute ends and nothing is counted by lapse of time unless a test says so."""
    wait(monkeypatch, 0)


def wait(monkeypatch, seconds):
    monkeypatch.setattr(public_cache.time, "monotonic", lambda: 1_000.0 + seconds)
    hold_clock(monkeypatch, after(seconds))


def own(answer):
    """An answer's headers but those that differ with each request."""
    return {name: text for name, text in answer.headers.items() if name not in {"RateLimit", "X-Request-ID"}}


@pytest.mark.parametrize("path", ["/api/board", "/board"])
def test_strangers_share_an_answer_for_a_second(path, sender, monkeypatch, client):
    first = client.get(path)
    open_drop(sender)
    kept = client.get(path)
    assert (kept.content, own(kept)) == (first.content, own(first))
    wait(monkeypatch, 1.01)
    assert client.get(path).content != first.content


def test_a_program_is_told_that_it_may_keep_the_list_for_a_second(client):
    for _ in range(2):
        answer = client.get("/api/board")
        assert (answer["Cache-Control"], answer["Vary"]) == (
            *("public, max-age=1", "Accept, Authorization, Cookie, origin, Accept-Language"),
        )


@pytest.mark.parametrize("path", ["/api/board", "/board"])
def test_whoever_is_signed_in_gets_their_own(path, sender, agent, client):
    strangers = client.get(path).content
    open_drop(sender)
    client.force_login(agent)
    its = client.get(path)
    assert its.content != strangers
    client.logout()
    assert client.get(path).content == strangers


@pytest.mark.parametrize("accept", ["text/event-stream", "text/event-stream, */*;q=0.1"])
def test_whoever_would_rather_have_a_stream_gets_no_kept_list(accept, client):
    client.get("/api/board")
    answer = client.get("/api/board", headers={"Accept": accept})
    # The view's own word: no stream is served here.
    is_problem(answer, 503, "no_stream")
    assert client.get("/api/board", headers={"Accept": "*/*, text/event-stream;q=0.5"}).status_code == 200


def test_a_key_gets_its_own_and_a_bad_one_is_refused(sender):
    api, stranger = Api(sender), Api()
    stranger.get("board")
    open_drop(sender)
    own_answer = stranger.get("board", **api.headers)
    assert (len(own_answer.json()), own_answer["Cache-Control"]) == (1, "private, no-cache")
    is_problem(stranger.get("board", Authorization="Bearer nonsense"), 401, "bad_key")


def test_a_page_heeds_no_key_so_nobody_gets_one_of_their_own_by_sending_nonsense(client, django_assert_num_queries):
    kept = client.get("/board")
    with django_assert_num_queries(0):
        assert client.get("/board", headers={"Authorization": "Bearer nonsense"}).content == kept.content


def test_nonsense_for_a_key_gets_no_shared_answer_and_is_limited(settings):
    settings.API_ANONYMOUS_PER_MINUTE = 2
    stranger = Api(headers={"Authorization": "Bearer nonsense"})
    Api().get("packs")
    assert [stranger.get("packs").status_code for _ in range(2)] == [401, 429]


def test_the_landing_page_is_everybodys_own_for_its_form_has_a_token(db):
    pages = [Client().get("/") for _ in range(2)]
    assert pages[0].cookies["csrftoken"].value != pages[1].cookies["csrftoken"].value
    client = Client()
    assert client.get("/").content != client.get("/").content


def test_a_message_is_shown_to_whom_it_is_for_and_to_nobody_else(agent, client):
    client.get("/board")
    client.force_login(agent)
    client.post("/accounts/logout/")
    assert b"You have signed out" in client.get("/board").content
    assert b"You have signed out" not in client.get("/board").content


# --- addresses ---


@pytest.mark.parametrize(
    "other", [{"headers": {"host": "127.0.0.1"}}, {"secure": True}, {"query_params": {"limit": "9"}}]
)
def test_each_host_scheme_and_query_has_its_own_answer(other, sender, client):
    client.get("/api/board")
    open_drop(sender)
    assert len(client.get("/api/board", **other).json()) == 1
    assert client.get("/api/board").json() == []


def test_a_host_that_is_not_ours_is_refused_though_an_answer_is_kept(db):
    client = Client(raise_request_exception=False)
    assert client.get("/api/board").status_code == 200
    assert client.get("/api/board", headers={"host": "evil.example"}).status_code == 400


def test_nonsense_is_refused_each_time(client):
    for _ in range(2):
        is_problem(client.get("/api/board?sort=age"), 400, "invalid")


# --- what a request asks for ---


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html, application/*;q=0.8"])
def test_whoever_accepts_what_the_renderer_chose_gets_the_kept_answer(accept, sender, client):
    client.get("/api/board")
    open_drop(sender)
    assert client.get("/api/board", headers={"accept": accept}).json() == []


def test_whoever_does_not_accept_it_is_refused_whatever_is_kept(client):
    answers = [client.get("/api/board", headers={"accept": accept}) for accept in ("text/html", "*/*", "text/html")]
    assert [answer.status_code for answer in answers] == [406, 200, 406]


def test_what_a_stranger_has_already_is_not_sent_again(sender, monkeypatch, client):
    known = {"if-none-match": client.get("/api/board")["ETag"]}
    for seconds in (0, 1.01):
        wait(monkeypatch, seconds)
        answer = client.get("/api/board", headers=known)
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", known["if-none-match"])
        assert "RateLimit" in answer and "RateLimit-Policy" in answer
    open_drop(sender)
    wait(monkeypatch, 2.02)
    assert client.get("/api/board", headers=known).status_code == 200


def test_whoever_has_the_answer_already_makes_it_for_the_others_too(monkeypatch, client, django_assert_num_queries):
    known = {"if-none-match": client.get("/api/board")["ETag"]}
    wait(monkeypatch, 1.01)
    client.get("/api/board", headers=known)
    client.get("/api/board")
    with django_assert_num_queries(0):
        assert client.get("/api/board").json() == []


@pytest.mark.parametrize("path", ["/api/board", "/board"])
def test_the_head_of_an_answer_is_that_of_the_whole_kept_or_not(path, client):
    made = client.head(path)
    whole = client.get(path)
    kept = client.head(path)
    assert own(made).items() >= {name: whole[name] for name in ("Content-Length", "Content-Type", "Vary")}.items()
    assert (made.content, kept.content) == (b"", b"")
    assert own(kept) == own(whole)


# --- limits ---


def test_an_answer_from_memory_counts_and_says_what_is_left(settings, client):
    settings.API_ANONYMOUS_PER_MINUTE = 3
    told = [client.get("/api/board")["RateLimit"] for _ in range(3)]
    assert told == [f'"anonymous";r={left};t=61' for left in (2, 1, 0)]
    refused = client.get("/api/board")
    is_problem(refused, 429, "throttled")
    assert (refused["Retry-After"], refused["RateLimit-Policy"]) == ("61", '"anonymous";q=3;w=60')
    assert client.get("/board").status_code == 200


def test_after_the_minute_there_is_as_much_as_before(settings, client, monkeypatch):
    settings.API_ANONYMOUS_PER_MINUTE = 2
    assert [client.get("/api/packs").status_code for _ in range(3)] == [200, 200, 429]
    wait(monkeypatch, 60.5)
    assert [client.get("/api/packs").status_code for _ in range(3)] == [200, 200, 429]


def test_what_a_stranger_asks_elsewhere_counts_with_it(settings, client):
    settings.API_ANONYMOUS_PER_MINUTE = 4
    for path in ("board", "board", "feed", "packs"):
        client.get(f"/api/{path}")
    assert client.get("/api/board").status_code == 429


def test_processes_count_together(settings):
    settings.API_ANONYMOUS_PER_MINUTE = 20
    processes = [Client(), Client(), Client()]
    answers = [process.get("/api/packs").status_code for _ in range(20) for process in processes]
    allowed = answers.count(200)
    # Each may have let through a tenth of the limit before it heard of the others'.
    assert 20 <= allowed <= 20 + 2 * 3
    assert Tally.objects.get().count >= 20


def test_many_requests_are_counted_in_one_statement(settings, client, monkeypatch, django_assert_num_queries):
    for _ in range(2):
        client.get("/api/packs")
    with django_assert_num_queries(0):
        for _ in range(9):
            client.get("/api/packs")
    wait(monkeypatch, 0.6)
    with django_assert_num_queries(1):
        assert client.get("/api/packs")["RateLimit"].startswith('"anonymous";r=108;')
    assert Tally.objects.get().count == 12


def test_each_stranger_has_a_limit_of_their_own(settings, client):
    settings.API_ANONYMOUS_PER_MINUTE = 2
    for address in ("198.51.100.1", "198.51.100.2"):
        told = [client.get("/api/packs", REMOTE_ADDR=address).status_code for _ in range(3)]
        assert told == [200, 200, 429]


@pytest.mark.parametrize("path", ["/api/board", "/board", "/gallery", "/api/gallery", "/api/feed", "/api/packs"])
def test_asking_for_what_nobody_reads_brings_nobody_an_answer_of_their_own(path, client, sender, monkeypatch):
    first = client.get(f"{path}?z=1")
    monkeypatch.setattr(public_cache.PublicAnswersMiddleware, "make", lambda *asked: pytest.fail("It was made anew."))
    again = [client.get(f"{path}?z={number}&zz&utm=x") for number in range(3)] + [client.get(path)]
    assert {answer.content for answer in again} == {first.content} and b"z=1" not in first.content


def test_what_is_read_is_heeded_whatever_its_order(sender, client):
    open_drop(sender, pack="roast", title="A ferry")
    open_drop(sender, title="A raft")
    queries = ("pack=roast&z=1&sort=prize", "sort=prize&pack=roast")
    listed = [client.get(f"/api/board?{query}").json() for query in queries]
    assert [[job["title"] for job in jobs] for jobs in listed] == [["A ferry"]] * 2


def test_the_reference_is_made_once_a_process(client, monkeypatch):
    reference.description.cache_clear()
    made = []
    make = reference.SchemaGenerator.get_schema
    monkeypatch.setattr(reference.SchemaGenerator, "get_schema", lambda *a, **k: made.append(1) or make(*a, **k))
    answers = [client.get(path, headers={"Accept": "application/json"}) for path in ("/api/schema/", "/api/schema")]
    assert made == [1] and answers[0].content == answers[1].content and answers[0].json()["openapi"] == "3.1.0"


def test_what_strangers_share_is_kept_by_language(sender, client):
    english, german = (client.get("/board", HTTP_ACCEPT_LANGUAGE=wish) for wish in ("en", "de"))
    open_drop(sender)
    again = [client.get("/board", HTTP_ACCEPT_LANGUAGE=wish).content for wish in ("en", "de")]
    assert again == [english.content, german.content] and english.content != german.content


@pytest.mark.parametrize("path", ["/api/board", "/board"])
@pytest.mark.parametrize("wish", ["fr", "en-GB;q=0.7", "xx-" * 500, "*", "en,tlh;q=0.9"])
def test_no_odd_language_makes_an_answer_anew(path, wish, sender, client):
    first = client.get(path)
    open_drop(sender)
    assert client.get(path, HTTP_ACCEPT_LANGUAGE=wish).content == first.content


def test_a_cookie_of_a_language_shares_with_others_of_it(sender, client):
    first = client.get("/board", HTTP_ACCEPT_LANGUAGE="de")
    open_drop(sender)
    client.cookies["language"] = "de"
    assert client.get("/board").content == first.content
