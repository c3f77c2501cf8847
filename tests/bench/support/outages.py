"""Ways in which a model's server can fail, for a while or for good, and whether anybody is graded or paid meanwhile.

A weather is what befalls the requests of one drop after another; a panel has its real patience, or less in a hurry.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.bench.support import panel_runs
from tests.bench.support.clients import alone
from tests.bench.support.judges import chinese
from tests.bench.support.scratch import migrated_once, scratch_database
from tests.llm_double import Fault, LlmDouble
from tests.llm_double.double import Request

OUTAGE_SECONDS = 10.0
PAUSE_SECONDS = 9
WAITS_SECONDS = (1.0, 4.0, 10.0, 20.0)
OUTAGE_DROPS, OTHER_DROPS = 40, 3
# Of which kind the many drops are: an outage as most servers have it.
MANY = {"10 s of 500", "10 s of lost connections"}
AT_ONCE = 16
LINES = 6
FOR_GOOD = float("inf")
LINE_SECONDS_MAX = 900
Counts = dict[str, int]


@dataclass(frozen=True)
class Weather:
    """`fault` befalls all requests to `models` for so many seconds from the first one on.

    `settles` is whether a panel has to end its drops without people, or has to leave all of them to staff; `texts` are
    what the entries say besides, by the seed of each.
    """

    fault: Fault
    seconds: float
    models: tuple[str, ...] = panel_runs.MODELS
    settles: bool = True
    texts: Callable[[str], str] = lambda seed: ""

    def break_out(self, double: LlmDouble, hurry: float) -> None:
        """Begin; with `hurry` all times are so many times shorter."""
        began: list[float] = []

        def befalls(body: dict[str, Any]) -> bool:
            began[:] = began or [time.monotonic()]
            return body["model"] in self.models and time.monotonic() - began[0] < self.seconds / hurry

        double.faults.clear()
        double.retry_after_seconds = PAUSE_SECONDS / hurry
        double.next(self.fault, matching=befalls, times=1 << 30)


WEATHERS: dict[str, Weather] = {
    "10 s of 500": Weather(Fault.SERVER_ERROR, OUTAGE_SECONDS),
    "10 s of lost connections": Weather(Fault.DROPPED, OUTAGE_SECONDS),
    "10 s of errors as answers": Weather(Fault.ERROR_AS_ANSWER, OUTAGE_SECONDS),
    "10 s of empty answers": Weather(Fault.EMPTY, OUTAGE_SECONDS),
    "10 s of 403 with a page": Weather(Fault.WALLED_OFF, OUTAGE_SECONDS),
    "10 s of 404 with a page": Weather(Fault.NOT_ROUTED, OUTAGE_SECONDS),
    "10 s of 400 with a page": Weather(Fault.MISDIRECTED, OUTAGE_SECONDS),
    "10 s of 400 with some words": Weather(Fault.GARBLED_ON_THE_WAY, OUTAGE_SECONDS),
    "10 s of 400 in the server's own words": Weather(Fault.BUSY, OUTAGE_SECONDS),
    "10 s of JSON without end": Weather(Fault.NESTED, OUTAGE_SECONDS),
    "10 s of 499 with nothing": Weather(Fault.GIVEN_UP, OUTAGE_SECONDS),
    "10 s of 401": Weather(Fault.LOCKED_OUT, OUTAGE_SECONDS),
    "10 s of 402": Weather(Fault.UNPAID, OUTAGE_SECONDS),
    "10 s of 404": Weather(Fault.NOT_LOADED, OUTAGE_SECONDS),
    "9 s of 429 with Retry-After: 9": Weather(Fault.RATE_LIMITED, PAUSE_SECONDS),
    "9 s of 429 with a date": Weather(Fault.RATE_LIMITED_UNTIL, PAUSE_SECONDS),
    "9 s of 529 with Retry-After: 9": Weather(Fault.OVERLOADED, PAUSE_SECONDS),
    "9 s of 503 with a page and a date": Weather(Fault.IN_MAINTENANCE, PAUSE_SECONDS),
    "9 s of 429 with Retry-After: 0": Weather(Fault.NO_PAUSE, PAUSE_SECONDS),
    "10 s of answers amid which the server fails": Weather(Fault.GAVE_UP, OUTAGE_SECONDS),
    "answers in reasoning_content": Weather(Fault.REASONED, FOR_GOOD),
    "answers in parts, behind thoughts": Weather(Fault.IN_PARTS, FOR_GOOD),
    "answers as the arguments of a function": Weather(Fault.AS_CALL, FOR_GOOD),
    "answers as JSON and not as text": Weather(Fault.AS_OBJECT, FOR_GOOD),
    "tokens counted in no numbers": Weather(Fault.COUNTED_ODDLY, FOR_GOOD),
    "answers in a fenced block": Weather(Fault.SCHEMA_IGNORED, FOR_GOOD),
    "one judge is cut, told": Weather(Fault.CUT, FOR_GOOD, ("two",)),
    "one judge is cut in the middle": Weather(Fault.CUT_MIDDLE, FOR_GOOD, ("two",)),
    "one judge is cut, not told": Weather(Fault.CUT_UNTOLD, FOR_GOOD, ("two",)),
    "one judge is cut inside, not told": Weather(Fault.CUT_INSIDE_UNTOLD, FOR_GOOD, ("two",)),
    "one judge is cut inside, not counted": Weather(Fault.CUT_INSIDE_COUNTLESS, FOR_GOOD, ("two",)),
    "one judge repeats no words": Weather(Fault.NO_WORDS, FOR_GOOD, ("two",)),
    "all are cut, told": Weather(Fault.CUT, FOR_GOOD, settles=False),
    "all are cut in the middle": Weather(Fault.CUT_MIDDLE, FOR_GOOD, settles=False),
    "all are cut, not told": Weather(Fault.CUT_UNTOLD, FOR_GOOD, settles=False),
    "all are cut at the end, not counted": Weather(Fault.CUT_AT_END, FOR_GOOD, settles=False),
    "all are cut inside, told": Weather(Fault.CUT_INSIDE, FOR_GOOD, settles=False),
    "all are cut inside, not told": Weather(Fault.CUT_INSIDE_UNTOLD, FOR_GOOD, settles=False),
    "all are cut inside, not counted": Weather(Fault.CUT_INSIDE_COUNTLESS, FOR_GOOD, settles=False),
    "all are cut inside, told, in Chinese": Weather(Fault.CUT_INSIDE, FOR_GOOD, settles=False, texts=chinese),
    "one judge is cut inside, told, in Chinese": Weather(Fault.CUT_INSIDE, FOR_GOOD, ("two",), texts=chinese),
    "one judge is cut off amid its thoughts": Weather(Fault.DRAFTED, FOR_GOOD, ("two",)),
    "all are cut off amid their thoughts": Weather(Fault.DRAFTED, FOR_GOOD, settles=False),
    "all do what an entry says": Weather(Fault.WRONG_WORDS, FOR_GOOD, settles=False),
    "one judge's key is no good": Weather(Fault.LOCKED_OUT, FOR_GOOD, ("two",)),
    "no judge's key is any good": Weather(Fault.LOCKED_OUT, FOR_GOOD, settles=False),
    "a filter lets nothing through": Weather(Fault.FILTERED, FOR_GOOD, settles=False),
    "errors as answers for good": Weather(Fault.ERROR_AS_ANSWER, FOR_GOOD, settles=False),
    "empty answers for good": Weather(Fault.EMPTY, FOR_GOOD, settles=False),
}


def count(drops: Iterable[Any], double: LlmDouble) -> Counts:
    """`settled` by the panel, and left to `people`; `letters` without a reading; `paid` though a reading was cut."""
    from drops.models import PanelCall

    whole = Counter((one.model, one.user) for one in double.shown)
    counts = Counter(drops=0, settled=0, people=0, letters=0, paid=0)
    for drop in drops:
        drop.refresh_from_db()
        calls = list(PanelCall.objects.filter(session__round__drop=drop))
        asked = {call.key: Request(0.0, call.request).user for call in calls if call.request}
        read = [call for call in calls if call.parsed is not None]
        unread = [call for call in read if not whole[call.model, asked[call.key]]]
        alone_with = {slot for call in read if call.kind == "check" and call not in unread for slot in call.slots}
        graded = [str(pk) for pk in drop.submissions.exclude(grade=None).values_list("pk", flat=True)]
        by_panel = drop.status == "completed" and drop.judge == "panel"
        counts.update(
            drops=1,
            settled=by_panel,
            people=drop.judge == "staff",
            letters=len(set(graded) - alone_with),
            paid=bool(unread) and drop.winning_submission is not None,
        )
    return dict(counts)


def weather_all() -> dict[str, Counts]:
    """Many drops in each outage of 10 s, some in each other weather, as all lines of them counted."""
    names = list(WEATHERS)
    migrated_once()
    with ThreadPoolExecutor(LINES) as lines:
        # One after the other they take twenty minutes, of which nearly all is patience.
        counted = lines.map(weather_in_line, [names[line::LINES] for line in range(LINES)])
        together = {name: counts for one in counted for name, counts in one.items()}
    return {name: together[name] for name in names}


def weather_in_line(names: list[str]) -> dict[str, Counts]:
    """These weathers, one after the other on a database of their own."""
    with scratch_database() as url:
        counted: dict[str, Counts] = alone(work_through, names, url=url, seconds_max=LINE_SECONDS_MAX)
    return counted


def work_through(start: Callable[[], None], names: list[str]) -> dict[str, Counts]:
    """Counts for each weather, by its name."""
    from django.conf import settings

    settings.JUDGE_DROPS_AT_ONCE = AT_ONCE
    cast: list[Any] = []
    start()
    counted = {}
    for name in names:
        weather = WEATHERS[name]
        with LlmDouble() as double:
            panel_runs.use(double.seats(*panel_runs.MODELS, concurrency=panel_runs.CONCURRENCY))
            cast = cast or panel_runs.make_cast(len(panel_runs.CLEAR))
            drops = _close_many(cast, OUTAGE_DROPS if name in MANY else OTHER_DROPS, weather.texts)
            weather.break_out(double, 1)
            _rank_all()
            counted[name] = count(drops, double)
    return counted


def _close_many(cast: list[Any], count: int, texts: Callable[[str], str]) -> list[Any]:
    from drops.contest import closing

    drops = []
    for _ in range(count):
        drops.append(panel_runs.enter_all(cast, list(panel_runs.CLEAR), texts))
        closing.close_due(now=drops[-1].bell)
    return drops


def _rank_all() -> None:
    from drops import tasks
    from drops.judging.panel.worker_pool import worker_pool

    tasks.rank_waiting()
    worker_pool().finish()
