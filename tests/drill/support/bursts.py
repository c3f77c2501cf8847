"""Much that takes long, sent at once: passwords to hash, each from an address of its own, and long forms to read.

A burst that the site did not work on says nothing, so each tells how much of it was taken.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

from tests.bench.support.rows import Row, at_least, at_most
from tests.drill.support import strangers
from tests.drill.support.strangers import CSRF, FORM, Answer, answer_of, expect, send

PASSWORDS, FORMS = 60, 20
# Escaped letters take longest to read; no form may be longer. Made once, or whoever watches here would wait for that.
LONG = b"body=" + b"%C3%A9" * (2_000_000 // len("%C3%A9"))
# Some are refused since many come at once; beyond its limit none is looked at.
TAKEN, REFUSED = (200, 302, 400), (429, 503)
# Long forms are read one at a time, and whoever sends many waits for them.
QUEUE_SECONDS_MAX = 180
# How it answers at other times is seen as well.
CALM_SECONDS = 1.0


def rows_of(port: int, cookies: list[str], seconds_max: float) -> Iterator[Row]:
    """Yield how long `/healthz` took while each burst came, and how much of it was worked on."""
    for what, times, send_one in (
        ("sign-ins and sign-ups", PASSWORDS, lambda number: _password(port, number)),
        ("forms of 2 MB", FORMS, _forms(port, cookies)),
    ):
        with strangers.Watch(port) as watch:
            time.sleep(CALM_SECONDS)
            taken = _at_once(times, send_one)
        yield at_least(f"burst: of {times} {what} at once, worked on", taken, "", 1)
        yield at_most(f"burst: slowest answer of /healthz meanwhile ({what})", max(watch.waits), "s", seconds_max)


def _at_once(times: int, send_one: Callable[[int], Answer]) -> int:
    with ThreadPoolExecutor(times) as pool:
        answers = [expect(answer, "a burst", *TAKEN, *REFUSED) for answer in pool.map(send_one, range(times))]
    return sum(answer.status in TAKEN for answer in answers)


def _password(port: int, number: int) -> Answer:
    path, fields = ("/accounts/login/", ("login", "password"))
    if number % 2:
        path, fields = ("/accounts/signup/", ("email", "password1"))
    form = dict(zip(fields, (f"burst{number}@example.com", f"a good one {number}"), strict=True))
    return send(port, path, form, **{"X-Forwarded-For": f"8.8.8.{number}"})


def _forms(port: int, cookies: list[str]) -> Callable[[int], Answer]:
    """Members send them: of strangers so much is never read. Each sends few, so that none is over its limit."""
    named = [{**FORM, "Cookie": f"csrftoken={CSRF}; sessionid={cookie}"} for cookie in islice(cycle(cookies), FORMS)]
    return lambda number: answer_of(port, "POST", "/preview", LONG, named[number], seconds_max=QUEUE_SECONDS_MAX)
