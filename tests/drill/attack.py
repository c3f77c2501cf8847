"""Attacks of strangers, members and staff on a running site: served as in production, directly and by proxies.

Each attack is refused or harmless, and all the while `/healthz` answers within a second. The proxies are those of this
machine; under CLORP_REQUIRE_ALL one that is missing fails the drill.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from tests.bench.support.clients import alone
from tests.bench.support.rows import Row, at_least, at_most
from tests.bench.support.scratch import scratch_database
from tests.bench.support.serving import web_server
from tests.drill.support import bursts, insiders, strangers
from tests.drill.support.proxies import Way, missing, rows_of_missing, ways, weighed

HEALTH_SECONDS_MAX = 1.0
ANSWER_SECONDS_MAX = 2.0
PAGE_SECONDS_MAX = 5.0
# Of what a stranger sends: what the site takes, and what lies in the machine's own buffers on the way.
SITE_BYTES_MAX = 16 * 1024 * 1024
UNPAID_MAX = 5
SESSION_BYTES_MAX = 4_096
CODES_MAX = 3
HUGE_BODIES = (("/accounts/login/", False), ("/accounts/login/", True), ("/api/attachments", False))


def run() -> list[Row]:
    return [
        *rows_of_missing("attack", missing()),
        *of_bursts(),
        *(row for name, way in ways().items() for row in _attacked(name, way)),
    ]


def _attacked(name: str, way: Way) -> Iterator[Row]:
    """A site of its own for each way: limits by address are counted for all that comes from this machine."""
    served_as = {"TRUST_PROXY": "0" if name == "direct" else "1", "STAFF_SECOND_FACTOR": "0"}
    with (
        scratch_database() as url,
        web_server(url, EMAIL_URL="dummymail://", **served_as) as served,
        way(served.port) as port,
        strangers.Watch(port) as watch,
    ):
        set_up = alone(insiders.scene, url=url)
        yield from _by_insiders(name, port, url, set_up)
        yield from _of_huge_bodies(name, way, served.port)
        yield from _by_strangers(name, port, set_up)
    slowest = max(watch.waits, default=HEALTH_SECONDS_MAX + 1)
    yield at_least(f"{name}: answers of /healthz meanwhile", len(watch.waits), "", watch.answers_min)
    yield at_most(f"{name}: slowest answer of /healthz all the while", slowest, "s", HEALTH_SECONDS_MAX)


def of_bursts() -> Iterator[Row]:
    """Asked as a proxy asks for many: no limit of one address holds a burst back that comes from many."""
    served_as = {"TRUST_PROXY": "1", "STAFF_SECOND_FACTOR": "0", "EMAIL_URL": "dummymail://"}
    with scratch_database() as url, web_server(url, **served_as) as served:
        set_up = alone(insiders.scene, url=url)
        yield from bursts.rows_of(served.port, list(set_up["cookies"].values()), HEALTH_SECONDS_MAX)


def _by_insiders(name: str, port: int, url: str, set_up: dict[str, Any]) -> Iterator[Row]:
    outcome = insiders.try_all(lambda *request: _status_and_body(port, *request), set_up)
    left = alone(insiders.changed, set_up, url=url)
    for title in outcome.passed + outcome.shown:
        sys.stderr.write(f"attack: {name}: {title}\n")
    yield at_most(f"{name}: of {outcome.tried} attempts from within, let through", len(outcome.passed), "", 0)
    yield at_most(f"{name}: of these, showed a word that is sealed", len(outcome.shown), "", 0)
    yield at_most(f"{name}: slowest answer to them", outcome.slowest, "s", ANSWER_SECONDS_MAX)
    yield at_most(f"{name}: contests judged by staff without the right", left["answers"], "", 0)
    yield at_most(f"{name}: keys that move money, made without a fresh login", left["money_keys"], "", 0)
    yield at_most(f"{name}: taken out of sight or verified by whoever may not", left["taken"], "", 0)
    yield at_most(f"{name}: unpaid drops of one account", left["unpaid"], "", UNPAID_MAX)
    yield at_least(f"{name}: and any at all", left["unpaid"], "", 1)
    yield at_most(f"{name}: moved by one confirmation, sent three times", left["moved"], "s", insiders.EXTENDED_SECONDS)
    yield at_least(f"{name}: and moved at all, on record", left["acts"], "", 1)
    most = 2 * insiders.DRAFTS * insiders.DRAFT_LETTERS
    yield at_most(f"{name}: kept of strangers' drafts", left["kept"], "B", most)
    yield at_least(f"{name}: and kept at all", left["kept"], "B", insiders.DRAFT_LETTERS)
    yield at_most(f"{name}: in the largest session", left["sessions"], "B", SESSION_BYTES_MAX)


def _status_and_body(port: int, *request: Any) -> tuple[int, bytes]:
    answer = strangers.answer_of(port, *request)
    return answer.status, answer.body


def _of_huge_bodies(name: str, way: Way, site: int) -> Iterator[Row]:
    """Bytes of a huge body that reach the site. A proxy may read on and drop it, so that its sender sees the answer."""
    for path, is_chunked in HUGE_BODIES:
        with weighed(site) as scale, way(scale.port) as port:
            strangers.send_huge(port, path, is_chunked=is_chunked)
        if not scale.bytes:
            raise strangers.Unexpected(f"{name}: nothing of a body reached the site")
        how = "in chunks" if is_chunked else "of told length"
        title = f"{name}: sent on to the site of {strangers.HUGE:,} {how} to {path}"
        yield at_most(title, scale.bytes, "B", SITE_BYTES_MAX)


def _by_strangers(name: str, port: int, set_up: dict[str, Any]) -> Iterator[Row]:
    yield at_most(f"{name}: had by forged headers (figures, https)", len(strangers.forged_gains(port)), "", 0)
    telling = strangers.telling_doors(port, set_up["email"])
    yield at_most(f"{name}: doors that tell who has an account", len(telling), "", 0)
    looked_at = strangers.codes_looked_at(port, set_up["email"])
    yield at_most(f"{name}: of {strangers.GUESSES} guesses of a code at once, compared", looked_at, "", CODES_MAX)
    yield at_least(f"{name}: and compared at all", looked_at, "", 1)
    with strangers.dribbling(port):
        # A member's page: strangers have their own limit of pages, and it is used up here.
        cookie = f"sessionid={set_up['cookies']['sender']}"
        title = f"{name}: a page while {strangers.DRIBBLERS} bodies dribble in"
        yield at_most(title, strangers.seconds(port, "/board", Cookie=cookie), "s", PAGE_SECONDS_MAX)
    number, most = strangers.logins_until_refused(port)
    yield at_most(f"{name}: logins from forged addresses until one is refused", number, "", most)
    number, most = strangers.pages_until_refused(port, settings.PAGES_ANONYMOUS_PER_MINUTE)
    yield at_most(f"{name}: pages in a row until one is refused", number, "", most)
