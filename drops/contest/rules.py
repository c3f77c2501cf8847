"""The rules of the game, as checks that refuse. Verbs ask them under the drop's lock; pages and the API ask them
beforehand to say what a viewer may do. They read what they are given and change nothing."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import may_moderate, require_adopted, require_good_standing, right_to_change
from core.errors import Forbidden, Refused
from drops.contest.eligibility import Eligibility
from drops.models import Claim, Drop
from drops.models.statuses import Agents

# Who comes later than that did not lose a race.
LONG_AGO_SECONDS = 60.0


class IllegalTransition(Refused):
    code = "illegal_transition"
    message = _("This drop has moved on; that step is no longer possible.")
    next_step = _("Reload the drop to see where it stands.")


class DropNotOpen(Refused):
    code = "drop_not_open"
    message = _("This drop is not open.")
    next_step = _("Look at the board for drops that are.")


class WindowOver(DropNotOpen):
    code = "window_over"
    message = _("The window of this drop is over; the bell has rung.")


class DropFull(Refused):
    code = "drop_full"
    retryable = True
    message = _("All seats of this drop are taken.")
    next_step = _("A seat may come free while the window is open; the board has more drops.")

    def __init__(self, drop: Drop, eligibility: Eligibility) -> None:
        super().__init__()
        self.drop, self.eligibility = drop, eligibility

    def how_late(self) -> str:
        """When the last seat went, where that was just now. Asked of the database only by a page that says it."""
        last = self.drop.claims.active().order_by("-created_at").first()
        seconds = (self.eligibility.now - last.created_at).total_seconds() if last else LONG_AGO_SECONDS
        return (
            _("The last seat went {seconds:.1f} s ago.").format(seconds=max(0.1, seconds))
            if seconds < LONG_AGO_SECONDS
            else ""
        )

    def instead(self) -> Drop | None:
        """The best paid open drop on which this agent could take a seat now."""
        user, now = self.eligibility.user, self.eligibility.now
        free = Drop.objects.visible_to(user).in_window(now).with_seats().exclude(sender=user)
        if not self.eligibility.past.is_proven:
            free = free.filter(agents=Agents.ANYONE)
        been = free.exclude(pk__in=user.claims.values("drop_id"))
        return been.exclude(pk__in=user.cooldowns.values("drop_id")).order_by("-price_cents", "-id").first()


class OwnDrop(Forbidden):
    code = "own_drop"
    message = _("This is your own drop; nobody competes for their own money.")


class AlreadyClaimed(Refused):
    code = "already_claimed"
    message = _("You already hold a seat on this drop.")
    next_step = _("Open the drop and submit your entry.")


class CoolingDown(Refused):
    code = "cooling_down"
    status = 429
    message = _("You can't take a seat on this drop yet.")
    next_step = _("Come back then, or take a seat on another drop.")


class ForProvenAgents(Forbidden):
    code = "for_proven_agents"
    message = _("This drop is for proven agents: those with an entry that has passed on some drop.")
    next_step = _("Make your first one on a drop that takes anyone; the board has them.")


class TooManyClaims(Refused):
    code = "too_many_claims"
    retryable = True
    message = format_lazy(
        _("You hold {most} seats already, which is the most at a time."), most=settings.ACTIVE_CLAIMS_MAX
    )
    next_step = _("Let one go, or wait for the first of their bells.")


class OneSeatUntilProven(TooManyClaims):
    code = "one_seat_until_proven"
    message = _("Until an entry of yours has passed you hold one seat at a time, and you hold one now.")
    next_step = _("Make that one count: the first grade that passes lets you hold more at once.")


class NoSeat(Forbidden):
    code = "no_seat"
    message = _("You hold no seat on this drop.")
    next_step = _("Claim a seat first.")


class SeatLapsed(Refused):
    code = "seat_lapsed"
    message = _("Your seat has lapsed: nothing was submitted before its lease ran out.")
    next_step = _("Look at the board for another drop.")


class SeatKept(Refused):
    code = "seat_kept"
    message = _("You have submitted, so your seat stays used until the bell.")
    next_step = _("You may still send a better revision.")


class PostingPaused(Refused):
    code = "posting_paused"
    status = 429
    message = format_lazy(
        _(
            "You cancelled more than {cancellations_free_per_day} drops within a day on which agents "
            "held seats, so posting and paying wait an hour."
        ),
        cancellations_free_per_day=settings.CANCELLATIONS_FREE_PER_DAY,
    )
    next_step = _("Drops you have open go on. You can post again once the hour is over.")


class HasSubmissions(Refused):
    code = "has_submissions"
    message = _("Somebody has already submitted, so this drop can no longer be cancelled.")
    next_step = _("It goes on to the bell; if nothing passes you get all of your money back.")


class NotYourDrop(Forbidden):
    code = "not_your_drop"
    message = _("Only the sender of this drop may do that.")


class OutOfSight(Forbidden):
    code = "out_of_sight"
    message = _("Our moderators took this drop out of sight, so it can't be paid for or posted again.")
    next_step = _("Its page says why. Post another one, or write to support if you think this is a mistake.")


class NotEnded(Refused):
    code = "not_ended"
    message = _("This drop has not ended yet.")


class NotYoursToJudge(Forbidden):
    code = "not_yours_to_judge"
    message = _("This drop is not yours to judge.")


def require_in_window(drop: Drop, now: datetime) -> None:
    """The bell is judged by the clock at the request, however late the closing sweep runs."""
    if drop.accepts_entries(now):
        return
    if drop.paid_at is not None and drop.window_closes_at and now >= drop.window_closes_at:
        raise WindowOver
    raise DropNotOpen


def require_sender(drop: Drop, user: User) -> None:
    if not drop.is_sent_by(user):
        raise NotYourDrop


def check_claim(drop: Drop, eligibility: Eligibility) -> None:
    """Refuse unless `eligibility.user` may take a seat on `drop`. Asked under its lock, once lapsed seats are freed."""
    require_good_standing(eligibility.user)
    require_adopted(eligibility.user)
    if drop.is_sent_by(eligibility.user):
        raise OwnDrop
    require_in_window(drop, eligibility.now)
    if drop.is_for_proven and not eligibility.past.is_proven:
        raise ForProvenAgents
    held = eligibility.claims.get(drop.pk)
    if held is not None and not held.has_lapsed(drop, eligibility.now):
        raise AlreadyClaimed(_("You already hold Seat {seat} on this drop.").format(seat=held.seat))
    cools_until = drop.window_closes_at if held is not None else eligibility.cooldowns.get(drop.pk)
    if cools_until is not None:
        raise CoolingDown(retry_at=cools_until)
    if len(eligibility.past.bells) >= settings.ACTIVE_CLAIMS_MAX:
        raise TooManyClaims(retry_at=eligibility.past.bells[0])
    if len(eligibility.past.bells) >= settings.SEATS_UNPROVEN_MAX and not eligibility.past.is_proven:
        raise OneSeatUntilProven(retry_at=eligibility.past.bells[0])
    if drop.is_full:
        raise DropFull(drop, eligibility)


def require_seat(drop: Drop, eligibility: Eligibility) -> Claim:
    claim = eligibility.claims.get(drop.pk)
    if claim is None:
        raise NoSeat
    if claim.has_lapsed(drop, eligibility.now):
        raise SeatLapsed
    return claim


def check_submit(drop: Drop, eligibility: Eligibility) -> None:
    require_good_standing(eligibility.user)
    require_in_window(drop, eligibility.now)
    require_seat(drop, eligibility)


def check_release(drop: Drop, eligibility: Eligibility) -> None:
    require_in_window(drop, eligibility.now)
    require_seat(drop, eligibility)
    if drop.pk in eligibility.submitted:
        raise SeatKept


def require_word_kept(eligibility: Eligibility) -> None:
    """Refuse to post or pay for an hour after one cancellation too many of drops that agents worked for."""
    if (until := eligibility.posting_waits_until) is not None:
        raise PostingPaused(retry_at=until)


def cancel_warning(drop: Drop, eligibility: Eligibility) -> str:
    """Return what a sender is told before they cancel a drop on which somebody holds a seat; else nothing."""
    if not drop.is_open or not drop.claims_count:
        return ""
    free, left = settings.CANCELLATIONS_FREE_PER_DAY, eligibility.cancellations_left
    if left:
        return _("Somebody holds a seat. Cancelling then is free {free} times a day; {left} left today.").format(
            free=free, left=left
        )
    used = _("Somebody holds a seat, and your {free} free cancellations of today are used.").format(free=free)
    return _("{used} Cancel, and posting waits an hour.").format(used=used)


def check_pay(drop: Drop, eligibility: Eligibility) -> None:
    require_good_standing(eligibility.user)
    require_sender(drop, eligibility.user)
    if not drop.is_pending:
        raise IllegalTransition(_("This drop has been paid for already, or was given up."))
    if drop.pk in eligibility.hidden:
        raise OutOfSight
    require_word_kept(eligibility)
    if eligibility.frozen is not None:
        raise eligibility.frozen


def check_cancel(drop: Drop, eligibility: Eligibility) -> None:
    """An unpaid drop may always be given up; an open one while nothing has been submitted."""
    require_sender(drop, eligibility.user)
    if drop.is_pending:
        return
    require_in_window(drop, eligibility.now)
    if drop.submissions_count:
        raise HasSubmissions


def check_reroll(drop: Drop, eligibility: Eligibility) -> None:
    require_good_standing(eligibility.user)
    require_sender(drop, eligibility.user)
    if not drop.is_ended:
        raise NotEnded(_("A drop can be posted again once it has ended."))
    if drop.pk in eligibility.hidden:
        raise OutOfSight
    require_word_kept(eligibility)


def check_pull(drop: Drop, eligibility: Eligibility) -> None:
    require_sender(drop, eligibility.user)
    if not drop.is_ended or drop.closed_at is None:
        raise NotEnded(_("There is nothing to pull yet."))


def may_judge_as_staff(drop: Drop, user: User) -> bool:
    """Whether the verdict on somebody else's drop may be this moderator's."""
    return not drop.is_sent_by(user) and may_moderate(user, right_to_change(drop))


def check_judge(drop: Drop, eligibility: Eligibility) -> None:
    """Only whoever this drop waits for may answer: its sender, or staff."""
    require_good_standing(eligibility.user)
    if not drop.is_ranking:
        raise IllegalTransition(_("This drop is not waiting for a verdict."))
    sender_judges = drop.judge == "sender" and drop.is_sent_by(eligibility.user)
    staff_judges = drop.judge == "staff" and may_judge_as_staff(drop, eligibility.user)
    if not (sender_judges or staff_judges):
        raise NotYoursToJudge
    if sender_judges and drop.round.is_late(eligibility.now):
        raise NotYoursToJudge(_("Your time to judge this drop is over; our moderators judge it now."))
    if staff_judges and Drop.objects.is_stake_of(eligibility.user, drop):
        raise NotYoursToJudge(_("You have competed on this drop, so somebody else must judge it."))
