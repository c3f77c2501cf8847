"""Taking an entry out of the contest. Where none is left then, the sender's money goes back, which may take two."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.text import apart, as_sentence, sentence_apart
from drops.contest import finishing
from drops.contest.rules import IllegalTransition
from drops.desk.ending import finish_as_approved, require_may_end_case
from drops.judging import rounds
from drops.judging.verdicts import log_act
from drops.models import Drop, EndReason, Submission
from drops.moderation import by_two
from drops.moderation.acts import record_act, require_no_stake
from drops.notifications import tell
from drops.ranking import Audience
from wallet import approvals
from wallet.models import Approval


@transaction.atomic
def disqualify_entry(
    *, submission: Submission, staff: User, told: str, reason: str, now: datetime
) -> Submission | Approval:
    """Take an entry out of the contest before the verdict; its author is told why. Judging starts afresh without it.

    The last one that stands takes the drop's money back to its sender: above a limit that waits for a second person.
    """
    drop = Drop.objects.lock(submission.drop_id)
    if is_refund(submission, drop) and by_two.takes_two(drop):
        return by_two.ask_to_disqualify(submission, staff=staff, told=told, reason=reason, now=now)
    record_act(staff, by_two.DISQUALIFY, submission, reason, now, told=told)
    return _take_out(submission, drop, told, now)


def is_refund(submission: Submission, drop: Drop) -> bool:
    """Whether no entry but this one stands, on a drop that has not ended: without it the money goes back."""
    if submission.disqualified_at is not None or not (drop.is_open or drop.is_ranking):
        return False
    return not drop.submissions.standing().exclude(pk=submission.pk).exists()


def _take_out(submission: Submission, drop: Drop, told: str, now: datetime) -> Submission:
    if not (drop.is_open or drop.is_ranking):
        raise IllegalTransition(_("This drop has ended; its grades stand."))
    submission.refresh_from_db()
    if submission.disqualified_at is not None:
        raise IllegalTransition(_("This entry has been disqualified already."))
    if drop.is_ranking:
        rounds.log_answers(drop, now=now)
    submission.disqualified_at, submission.disqualified_reason = now, as_sentence(told)
    submission.save(update_fields=["disqualified_at", "disqualified_reason"])
    # The sender reads the log too, and why is between moderators and the author.
    log_act(drop, "Disqualified by our moderators.", Audience.AUTHOR, now=now, submission=submission)
    text = format_lazy(
        _("Your entry on “{drop}” was disqualified by our moderators: {told}"),
        drop=apart(drop.heading),
        told=sentence_apart(told),
    )
    tell([submission.user], drop, kind="entry-disqualified", text=text, now=now)
    if drop.is_ranking and not drop.submissions.standing().exists():
        finishing.fail_drop(drop=drop, reason=EndReason.NO_PASSING_ENTRY, now=now)
    elif drop.is_ranking and drop.current_round is not None:
        rounds.judge_again(drop=drop, now=now)
    return submission


def _act(approval: Approval, staff: User, reason: str, now: datetime) -> None:
    require_may_end_case(approval, staff)
    submission = Submission.objects.select_related("drop", "user").get(pk=approval.target_id)
    drop, told, both = Drop.objects.lock(submission.drop_id), approval.told, approval.by_both()
    event = record_act(staff, by_two.DISQUALIFY, submission, reason, now, told=told, changes=both)
    _take_out(submission, drop, told, now)
    finish_as_approved(approval, event=event, now=now)


def _require_apart(approval: Approval, staff: User, now: datetime) -> None:
    require_may_end_case(approval, staff)
    require_no_stake(staff, Submission.objects.get(pk=approval.target_id), now)


RIGHTS = ("drops.change_submission",)
approvals.register(approvals.Kind(by_two.DISQUALIFY, _("Disqualify the last entry"), RIGHTS, _act, _require_apart))
