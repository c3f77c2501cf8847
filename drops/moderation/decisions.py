"""The acts of staff on drops, entries and reports. Every verb asks for two texts: `told`, which the person it concerns
reads, and `reason`, a note for the audit alone. Both are recorded in the transaction of the act itself: neither is ever
there without the other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notifications.topics import REPORT_HANDLED
from accounts.permissions import require_good_standing, require_reason
from core.errors import Invalid, Refused
from core.figures import grouped
from core.live.pubsub import announce
from core.page_tags import span_lazy
from core.text import apart, as_sentence, fault_in, sentence_apart
from core.words import Words
from drops.contest import finishing
from drops.contest.competing import follow_bell
from drops.contest.rules import IllegalTransition
from drops.contest.sender_rules import check_report
from drops.contest.state import claimants_of
from drops.desk import cases
from drops.desk.holding import require_free
from drops.desk.waiting import require_nothing_asked
from drops.judging import rounds
from drops.models import Attachment, Case, Drop, EndReason, Feedback, PanelCall, Report, Submission
from drops.models.rounds import JudgeKind
from drops.moderation import by_two
from drops.moderation.acts import AlreadyDone, record_act, record_reading
from drops.notifications import tell
from wallet.models import Approval

EXTENSION_SECONDS_MAX = 604_800


class NoFeedback(Refused):
    code = "no_feedback"
    status = 404
    message = _("Nobody has given you feedback on this drop, or our moderators took it out of sight.")
    next_step = _("Report the drop itself if something else is wrong.")


def _tell_everyone(drop: Drop, text: Words, kind: str, now: datetime) -> None:
    tell([drop.sender, *claimants_of(drop)], drop, kind=kind, text=text, now=now)


@transaction.atomic
def remove_drop(*, drop: Drop, staff: User, told: str, reason: str, now: datetime) -> Drop | Approval:
    """Take an open drop off the site and give its sender, who is told why, all of the money back. Above a limit that
    waits for a second person."""
    if by_two.takes_two(drop):
        return by_two.ask_for(by_two.REMOVE, drop, staff=staff, told=told, reason=reason, now=now)
    record_act(staff, "remove", drop, reason, now, told=told)
    return finishing.remove_drop(drop=drop, told=as_sentence(told), now=now)


@transaction.atomic
def stop_drop(*, drop: Drop, staff: User, told: str, reason: str, now: datetime) -> Drop | Approval:
    """End a drop that is being ranked, without a winner, and give its sender, who is told why, the money back. Above a
    limit that waits for a second person."""
    if by_two.takes_two(drop):
        return by_two.ask_for(by_two.STOP, drop, staff=staff, told=told, reason=reason, now=now)
    record_act(staff, "stop", drop, reason, now, told=told)
    return finishing.fail_drop(drop=drop, reason=EndReason.STOPPED_BY_STAFF, told=as_sentence(told), now=now)


@transaction.atomic
def extend_window(*, drop: Drop, staff: User, seconds: int, told: str, reason: str, now: datetime) -> Drop:
    """Move the bell of an open drop for everyone, by up to a week, with the leases and cooldowns that it cuts off.

    The bell must still be the one that `drop` was loaded with: of two who extend at once the second is refused.
    """
    seen_bell, drop = drop.window_closes_at, Drop.objects.lock(drop.pk)
    bell = str(drop.window_closes_at)
    record_act(
        staff, "extend", drop, reason, now, told=told, changes={"window_closes_at": [bell, f"{seconds:+} seconds"]}
    )
    if not 1 <= seconds <= EXTENSION_SECONDS_MAX:
        most = grouped(EXTENSION_SECONDS_MAX)
        raise Invalid({"seconds": _("An extension is from 1 to {most} seconds.").format(most=most)})
    # Once the bell has rung nothing reopens the window: somebody may have stopped working on it.
    if not drop.accepts_entries(now):
        raise IllegalTransition(_("The window of this drop is over, or has not begun."))
    if drop.window_closes_at != seen_bell:
        raise IllegalTransition(_("Somebody else has just moved the bell of this drop."))
    old_bell = drop.bell
    drop.window_closes_at = old_bell + timedelta(seconds=seconds)
    drop.updated_at = now
    drop.save(update_fields=["window_closes_at", "updated_at"])
    announce([drop.pk])
    follow_bell(drop=drop, old_bell=old_bell)
    text = format_lazy(
        _("Our moderators extended “{drop}” by {time}, for everyone: {told}"),
        drop=apart(drop.heading),
        time=span_lazy(seconds),
        told=sentence_apart(told),
    )
    _tell_everyone(drop, text, "drop-extended", now)
    return drop


@transaction.atomic
def judge_by_hand(*, drop: Drop, staff: User, told: str, reason: str, now: datetime) -> Drop:
    """Take the verdict over from whoever judges now; the sender is told why."""
    record_act(staff, "judge-by-hand", drop, reason, now, told=told)
    if fault := fault_in(told, chars_max=rounds.HELD_REASON_CHARS_MAX):
        raise Invalid({"told": fault})
    drop = rounds.lock_drop(drop)
    if not drop.is_ranking:
        raise IllegalTransition(_("Only a drop whose window is over can be judged."))
    if drop.judge == JudgeKind.STAFF:
        raise AlreadyDone(_("This drop waits for our moderators already."))
    text = format_lazy(
        _("Our moderators judge “{drop}” now: {told} The prize waits in escrow."),
        drop=apart(drop.heading),
        told=sentence_apart(told),
    )
    tell([drop.sender], drop, kind="judge-changed", text=text, now=now)
    return rounds.hand_to_staff(drop=drop, reason=as_sentence(told), now=now, is_private=True)


@transaction.atomic
def read_entry(*, submission: Submission, staff: User, reason: str, now: datetime) -> str:
    """The counting text of an entry that may still be sealed. That it was read is on record before it is shown."""
    record_reading(staff, "read", submission, reason, now)
    return submission.latest.body


@transaction.atomic
def read_file(*, attachment: Attachment, staff: User, reason: str, now: datetime) -> Attachment:
    """A file that may be part of a sealed entry. That it was read is on record before it is given out."""
    record_reading(staff, "download", attachment, reason, now)
    return attachment


@transaction.atomic
def read_panel_call(*, call: PanelCall, staff: User, reason: str, now: datetime) -> dict[str, Any]:
    """Return a panel's request and its model's answer. That each entry in it was read is on record before."""
    for entry in Submission.objects.filter(pk__in=call.slots).select_related("drop").order_by("pk"):
        record_reading(staff, "read-panel", entry, reason, now)
    alike = PanelCall.objects.filter(session=call.session_id, request_sha256=call.request_sha256)
    sent = alike.exclude(request=None).order_by("pk").first()
    return {"request": sent.request if sent else None, "answer": call.answer}


@transaction.atomic
def report_drop(*, drop: Drop, reporter: User, reason: str, now: datetime, about_feedback: bool = False) -> Report:
    """Tell the moderators about a drop, or about the feedback on the reporter's entry to it.

    A second report while the first is open adds nothing and returns it. Raises NoFeedback where there is none.
    """
    require_good_standing(reporter)
    require_reason(reason)
    check_report(drop)
    feedback = Feedback.objects.for_author(reporter).filter(submission__drop=drop).first() if about_feedback else None
    if about_feedback and feedback is None:
        raise NoFeedback
    same = {"drop": drop, "reporter": reporter, "feedback": feedback, "handled_at": None}
    if (known := Report.objects.filter(**same).first()) is not None:
        return known
    case = cases.case_for_report(drop=drop, entry=feedback.submission if feedback else None, now=now)
    report, _rest = Report.objects.get_or_create(**same, defaults={"reason": reason, "created_at": now, "case": case})
    cases.weigh_reports(case, now)
    return report


@transaction.atomic
def hide_feedback(*, report: Report, staff: User, told: str, reason: str, now: datetime) -> Report:
    """Take feedback that its reader reported out of their sight; whoever wrote it is told why."""
    record_act(staff, "hide-feedback", report, reason, now, told=told)
    if report.feedback_id is None:
        raise IllegalTransition(_("This report is about the drop, not about feedback."))
    feedback = Feedback.objects.select_for_update(no_key=True).get(pk=report.feedback_id)
    if feedback.hidden_at is not None:
        raise AlreadyDone(_("This feedback is out of sight already."))
    feedback.hidden_at = now
    feedback.save(update_fields=["hidden_at"])
    text = format_lazy(
        _("Our moderators took your feedback on an entry to “{drop}” out of sight: {told}"),
        drop=apart(report.drop.heading),
        told=sentence_apart(told),
    )
    tell([feedback.written_by], report.drop, kind="feedback-hidden", text=text, now=now)
    return report


@transaction.atomic
def handle_report(*, report: Report, staff: User, told: str, reason: str, now: datetime) -> Report:
    """Close a report. Its reporter is told `told`; what was decided, which may be about others, is `reason`.

    The last one of a case closes that too, unless a moderator opened it. Raises HeldByAnother while somebody else works
    on the case, AskedAlready while it waits for a second person.
    """
    case = Case.objects.select_for_update(no_key=True).filter(reports=report).first()
    report = Report.objects.select_for_update(no_key=True).get(pk=report.pk)
    event = record_act(staff, "handle-report", report, reason, now, told=told)
    if case is not None and case.is_open:
        require_free(case, staff, now)
        require_nothing_asked(case, now)
    if report.handled_at is not None:
        raise AlreadyDone(_("Somebody else has handled this report already."))
    text = format_lazy(
        _("You reported “{drop}”. Our moderators have looked at it: {told}"),
        drop=apart(report.drop.heading),
        told=sentence_apart(told),
    )
    tell([report.reporter], report.drop, kind=REPORT_HANDLED, text=text, now=now)
    report.handled_at, report.handled_by, report.handling = now, staff, reason
    report.save(update_fields=["handled_at", "handled_by", "handling"])
    if case is not None and not cases.is_waited_for(case) and case.opened_by_id is None:
        cases.close_case(case.kind, case.target, outcome="handle", by=staff, decision=event, now=now)
    return report
