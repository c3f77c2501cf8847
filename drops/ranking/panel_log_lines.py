"""The sentences of a panel's log. What a judge said is a stranger's text: one plain line, with every entry sealed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from drops.ranking.call_plan import CallPlan
from drops.ranking.calls import Call
from drops.ranking.checks import SENTENCES, Screening
from drops.ranking.findings import Findings
from drops.ranking.log_lines import LogLine
from drops.ranking.panel_state import AnsweredCall
from drops.ranking.parsing import CheckReading, ListReading
from drops.ranking.sealing import Seal
from drops.ranking.text import apart

Labels = Mapping[str, str]


def say_panel(count: int) -> str:
    """A panel as the one who judged."""
    return f"a panel of {count} {'judge' if count == 1 else 'judges'}"


def say_list(labels: Sequence[str]) -> str:
    """Labels as they are listed in a sentence."""
    return " and ".join(filter(None, (", ".join(labels[:-1]), labels[-1]))) if labels else "nobody"


def name_entries(text: str, called: Mapping[str, str]) -> str:
    """`said` with the names of a call replaced by what its readers call the entries."""
    names = "|".join(map(re.escape, called))
    return re.sub(rf"\b(?:{names})\b", lambda match: called[match.group().casefold()], text, flags=re.IGNORECASE)


def log_panel(judges: Sequence[str], call_plan: CallPlan) -> LogLine:
    """Who the judges are and how often they may be asked."""
    named = ", ".join(f"{number} is {judge}" for number, judge in enumerate(judges, start=1))
    worded = call_plan.screening.rules.version
    return LogLine("info", f"Judges: {named}; at most {call_plan.calls_max} calls, prompts {worded}.")


def log_screening(screening: Screening, labels: Labels) -> list[LogLine]:
    """Return what the free checks found."""
    lines = []
    for entry in screening.entries:
        label = labels[entry.slot]
        sentences = []
        if entry.fault is not None:
            sentences.append(f"{label} takes no part: {SENTENCES[entry.fault]}")
        elif entry.like is not None:
            sentences.append(f"{label} resembles {labels[entry.like]}, which is earlier.")
        described = sum(bool(file.about) for file in entry.files)
        if described:
            noun = "file that is" if described == 1 else "files that are"
            sentences.append(f"{label} has {described} {noun} no text; models don't see what is in there.")
        if entry.hidden:
            sentences.append(f"{label} had {entry.hidden:,} hidden characters, which were taken out.")
        if entry.left_out:
            sentences.append(f"{label} was cut; {entry.left_out:,} more characters are not judged.")
        lines += [LogLine("info", sentence, slot=entry.slot) for sentence in sentences]
    return lines


def log_call(answered: AnsweredCall, labels: Labels, seal: Seal) -> LogLine:
    """Return what one call brought, in a line."""
    where = _say_call(answered.call, labels)
    slot = answered.call.slots[0] if answered.call.kind == "check" else None
    if answered.reading is None:
        return LogLine("info", f"{where}: no vote ({answered.failure}).", slot=slot)
    if isinstance(answered.reading, CheckReading):
        finding, remark = _say_check(answered.reading), answered.reading.note
    else:
        finding, remark = _say_ranking(answered.reading, labels), answered.reading.reasoning
    called = {name: labels[slot] for name, slot in answered.call.slot_of.items()}
    return LogLine(
        "reasoning", f"{where}: {finding}. {apart(seal.withhold(name_entries(remark, called)))}".rstrip(), slot=slot
    )


def _say_call(call: Call, labels: Labels) -> str:
    name = f"Judge {call.judge + 1}"
    if call.kind == "check":
        return f"{name} on {labels[call.slots[0]]} alone"
    return f"{name}, round {call.part}, shown {', '.join(labels[slot] for slot in call.slots)}"


def _say_check(reading: CheckReading) -> str:
    facts = [f"{reading.score:g} points"]
    if not reading.usable:
        facts.append("unusable")
    if reading.accusation is not None:
        facts.append("reports words in it that are meant for the judges")
    if reading.unproven:
        facts.append("reports words meant for the judges that it does not contain, which does not count")
    return ", ".join(facts)


def _say_ranking(reading: ListReading, labels: Labels) -> str:
    return " > ".join(" = ".join(labels[slot] for slot in group) for group in reading.groups)


def log_opening(findings: Findings, finalists: Sequence[str], labels: Labels) -> list[LogLine]:
    """Return what follows from the first wave: who is out, who is reported, whose votes count, and what comes next."""
    sentences = []
    for slot in findings.quarantined:
        count = len(findings.accusers[slot])
        sentences.append(
            (slot, f"{labels[slot]} is set aside: {count} judges report words in it that are meant for them.")
        )
    for slot in findings.rejected:
        sentences.append((slot, f"{labels[slot]} is out: judges call it unusable."))
    for slot in findings.running:
        if findings.is_accused(slot):
            held = "It is ranked, but is not paid before our moderators have looked."
            sentences.append((slot, f"{labels[slot]} is reported by one judge. {held}"))
    lines = [LogLine("info", sentence, slot=slot) for slot, sentence in sentences]
    if len(findings.running) < 2:
        return lines
    complete = findings.complete(1)
    if len(complete) < findings.judges_count:
        who = f"{len(complete)} of {findings.judges_count} judges"
        lines.append(LogLine("info", f"{who} gave an order and its reverse; only their lists count."))
    if finalists:
        lines.append(LogLine("info", f"Round 2 compares {say_list([labels[slot] for slot in finalists])}."))
    elif findings.is_settled:
        lines.append(LogLine("info", "Round 1 settled the first place."))
    return lines
