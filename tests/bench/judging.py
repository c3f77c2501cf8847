"""The panel before simulated judges: how often it is right, how much it asks, how far its letters are off.

The judges read the real prompts and answer in JSON; their errors are drawn from fixed seeds, so every figure but the
times is the same on every machine.
"""

from __future__ import annotations

import time
from statistics import fmean, median

from drops.ranking import Letter
from tests.bench.support import copies, mishaps, outages, panel_runs, trials
from tests.bench.support.judges import Bench, Errors
from tests.bench.support.rows import Row, at_least, at_most

DROPS = 400
CAPTURE_DROPS = 40
LETTER_DROPS = 120
BACKLOG_DROPS = 200
ROUND_LISTS = 6
# So near to each other that one round never settles it.
CLOSER = (0.2, 0.1, 0.0, -0.1, -0.2)


def run() -> list[Row]:
    """The eight groups of figures in their order, with what a request keeps to (3) where real requests are made."""
    began = time.monotonic()
    rows = [*accuracy(), *effort(), *letters(), *captures(), *copied()]
    rows.append(Row("all of the above", time.monotonic() - began, "s"))
    return [*rows, *waiting(), *mended(), *weathered(), *survived(), *bells()]


def bells() -> list[Row]:
    """Judges that answer in a second over real HTTP; the worst of ten bells between two beats."""
    sure = panel_runs.latencies(Bench("clear", trials.PERFECT), trials.FIELDS["clear"])
    torn = panel_runs.latencies(Bench("close", Errors(points=0.0, call=2.0)), CLOSER)
    quick = [took for took, lists in sure if lists == ROUND_LISTS]
    slow = [took for took, lists in torn if lists > ROUND_LISTS]
    return [
        at_most("bell to result, round one settles, worst", max(quick), "s", 4),
        Row("bell to result, round one settles, median", median(quick), "s"),
        at_most("bell to result, two rounds, worst", max(slow), "s", 7),
        Row("bell to result, two rounds, median", median(slow), "s"),
    ]


def waiting() -> list[Row]:
    """Many drops at once before judges that answer in a second, and what all of their requests keep to."""
    backlog = panel_runs.backlog(BACKLOG_DROPS)
    kept = backlog.kept
    return [
        at_least(f"{BACKLOG_DROPS} drops at once: use of the judges' rate limit", backlog.share, "share", 0.90),
        Row(f"{BACKLOG_DROPS} drops at once: until the last result", backlog.seconds, "s"),
        Row("worker's processor time for a call", backlog.busy_ms, "ms"),
        at_most("pairs that a judge saw more often in one order", kept.one_sided, "pairs", 0),
        at_most("entries with one name in all calls", kept.fixed, "entries", 0),
        at_most("fences used twice", kept.fences, "fences", 0),
        at_most("requests with a person, drop, price or time in them", kept.told, "requests", 0),
        at_most("system prompts with other than the rubric's words", kept.systems, "requests", 0),
        at_most("requests without a cap on the answer", kept.uncapped, "requests", 0),
    ]


def mended() -> list[Row]:
    """Every fault in one call, over real HTTP."""
    counts = mishaps.faults()
    return [
        at_most(f"a fault in one call: another winner, or none, of {counts['drops']}", counts["lost"], "drops", 0),
        at_most("all judges down: not left to staff, or money moved", counts["moved"], "drops", 0),
        at_least("one judge down: ends, and the log says two judges", counts["carried"], "drops", 1),
    ]


def weathered() -> list[Row]:
    """Servers that are away, ask for pauses, answer in odd places, or show a model less than was sent."""
    counted = outages.weather_all()
    rows = [
        at_least(f"{name}: settled without people, of {one['drops']}", one["settled"] / one["drops"], "share", 0.95)
        if outages.WEATHERS[name].settles
        else at_least(f"{name}: left to people, of {one['drops']}", one["people"] / one["drops"], "share", 1.0)
        for name, one in counted.items()
    ]
    drops = sum(one["drops"] for one in counted.values())
    letters, paid = (sum(one[what] for one in counted.values()) for what in ("letters", "paid"))
    return [
        *rows,
        at_most(f"letters without a reading, in {drops} drops", letters, "letters", 0),
        at_most("prizes paid on a reading that was cut", paid, "drops", 0),
    ]


