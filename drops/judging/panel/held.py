"""The findings that a panel leaves, entry by entry, for the people who judge in its place."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from django.utils.translation import gettext as _

from drops.judging.panel.evidence import replay_round, say_finding
from drops.models import Drop, JudgingRound, PanelSession
from drops.models.rounds import JudgeKind
from drops.ranking import AnswerMisfit, NeedsHuman, Verdict
from drops.ranking.log_lines import say_ordinal
from drops.ranking.text import one_line

QUOTE_CHARS_MAX = 300


@dataclass(frozen=True)
class HeldEntry:
    """The panel's `findings` on one entry. `quotes` are its own words, which judges report: a stranger's text."""

    slot: str
    label: str
    findings: str
    quotes: tuple[str, ...]


@dataclass(frozen=True)
class Held:
    """Why the panel did not decide, and what it would have found, in sentences that quote nobody; then each entry."""

    sentences: tuple[str, ...]
    entries: tuple[HeldEntry, ...]

    def of(self, slot: str) -> HeldEntry | None:
        """Return the findings on one entry."""
        return next((entry for entry in self.entries if entry.slot == slot), None)


def held_by_panel(drop: Drop) -> Held | None:
    """Return what the last panel of `drop` left for staff; None where staff do not judge it, or it had no panel."""
    panel_round = drop.rounds.newest_of_panel() if drop.judge == JudgeKind.STAFF else None
    return Held(tuple(say_finding(panel_round)), tuple(_entries(panel_round))) if panel_round else None


def _entries(panel_round: JudgingRound) -> list[HeldEntry]:
    try:
        field, step = replay_round(panel_round)
    except AnswerMisfit:
        return []
    verdict = step.proposal if isinstance(step, NeedsHuman) else step if isinstance(step, Verdict) else None
    scores, quotes = _checks(panel_round.session)
    return [
        HeldEntry(slot, label, _say(slot, verdict, scores[slot]), tuple(quotes[slot]))
        for slot, label in field.labels.items()
    ]


def _checks(session: PanelSession) -> tuple[defaultdict[str, list[float]], defaultdict[str, list[str]]]:
    """Scores alone, and words that judges report, by slot, from the answers that could be read."""
    scores: defaultdict[str, list[float]] = defaultdict(list)
    quotes: defaultdict[str, list[str]] = defaultdict(list)
    for call in session.calls.filter(kind="check", parsed__isnull=False).order_by("id"):
        (slot,) = call.slots
        parsed: dict[str, Any] = call.parsed or {}
        scores[slot].append(parsed["score"])
        quote = one_line(parsed["accusation"] or "", QUOTE_CHARS_MAX)
        if quote and quote not in quotes[slot]:
            quotes[slot].append(quote)
    return scores, quotes


def _say(slot: str, verdict: Verdict | None, scores: list[float]) -> str:
    alone = _("{points:.0f} points alone").format(points=fmean(scores)) if scores else _("not read alone")
    if verdict is None:
        return f"{alone[0].upper()}{alone[1:]}."
    ordinal = say_ordinal(verdict.places.index(slot) + 1)
    place = _("{place} of {count}").format(place=ordinal, count=len(verdict.places))
    flags = "".join(f", {flag}" for flag in verdict.flags[slot])
    return f"{verdict.letters[slot]}, {place}, {alone}{flags}."
