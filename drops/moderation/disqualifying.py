"""Taking an entry out of the contest, which takes two where much can be won. If none is left, the money goes back."""

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
from drops.judging.second_look import is_above_limit
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

    The last one that stands takes the drop's money back to its sender. Above limits a second person must approve: of
    that sum, and of any entry where so much can be won that staff's verdict would take two.
    """
    drop = Drop.objects.lock(submission.drop_id)
    submission.refresh_from_db(fields=["disqualified_at"])
    if takes_two(submission, drop):
        return by_two.ask_to_disqualify(submission, staff=staff, told=told, reason=reason, now=now)
    record_act(staff, by_two.DISQUALIFY, submission, reason, now, told=told)
    return _take_out(submission, drop, told, now)


def takes_two(submission: Submission, drop: Drop) -> bool:
    """Whether to take a standing entry out takes a second person: a large sum goes back, or it can't win that any more.

    Any entry counts, not only the last but one: whoever takes out the best ones chooses the winner too, and who that
    would be must not be told by whether this is asked for.
    """
    if submission.disqualified_at is not None or not (drop.is_open or drop.is_ranking):
        return False
    return is_above_limit(drop) or (by_two.is_refund(submission, drop) and by_two.takes_two(drop))


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
approvals.register(approvals.Kind(by_two.DISQUALIFY, _("Disqualify an entry"), RIGHTS, _act, _require_apart))
