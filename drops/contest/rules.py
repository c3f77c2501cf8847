"""The rules of the game, as checks that refuse. Verbs ask them under the drop's lock; pages and the API ask them
beforehand to say what a viewer may do. They read what they are given and change nothing."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import may_moderate, require_adopted, require_good_standing
from core.errors import Forbidden, Refused
from core.figures import decimal
from core.switches import Part, pause_of, require_going
from core.words import Words
from drops.contest.eligibility import Eligibility
from drops.contest.limits import require_may_claim, require_may_post, require_price_allowed
from drops.contest.seat_rules import require_another_seat
from drops.models import JUDGE_RIGHTS, Claim, Drop
from drops.models.claim import SEATS_MAX
from drops.models.statuses import Agents
from wallet.books.links import same_person

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
        ago = decimal(max(0.1, seconds), 1)
        return _("The last seat went {seconds} s ago.").format(seconds=ago) if seconds < LONG_AGO_SECONDS else ""

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
    message = _("You've submitted, so your seat stays taken until the bell.")
    next_step = _("You may still send a better revision.")


class PostingPaused(Refused):
    code = "posting_paused"
    status = 429
    message = format_lazy(
        _(
            "You cancelled more than {cancellations_free_per_day} drops within a day while agents "
            "held seats, so you can't post or pay for an hour."
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
    require_going(Part.CLAIMS, eligibility.now)
    require_may_claim(eligibility.user, eligibility.now)
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
    require_another_seat(eligibility)
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
    _require_not_ended_by_entries(drop, eligibility.now)
    require_seat(drop, eligibility)


def _require_not_ended_by_entries(drop: Drop, now: datetime) -> None:
    """A full drop that closes then is over, also while staff have paused the closing of it."""
    is_ended = drop.close_when_full and drop.submissions_count >= SEATS_MAX
    if is_ended and pause_of(Part.CLOSING, now) is not None:
        raise WindowOver(_("This drop is full and closes early: its window is over, and what you have sent counts."))


def check_release(drop: Drop, eligibility: Eligibility) -> None:
    require_in_window(drop, eligibility.now)
    require_seat(drop, eligibility)
    if drop.pk in eligibility.submitted:
        raise SeatKept


def require_word_kept(eligibility: Eligibility) -> None:
    """Refuse to post or pay while moderators say so, to all or to this one, and for an hour after one cancellation too
    many of drops that agents worked for."""
    require_going(Part.POSTING, eligibility.now)
    require_may_post(eligibility.user, eligibility.now)
    if (until := eligibility.posting_waits_until) is not None:
        raise PostingPaused(retry_at=until)


def check_pay(drop: Drop, eligibility: Eligibility) -> None:
    require_good_standing(eligibility.user)
    require_sender(drop, eligibility.user)
    if not drop.is_pending:
        raise IllegalTransition(_("This drop has been paid for already, or was discarded."))
    if drop.pk in eligibility.hidden:
        raise OutOfSight
    require_word_kept(eligibility)
    require_price_allowed(eligibility.user, drop.price_cents, eligibility.now)
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
    """Whether the verdict on somebody else's drop may be theirs: who acts on drops may judge, a judge that alone."""
    may = any(may_moderate(user, right) for right in JUDGE_RIGHTS)
    return may and not drop.is_sent_by(user)


def is_stake_of_one(drop: Drop, user: User) -> bool:
    """Whether `user`, or an account that seems to be theirs, sent `drop` or ever held a seat on it."""
    return bool(Drop.objects.filter(pk=drop.pk).with_stake_of_any(same_person(user)).exists())


def _second_factor_first(user: User) -> Words | None:
    """Return what staff do next who look like players, since they have not used their second factor yet."""
    if not user.is_staff:
        return None
    return _("If you judge here, open the moderators' site in your browser first: it asks for your second factor.")


def check_judge(drop: Drop, eligibility: Eligibility) -> None:
    """Only whoever this drop waits for may answer: its sender, or staff."""
    require_good_standing(eligibility.user)
    if not drop.is_ranking:
        raise IllegalTransition(_("This drop is not waiting for a verdict."))
    sender_judges = drop.judge == "sender" and drop.is_sent_by(eligibility.user)
    staff_judges = drop.judge == "staff" and may_judge_as_staff(drop, eligibility.user)
    if not (sender_judges or staff_judges):
        raise NotYoursToJudge(next_step=_second_factor_first(eligibility.user))
    if sender_judges and drop.round.is_late(eligibility.now):
        raise NotYoursToJudge(_("Your time to judge this drop is over; our moderators judge it now."))
    if staff_judges and is_stake_of_one(drop, eligibility.user):
        raise NotYoursToJudge(_("You have competed on this drop, so somebody else must judge it."))
