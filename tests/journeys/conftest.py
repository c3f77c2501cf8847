"""Fixtures of the journeys: the live site on play money, its clock in hand, its bells, and people with browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control

from clorp.celery import app
from core import clock
from tests.journeys.people import Visitor

VISITORS = pytest.StashKey[list[Visitor]]()


@pytest.fixture(autouse=True)
def play_site(settings: Any) -> None:
    """As `./run up` serves it to a newcomer."""
    settings.PLAY_MONEY, settings.STRIPE_SECRET_KEY, settings.JUDGE = True, "", "auto"


class Hands:
    """The hands of the site's clock: it runs on by itself, and a test may turn it forward."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def forward(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands, running = Hands(), clock.now
    monkeypatch.setattr(clock, "now", lambda: running() + hands.ahead)
    return hands


@pytest.fixture
def ring_bells() -> Callable[[], None]:
    """Run every task that beat calls, once, found by its name as the worker finds it."""
    app.loader.import_default_modules()

    def ring() -> None:
        for entry in app.conf.beat_schedule.values():
            app.tasks[entry["task"]].apply(throw=True)

    return ring


@pytest.fixture(scope="session", autouse=True)
def lasting_files() -> Iterator[None]:
    """As in production, a browser asks for each static file once; just checked out ones it would not keep."""

    def serve(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        answer = django_serve(handler, request)
        patch_cache_control(answer, max_age=3600)
        return answer

    django_serve = StaticFilesHandler.serve
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", serve)
        yield


@pytest.fixture
def site_url(live_server: Any) -> str:
    """Where the site is. This one serves no streams, so pages look by themselves."""
    return str(live_server.url)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Show, beneath what failed, which page each visitor was left at."""
    report = yield
    if call.when == "call" and report.failed:
        report.sections += [("Left at", visitor.where()) for visitor in item.stash.get(VISITORS, [])]
    return report


@pytest.fixture
def visit(request: pytest.FixtureRequest, new_context: Any, site_url: str) -> Iterator[Callable[..., Visitor]]:
    """`visit(user)` is somebody in a browser of their own; what it complained of by the end is a failure."""
    visitors = request.node.stash[VISITORS] = list[Visitor]()

    def arrive(user: Any = None, *, scripts: bool = True, **options: Any) -> Visitor:
        context = new_context(base_url=site_url, java_script_enabled=scripts, **options)
        visitors.append(Visitor(context.new_page(), site_url, user, scripts=scripts))
        return visitors[-1]

    yield arrive
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for visitor in visitors:
        # Pages go on asking for news, and save a draft as they are left; nothing may ask the database while it is
        # emptied after the test.
        visitor.page.context.set_offline(True)
        visitor.page.goto("about:blank")
    assert complaints == []