def survived() -> list[Row]:
    """Workers that are killed, and whoever comes after them."""
    counts = mishaps.killed()
    return [
        at_least(
            f"worker killed {counts['kills']} times: one winner, one payout",
            counts["settled"],
            "drops",
            counts["drops"],
        ),
        at_most("asked again though the answer was stored", counts["repeated"], "calls", 0),
        at_most("results that stored answers do not give again bit for bit", counts["different"], "drops", 0),
    ]


def accuracy() -> list[Row]:
    biased = trials.hold_many("close", trials.BIASED, DROPS)
    sure = trials.hold_many("close", trials.PERFECT, DROPS)
    better = trials.hold_many("clear", trials.RIGHT_81, DROPS)
    worse = trials.hold_many("clear", trials.RIGHT_75, DROPS)
    return [
        at_least("winner right: judges biased by place, close field", trials.share_right(biased), "share", 0.90),
        at_least("winner right: perfect judges, close field", trials.share_right(sure), "share", 1.0),
        Row("pairs right in one list: the better judges", trials.share_of_pairs(better), "share"),
        at_least("winner right: the better judges, clear field", trials.share_right(better), "share", 0.87),
        Row("pairs right in one list: the weaker judges", trials.share_of_pairs(worse), "share"),
        at_least("winner right: the weaker judges, clear field", trials.share_right(worse), "share", 0.76),
    ]


def effort() -> list[Row]:
    good = trials.hold_many("random", trials.GOOD, DROPS)
    lists = [len(trial.lists) for trial in good]
    return [
        at_most("comparisons, most", max(lists), "calls", 12),
        at_most("comparisons, mean with good judges", fmean(lists), "calls", 10),
        at_most("all calls, most", max(len(trial.answers) for trial in good), "calls", 27),
        at_most("comparisons of a single entry", len(trials.hold("random", trials.GOOD, "one", count=1).lists), "", 0),
    ]


def letters() -> list[Row]:
    misses = trials.letters_off(LETTER_DROPS)
    weak = [trials.hold("random", trials.GOOD, f"weak/{n}", base=30) for n in range(CAPTURE_DROPS)]
    strong = [trials.hold("random", trials.GOOD, f"strong/{n}", base=82) for n in range(CAPTURE_DROPS)]
    unusable = [trials.hold("random", trials.GOOD, f"unusable/{n}", usable=False) for n in range(CAPTURE_DROPS)]
    passed = sum(letter > Letter.F for trial in unusable for letter in trial.outcome.letters.values())
    above = sum(letter > Letter.C for trial in weak for letter in trial.outcome.letters.values())
    below = sum(letter < Letter.B for trial in strong for letter in trial.outcome.letters.values())
    return [
        at_least("letters exact", fmean(miss == 0 for miss in misses), "share", 0.40),
        at_least("letters within one", fmean(miss <= 1 for miss in misses), "share", 0.85),
        at_most("unusable fields: letters above F", passed, "letters", 0),
        at_most("unusable fields: winners", sum(trial.outcome.winner is not None for trial in unusable), "drops", 0),
        at_most("weak fields: letters above C", above, "letters", 0),
        at_most("strong fields: letters below B", below, "letters", 0),
    ]


def captures() -> list[Row]:
    captures = trials.hold_captures(CAPTURE_DROPS)
    return [
        at_most("captures that were paid, of 40", captures.paid, "drops", 3),
        at_least("captures named in the log or paid, of 40", captures.named + captures.paid, "drops", CAPTURE_DROPS),
        at_most("honest entries set aside", captures.honest_set_aside, "entries", 0),
    ]


def copied() -> list[Row]:
    copied = copies.hold_copies()
    flagged, independent = copies.independent_flagged()
    return [
        at_most(f"copies that got more than an F, of {copied.fields}", copied.copies_left_in, "entries", 0),
        at_most("originals and others taken for copies", copied.honest_flagged, "entries", 0),
        at_most(f"independent answers taken for copies, of {independent}", flagged, "entries", 0),
    ]
