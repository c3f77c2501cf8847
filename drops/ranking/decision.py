"""From a panel's findings to its verdict, or to the reasons why people must look first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from drops.ranking.calls import Call
from drops.ranking.checks import SENTENCES
from drops.ranking.field import Field
from drops.ranking.findings import ACCUSERS_MIN, JUDGES_MIN, Findings
from drops.ranking.grades import PANEL_KAPPA_POINTS_PER_LOGIT, level_points
from drops.ranking.grading import Exclusion, Grading, Remarks, excluded
from drops.ranking.judge import Hold, NeedsHuman, Verdict
from drops.ranking.log_lines import LogLine
from drops.ranking.panel_log_lines import name_entries, say_panel
from drops.ranking.panel_state import PanelState
from drops.ranking.parsing import EntryNotes, ListReading
from drops.ranking.sealing import WITHHELD, Seal
from drops.ranking.text import apart

JUDGED_BY = "panel"

HOLD_SENTENCES: dict[Hold, str] = {
    "too few judges": "fewer than two judges gave a complete answer.",
    "accused winner": "a judge reports that the first entry speaks to the judges.",
    "unsure": "the judges are not sure enough for this prize.",
    "all set aside": "no entry is left, and one was set aside for speaking to the judges.",
    "unseen entry": "an entry is made of files that these judges can't see.",
}


def say_hold(reasons: Sequence[Hold]) -> str:
    """Why people must look first, to stand behind a colon."""
    return " ".join(HOLD_SENTENCES[reason] for reason in reasons)


def log_hold(reasons: Sequence[Hold]) -> LogLine:
    """The same as the log says it."""
    return LogLine("info", " ".join(f"Held for our moderators: {HOLD_SENTENCES[reason]}" for reason in reasons))


def hold_unseen(log: Sequence[LogLine]) -> NeedsHuman:
    """Leave a contest to people before any model is asked, because it would judge what it has not seen."""
    reasons: tuple[Hold, ...] = ("unseen entry",)
    return NeedsHuman(say_hold(reasons), (*log, log_hold(reasons)), reasons)


@dataclass(frozen=True)
class Decision:
    """The decision of a panel of which every call was answered."""

    field: Field
    state: PanelState
    seal: Seal
    staff_when_unsure: bool

    def conclude(self, log: list[LogLine]) -> Verdict | NeedsHuman:
        """The verdict, or NeedsHuman with what the panel would have said. `log` is all that was logged before."""
        findings = self.state.findings
        if self._too_few(findings):
            return self._hold(("too few judges",), log)
        grading = self.grading(findings)
        reasons: list[Hold] = []
        if grading.winner is not None and findings.is_accused(grading.winner):
            reasons.append("accused winner")
        if self.staff_when_unsure and grading.winner is not None and grading.confidence == "low":
            reasons.append("unsure")
        if not findings.running and findings.quarantined:
            reasons.append("all set aside")
        return self._hold(tuple(reasons), log, grading) if reasons else self._close(grading, log)

    def _too_few(self, findings: Findings) -> bool:
        if not findings.running:
            return False
        if len(findings.running) > 1:
            asked_twice = bool(self.state.second_wave) and not findings.is_settled
            rounds = (1, 2) if asked_twice else (1,)
            if min(len(findings.complete(part)) for part in rounds) < JUDGES_MIN:
                return True
        if self.state.screening.rules.needs_reading and not all(map(findings.readers, findings.running)):
            return True
        # Nobody is paid whom only one judge has read for words that steer judges.
        return len(findings.readers(findings.placing.places[0])) < JUDGES_MIN

    def _hold(self, reasons: tuple[Hold, ...], log: list[LogLine], grading: Grading | None = None) -> NeedsHuman:
        held = [*log, log_hold(reasons)]
        proposal = self._close(grading, held) if grading is not None else None
        accused = "accused winner" in reasons
        return NeedsHuman(
            reason=say_hold(reasons),
            lines=tuple(held),
            reasons=reasons,
            proposal=proposal,
            without_accused=self._close(self._without_accused(), held) if accused else None,
            may_stand=proposal is not None and not accused,
        )

    def _without_accused(self) -> Grading:
        """The verdict with each accused first place set aside in turn, until a first place is accused by nobody."""
        findings = self.state.findings
        while findings.running and findings.is_accused(first := findings.placing.places[0]):
            findings = findings.without(first)
        return self.grading(findings)

    def _close(self, grading: Grading, log: list[LogLine]) -> Verdict:
        answered = self.state.answered(self.state.calls)
        evidence = tuple(one.call.key for one in answered if one.reading is not None)
        return grading.conclude(JUDGED_BY, log, evidence)

    def grading(self, findings: Findings) -> Grading:
        """Return what `findings` amount to."""
        level = findings.level if findings.level is not None else 0.0
        points = level_points(findings.placing.strengths, findings.scores, level)
        count = len(findings.complete(1)) if findings.counted else self._readers(findings)
        return Grading(
            field=self.field,
            placing=findings.placing,
            points=points,
            out=self._out(findings),
            comparisons=findings.comparisons,
            confidence=findings.confidence,
            voice=say_panel(count or self.state.call_plan.judges_count),
            kappa=PANEL_KAPPA_POINTS_PER_LOGIT,
            remarks=_Notes(self.state, findings, self.seal, points, level).remarks,
        )

    def _readers(self, findings: Findings) -> int:
        return len({judge for slot in findings.slots for judge in findings.readers(slot)})

    def _out(self, findings: Findings) -> dict[str, Exclusion]:
        out = excluded(self.field)
        for entry in self.state.screening.entries:
            if entry.fault is not None:
                out[entry.slot] = Exclusion(entry.fault, f"It takes no part: {SENTENCES[entry.fault]}")
        for slot in findings.quarantined:
            who = "Judges report" if len(findings.accusers[slot]) >= ACCUSERS_MIN else "A judge reports"
            out[slot] = Exclusion("quarantined", f"Set aside: {who.lower()} words in it that are meant to steer them.")
        return out | {slot: Exclusion("unusable", "Found unusable by the judges.") for slot in findings.rejected}


@dataclass(frozen=True)
class _Notes:
    """The remarks that a panel adds to letters and places."""

    state: PanelState
    findings: Findings
    seal: Seal
    points: Mapping[str, float]
    level: float

    @property
    def remarks(self) -> Remarks:
        first = self.findings.placing.places[0] if self.findings.running else None
        return Remarks(
            reasons={slot: self._reasons(slot, first) for slot in self.findings.running},
            facts={slot: self._facts(slot) for slot in self.findings.running},
            flags={entry.slot: self._flags(entry.slot) for entry in self.state.screening.entries},
            rationale=self._rationale(first),
        )

    def _flags(self, slot: str) -> tuple[str, ...]:
        entry = self.state.screening[slot]
        noted = {
            "accused": slot in self.findings.running and self.findings.is_accused(slot),
            "similar": entry.like is not None and entry.fault is None,
            "hidden characters": entry.hidden > 0,
            "cut": entry.left_out > 0,
        }
        return tuple(flag for flag, is_so in noted.items() if is_so)

    def _facts(self, slot: str) -> tuple[str, ...]:
        alone = self.findings.scores.get(slot)
        scored = (f"{alone:.1f} alone",) if alone is not None else ()
        return f"{self.points[slot]:.1f} points", f"field level {self.level:.1f}", *scored

    @cached_property
    def _said(self) -> tuple[Mapping[str, str], Mapping[str, EntryNotes]]:
        """Names and notes of the first list of the judge whose own ranking is closest to the final one."""
        speaker = self.findings.spokesman
        for call, reading in self._lists:
            if call.judge == speaker:
                return call.slot_of, reading.notes
        return {}, {}

    @property
    def _lists(self) -> list[tuple[Call, ListReading]]:
        answered = self.state.answered(self.state.calls)
        return [(one.call, one.reading) for one in answered if isinstance(one.reading, ListReading)]

    def _reasons(self, slot: str, first: str | None) -> tuple[str, ...]:
        slot_of, notes = self._said
        if slot not in notes:
            return ()
        note = notes[slot]
        called = {name: "this entry" if other == slot else "another entry" for name, other in slot_of.items()}
        remarks = [("Best", note.best), ("Weakest", note.worst)]
        remarks += [] if slot == first else [("Why not higher", note.why_not_higher)]
        plain = [(head, self.seal.withhold(name_entries(text, called))) for head, text in remarks]
        return tuple(f"{head}: {apart(text)}" for head, text in plain if text)

    def _rationale(self, first: str | None) -> str:
        """Return what set the first place apart, in words of a judge who put it there; nothing if that would quote."""
        speaker = self.findings.spokesman
        for call, reading in sorted(self._lists, key=lambda one: (one[0].judge != speaker, -one[0].part)):
            if reading.groups[0] == (first,):
                called = {n: "the winner" if s == first else "another entry" for n, s in call.slot_of.items()}
                difference = self.seal.withhold(name_entries(reading.difference, called))
                if difference and WITHHELD not in difference:
                    return difference
        return ""
