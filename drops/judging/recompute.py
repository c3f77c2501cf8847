"""Computing a result again from what is stored, and telling where it differs from what was written and paid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from drops.judging.replaying import next_step
from drops.judging.snapshots import digest_of
from drops.judging.verdicts import result_of, verdict_json
from drops.models import Appeal, Drop, FrozenEntry, JudgingRound, PanelSession, RankingLog, StoredVerdict
from drops.models.judging import LogType
from drops.ranking import LogLine, NeedsHuman, Step, Verdict, gaps_behind_first
from drops.ranking.log_lines import WORDING_VERSION

SHOWN_CHARS_MAX = 300
# What is told in sentences: another version of ours may say the same otherwise.
SENTENCES = {"reasons", "rationale"}


class NoVerdict(Refused):
    code = "no_verdict"
    message = _("This drop has not ended by a verdict, so there is nothing to compute again.")


def differences(drop: Drop) -> list[str]:
    """Where the result of `drop`, computed from its stored answers, differs from what is stored; empty if nowhere.

    Numbers are compared to the last bit, sentences where they were written by this version. Raises NoVerdict.
    """
    stored = StoredVerdict.objects.filter(round__drop=drop).select_related("round__drop").first()
    if stored is None:
        raise NoVerdict
    return list(_compare(drop, stored))


def _compare(drop: Drop, stored: StoredVerdict) -> Iterator[str]:
    yield from _changed_entries(drop)
    if stored.round != drop.current_round:
        yield _say("who judged, and in which round", str(stored.round), str(drop.current_round))
    try:
        verdict = _verdict_of(next_step(stored.round))
    except (ValueError, PanelSession.DoesNotExist) as fault:
        yield f"The stored answers can't be replayed: {fault}"
        return
    if verdict is None:
        yield "The stored answers do not lead to an end."
        return
    same_words = stored.wording == WORDING_VERSION
    computed = verdict_json(verdict)
    names = [name for name in computed if same_words or name not in SENTENCES]
    for name in names:
        if computed[name] != stored.outcome.get(name):
            yield _say(name.replace("_", " "), stored.outcome.get(name), computed[name])
    results = [result for appeal in _upheld(drop) for result in (appeal.before, appeal.after)] + [result_of(drop)]
    yield from _changed_rows(results[0], verdict, same_words)
    yield from _changed_meanwhile(results[1:])
    if same_words:
        yield from _changed_log(stored.round, verdict.lines)


def _say(what: str, stored: Any, computed: Any) -> str:
    return f"{what}: stored {_cut(stored)}, computed {_cut(computed)}."


def _cut(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN_CHARS_MAX else text[: SHOWN_CHARS_MAX - 1] + "…"


def _verdict_of(step: Step) -> Verdict | None:
    """Return what was applied: the verdict, or a panel's proposal that staff let stand."""
    return step.proposal if isinstance(step, NeedsHuman) else step if isinstance(step, Verdict) else None


def _changed_entries(drop: Drop) -> Iterator[str]:
    for row in FrozenEntry.objects.filter(revision__counts_for__drop=drop).order_by("pk"):
        if row.sha256 != digest_of(row.text, row.files):
            yield f"The frozen entry of revision {row.revision_id} is not what it was: its SHA-256 differs."


def _upheld(drop: Drop) -> list[Appeal]:
    return list(drop.appeals.upheld().order_by("decided_at"))


def _changed_meanwhile(results: list[dict[str, Any]]) -> Iterator[str]:
    """Compare the result that each appeal made with the one before the next, and the last with what stands."""
    for made, later in zip(results[::2], results[1::2], strict=True):
        for name in made:
            if made[name] != later[name]:
                yield _say(f"{name} after an appeal", later[name], made[name])


def _changed_rows(result: dict[str, Any], verdict: Verdict, same_words: bool) -> Iterator[str]:
    """`result` is that by which money first moved: as the first appeal found it, or as it stands."""
    gaps = gaps_behind_first(verdict.places, verdict.strengths)
    for place, slot in enumerate(verdict.places, start=1):
        entry = result["entries"][slot]
        computed = {"place": place, "grade": str(verdict.letters[slot]), "gap": gaps.get(slot)}
        if same_words:
            computed["reasons"] = list(verdict.reasons[slot])
        for name, value in computed.items():
            if entry[name] != value:
                yield _say(f"{name} of entry {slot}", entry[name], value)
    if result["winner"] != verdict.winner:
        yield _say("winner of the drop", result["winner"], verdict.winner)
    ended: dict[str, Any] = {"confidence": verdict.confidence}
    if verdict.winner is not None:
        ended["grade"] = str(verdict.letters[verdict.winner])
    if verdict.winner is not None and same_words:
        ended["rationale"] = verdict.rationale
    for name, value in ended.items():
        if result[name] != value:
            yield _say(f"{name} of the drop", result[name], value)


def _changed_log(judging_round: JudgingRound, lines: Sequence[LogLine]) -> Iterator[str]:
    """Every line of ours must stand under its number, and nowhere in the drop's log a result that is none of ours."""
    written = RankingLog.objects.filter(drop=judging_round.drop_id).order_by("id")
    stored = {line.number: line.content for line in written if line.round_id == judging_round.pk}
    ours = dict(enumerate((line.content for line in lines), start=1))
    for number, content in ours.items():
        if stored.get(number) != content:
            yield f"The log does not say, or not at its place: {_cut(content)}"
            break
    for line in written:
        computed = ours.get(line.number) if line.round_id == judging_round.pk else None
        if line.type == LogType.RESULT and line.content != computed:
            yield f"The log has a result that was never found: {_cut(line.content)}"


def count_answers(drop: Drop) -> int:
    """How many stored answers count."""
    return drop.round.answers.standing().count()
