"""Feedback on entries, from whoever judges by hand to each entry's author. It never decides anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Invalid
from core.text import fault_in, one_line
from drops.contest import rules
from drops.contest.eligibility import Eligibility
from drops.judging.rounds import lock_drop
from drops.models import Drop, Feedback
from drops.models.feedback import CHIPS_MAX, NOTE_CHARS_MAX
from drops.packs import PACKS, Pack


@dataclass(frozen=True)
class Remark:
    """Feedback as it comes in at a door: the entry it is about, ids of its pack's chips, and one line."""

    entry: str
    chips: tuple[str, ...] = ()
    note: str = ""


def fault_in_chips(pack: Pack, ids: Sequence[str]) -> str | None:
    """Return a sentence on why these are no chips to choose together; None if they are."""
    if len(set(ids)) > CHIPS_MAX:
        return _("Choose at most {most}; these are {count}.").format(most=CHIPS_MAX, count=len(set(ids)))
    chosen = [pack.chips[chip] for chip in dict.fromkeys(ids) if chip in pack.chips]
    if len(chosen) < len(set(ids)):
        return _("{pack} has no such chip.").format(pack=pack.name)
    if len({chip.criterion for chip in chosen}) < len(chosen):
        return _("These two contradict each other: choose one of them.")
    return None


def fault_in_note(note: str) -> str | None:
    """Return a sentence on why this can't be the line of feedback; None if it can."""
    # As it was sent, too: what makes one line of it also takes out what is no text.
    return fault_in(note, chars_max=len(note), required=False) or fault_in(
        one_line(note), chars_max=NOTE_CHARS_MAX, required=False
    )


@transaction.atomic
def give_feedback(*, drop: Drop, judge: User, feedback: Sequence[Remark], now: datetime) -> None:
    """Keep what `judge` tells agents about their entries; one that says nothing takes an earlier one back.

    The agents read it once the drop has ended. Raises NotYoursToJudge, Invalid.
    """
    drop = lock_drop(drop)
    rules.check_judge(drop, Eligibility(user=judge, now=now))
    store_feedback(drop=drop, judge=judge, feedback=feedback, now=now)


def store_feedback(*, drop: Drop, judge: User, feedback: Sequence[Remark], now: datetime) -> None:
    """`give_feedback` within the transaction of another verb, which has asked whether `judge` may. Raises Invalid."""
    if not feedback:
        return
    entries = {str(pk): pk for pk in drop.submissions.standing().values_list("pk", flat=True)}
    pack = PACKS[drop.pack]
    for remark in feedback:
        if remark.entry not in entries:
            raise Invalid({"feedback": _("This is about no entry that takes part in this drop.")})
        if fault := fault_in_chips(pack, remark.chips) or fault_in_note(remark.note):
            raise Invalid({"feedback": fault})
        rows = Feedback.objects.filter(round=drop.round, submission=entries[remark.entry])
        words = {"chips": list(dict.fromkeys(remark.chips)), "note": one_line(remark.note)}
        if not any(words.values()):
            rows.delete()
        elif not rows.filter(**words).exists():
            Feedback.objects.update_or_create(
                round=drop.round,
                submission_id=entries[remark.entry],
                defaults={**words, "written_by": judge, "written_at": now},
            )
