"""Open pages hear of what happens by a stream; here no page may look by a timer, so that nothing else can tell it."""

from __future__ import annotations

import http.client
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from itertools import cycle

import pytest
from django.db import connection
from playwright.sync_api import expect

from accounts.keys import create_key
from accounts.notifications.notify import notify
from core import clock
from core.live.sse import HEARTBEAT
from drops.contest import finishing, posting
from drops.models import Drop
from tests.bench.support.judges import prose
from tests.drops.judging.panel.table import judge_by_panel
from tests.journeys.served import STOP_SECONDS_MAX, serve
from tests.journeys.ways import CORNERS, PHONE_LIGHT
from tests.llm_double.double import is_check
from tests.play import claim, enter, make_user, open_drop, ring

pytestmark = pytest.mark.django_db(transaction=True)

# Looks that a page plans by a timer are noted down and never happen.
NO_TIMERS = """
    window.planned = new Set();
    const set = window.setTimeout, clear = window.clearTimeout;
    window.setTimeout = (call, wait, ...rest) => {
        if (wait !== 2500 && wait !== 30000) return set(call, wait, ...rest);
        const name = set(() => {}, 2 ** 30);
        window.planned.add(name);
        return name;
    };
    window.clearTimeout = (name) => { window.planned.delete(name); clear(name); };
"""
SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
"""

SEEN = """(seen) => {
    Object.defineProperty(document, "hidden", { value: !seen, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
CUT_THE_WIRE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE query LIKE 'LISTEN clorp%' AND datname = current_database()
"""


@contextmanager
def ask(site, path, headers=None):
    """The answer as it begins to come; its line is closed however the test ends."""
    with closing(http.client.HTTPConnection("localhost", site.port, timeout=20)) as line:
        line.request("GET", path, headers=headers or {})
        with line.getresponse() as answer:
            yield answer


@contextmanager
def panel_at_work(drop):
    """A worker's thread asks the panel meanwhile."""

    def work():
        with closing(connection):
            judge_by_panel(drop, now=clock.now())

    with ThreadPoolExecutor(1) as pool:
        work_done = pool.submit(work)
        yield
        work_done.result()


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    """One for all stories: each begins with an empty database, and streams begin anew."""
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
    with serve(name) as served:
        yield served


@pytest.fixture
def site_url(site, db):
    return site.url


@pytest.fixture
def watch(visit):
    """A visitor whose page, at `path`, has its stream and nothing else."""

    def arrive(path, user=None, **way):
        visitor = visit(user, **way)
        visitor.page.add_init_script(NO_TIMERS)
        visitor.page.add_init_script(SHIFTS)
        with visitor.page.expect_response(lambda answer: "/live/" in answer.url and answer.status == 200):
            visitor.opens(path)
        return visitor

    return arrive


def test_a_claim_and_an_entry_made_on_one_page_show_on_the_other(visit, watch):
    sender = make_user("sender")
    path = open_drop(sender, now=clock.now()).get_absolute_url()
    watching = [watch(path, who, **way) for who, way in zip(cycle((sender, None)), CORNERS.values(), strict=False)]
    ada = visit(make_user("ada")).claims(path)
    for page in watching:
        page.sees("at work")
    ada.submits("The Good Crossing")
    for page in watching:
        page.sees("sealed entry")
        expect(page.page.get_by_role("status").filter(has_text="4 of 5 seats free, 1 sealed entry.")).to_have_count(1)


def test_a_drop_that_ends_takes_an_open_workroom_on_with_what_was_typed(watch):
    sender, ada = make_user("sender"), make_user("ada")
    drop = open_drop(sender, now=clock.now())
    claim(drop, ada, now=clock.now())
    workroom = watch(drop.get_absolute_url(), ada)
    workroom.page.get_by_label("Text").fill("Half a thought")
    posting.cancel_drop(drop=Drop.objects.get(), sender=sender, now=clock.now())
    workroom.sees("It was never submitted")
    expect(workroom.page.get_by_role("textbox", name="What you had not sent")).to_have_value("Half a thought")


def test_the_log_of_a_panel_comes_as_it_is_written_and_then_the_result(watch, llm_double, settings):
    settings.JUDGE, settings.JUDGE_PATIENCE = "panel", {}
    sender, at = make_user("sender"), clock.now() - timedelta(minutes=6)
    drop = open_drop(sender, now=at)
    for name in ("ada", "basil", "cleo"):
        enter(drop, make_user(name), f"{prose(name, 20)} worth 1.0", now=at)
    drop = ring(drop)
    rooms = [watch(drop.get_absolute_url(), sender, **way) for way in CORNERS.values()]
    lists = llm_double.pause(matching=lambda body: not is_check(body))
    with panel_at_work(drop):
        for room in rooms:
            room.sees("A panel of judges reads every entry").sees("Judge 1 on Seat")
        assert Drop.objects.get().is_ranking
        lists.open()
        for room in rooms:
            room.sees("The cards lie face down until you pull.")


def test_a_bell_rings_on_every_open_page_and_is_silent_once_it_was_read_on_one(watch):
    ada = make_user("ada")
    paths = ("/board", "/wallet", "/board", "/me")
    board, *others = (watch(path, ada, **way).page for path, way in zip(paths, CORNERS.values(), strict=True))
    notify([ada], kind="handle-taken", text="Choose another one.", href="/me", now=clock.now())
    for page in (board, *others):
        expect(page.get_by_role("link", name="Notifications 1 new")).to_be_visible()
    others[0].goto("/me/notifications")
    others[0].get_by_role("button", name="Mark all as read").click()
    expect(board.get_by_role("link", name="Notifications", exact=True)).to_be_visible()


def test_new_drops_come_to_the_board_and_nothing_on_it_moves(watch):
    sender = make_user("sender")
    first = open_drop(sender, now=clock.now(), prompt="The first of them", window_seconds=3000)
    board = watch("/board", make_user("ada"), **PHONE_LIGHT)
    button = board.page.get_by_role("button", name="Claim a seat")
    button.focus()
    open_drop(sender, now=clock.now(), prompt="Ends sooner and would stand before it")
    board.sees("Ends sooner")
    headings = board.page.locator(".drop-card .prompt").all_inner_texts()
    assert headings == ["The first of them", "Ends sooner and would stand before it"]
    expect(board.page.get_by_role("status").filter(has_text="2 drops are open.")).to_have_count(1)
    posting.cancel_drop(drop=Drop.objects.get(pk=first.pk), sender=sender, now=clock.now())
    board.sees("The bell has rung.")
    assert board.page.evaluate("window.shifted") < 0.01
    assert board.opens("/board").page.locator(".drop-card").count() == 1


def test_a_server_that_has_lost_the_database_for_a_moment_is_told_what_it_missed(watch):
    drop = open_drop(make_user("sender"), now=clock.now())
    page = watch(drop.get_absolute_url()).page
    with connection.cursor() as cursor:
        cursor.execute(CUT_THE_WIRE)
        assert cursor.rowcount == 1
    claim(drop, make_user("ada"), now=clock.now())
    expect(page.get_by_text("at work")).to_be_visible()


def test_a_page_that_nobody_sees_keeps_no_stream_and_catches_up_when_it_is_seen(watch):
    drop = open_drop(make_user("sender"), now=clock.now())
    page = watch(drop.get_absolute_url()).page
    with page.expect_event("requestfailed", lambda request: "/live/drops/" in request.url):
        page.evaluate(SEEN, False)
    claim(drop, make_user("ada"), now=clock.now())
    with page.expect_response(lambda answer: "/live/drops/" in answer.url and answer.status == 200):
        page.evaluate(SEEN, True)
    expect(page.get_by_text("at work")).to_be_visible()


def test_a_server_with_open_streams_stops_when_it_is_asked_to():
    drop = open_drop(make_user("sender"), now=clock.now())
    paths = ("/board", "/live/board", f"/live/drops/{drop.pk}", "/")
    with ExitStack() as until_done:
        site = until_done.enter_context(serve(str(connection.settings_dict["NAME"])))
        answers = [until_done.enter_context(ask(site, path)) for path in paths]
        assert answers[1].readline().startswith(b"retry:") and answers[2].readline().startswith(b"retry:")
        site.process.send_signal(signal.SIGINT)
        # The streams end at once, before another heartbeat, and are not cut off.
        told = [answer.read() for answer in answers[1:3]]
        assert [text.endswith(b"\n\n") and HEARTBEAT not in text for text in told] == [True, True]
        assert (site.process.wait(timeout=2 * STOP_SECONDS_MAX), "Killing" in site.output()) == (0, False)


def read_until(answer, words):
    """Read lines until one holds `words`: what changes before it was read replaces what waits to be sent."""
    text = ""
    while words not in text:
        line = answer.readline().decode()
        assert line, f"ended without {words}: {text}"
        text += line
    return text


def test_a_log_is_streamed_over_http_and_goes_on_where_it_was_left(site):
    sender = make_user("sender")
    drop = open_drop(sender, now=clock.now())
    _, token = create_key(user=sender, name="test", scopes=None, now=clock.now())
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    with ask(site, f"/api/jobs/{drop.pk}/logs", headers) as answer:
        heard = read_until(answer, "event: counts")
        enter(drop, make_user("ada"), now=clock.now())
        heard += read_until(answer, "event: counts")
        finishing.remove_drop(drop=Drop.objects.get(), told="Spam.", now=clock.now())
        heard += answer.read().decode()
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert heard.count("event: counts") >= 2 and '"status":"cancelled"' in heard and heard.rstrip().endswith("}")
    assert heard.index("event: end") > heard.index("event: counts")
