"""A drop's page as one viewer finds it now: the questions that its templates ask, answered one by one."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.errors import Suspended
from core.words import Words
from drops.contest.actions import Actions
from drops.models import Claim, Drop, RankingLog, Submission
from drops.models.claim import SEATS_MAX
from drops.models.rounds import JudgeKind
from drops.models.statuses import Grade


@dataclass(frozen=True)
class Stage:
    word: Words
    is_done: bool
    is_current: bool


@dataclass(frozen=True)
class Seat:
    """One of the five places of a drop, by what is to be seen of it."""

    kind: str
    icon: str
    words: str


@dataclass(frozen=True)
class DropView:
    """`entry` is the viewer's own; `is_part` holds for the part that refreshes alone.

    `cooldown_factor` is how many times longer letting go costs after seats given up today; a newcomer may claim a seat,
    and has no grade yet that passed.
    """

    drop: Drop
    in_window: bool
    is_late: bool
    is_sender: bool
    claim: Claim | None = None
    actions: Actions = field(default_factory=Actions)
    stages: list[Stage] = field(default_factory=list)
    log: list[RankingLog] = field(default_factory=list)
    entry: Submission | None = None
    is_part: bool = False
    cooldown_factor: int = 1

    # Where the drop stands.

    @property
    def phase(self) -> str:
        """Return the word by which an open page knows whether the drop has moved on."""
        if self.drop.is_open:
            return "open" if self.in_window else "ringing"
        return "ranking" if self.drop.is_ranking else "still"

    @property
    def follows(self) -> bool:
        """Return whether the page still changes by itself."""
        return self.phase != "still"

    @property
    def announcement(self) -> str:
        """Return the sentence that is read aloud when it becomes another one."""
        if not self.in_window:
            return _("The bell has rung.") if self.drop.is_open else self._status
        count = self.drop.submissions_count
        seats = ngettext(
            "{free} of {most} seats free, {count} sealed entry.",
            "{free} of {most} seats free, {count} sealed entries.",
            count,
        )
        return seats.format(free=self.drop.seats_free, most=SEATS_MAX, count=count)

    @property
    def _status(self) -> str:
        return _("This drop is {status}.").format(status=self.drop.get_status_display())

    @property
    def has_just_ended(self) -> bool:
        return self.is_part and self.drop.is_ended

    @property
    def lacks_claims(self) -> bool:
        """Return whether its sender could do with a word on what draws agents."""
        return self.is_sender and not self.drop.claims_count

    # The seats.

    @property
    def shows_seats(self) -> bool:
        """Return whether seats are shown; on a page that is open when the drop ends they stay, so nothing moves up."""
        return self.drop.paid_at is not None and (self.is_part or not self.drop.is_ended)

    @property
    def seats(self) -> list[Seat]:
        """Return them by counts alone, sealed ones first: which seat has submitted is nobody's business yet."""
        sealed, taken = self.drop.submissions_count, self.drop.claims_count - self.drop.submissions_count
        return [
            *[Seat("sealed", "mail", _("sealed entry"))] * sealed,
            *[Seat("taken", "pencil", _("at work") if self.in_window else _("nothing sent"))] * taken,
            *[Seat("free", "armchair", pgettext("a seat", "free") if self.in_window else _("stayed free"))]
            * (SEATS_MAX - sealed - taken),
        ]

    @property
    def lease_seconds(self) -> int:
        """Return how long the viewer's lease is in all, to draw what is left of it."""
        if self.claim is None or self.claim.lease_expires_at is None:
            return 0
        return round((self.claim.lease_expires_at - self.claim.created_at).total_seconds())

    @property
    def holds_leased_seat(self) -> bool:
        return self.in_window and self.claim is not None and self.claim.lease_expires_at is not None

    @property
    def holds_kept_seat(self) -> bool:
        return self.in_window and self.claim is not None and self.claim.lease_expires_at is None

    @property
    def may_offer_seat(self) -> bool:
        """Return whether the viewer is told of the free seats; for a drop in its window alone."""
        return self.in_window and self.claim is None and not self.is_sender

    @property
    def extended_seconds(self) -> int:
        """Return by how much moderators have moved the bell since the drop was paid for."""
        if self.drop.paid_at is None:
            return 0
        return round((self.drop.bell - self.drop.paid_at).total_seconds()) - self.drop.window_seconds

    @property
    def may_cancel(self) -> bool:
        return self.drop.is_open and self.actions.allows("cancel")

    @property
    def refuses_to_cancel(self) -> str:
        """Return why the sender can't cancel, while that is still news."""
        refused = self.actions.refusals.get("cancel") if self.in_window else None
        return refused.error if refused else ""

    # The judging.

    @property
    def is_judged_by_viewer(self) -> bool:
        return self.actions.allows("picks")

    @property
    def is_judged_by_sender(self) -> bool:
        return self.drop.judge == JudgeKind.SENDER

    @property
    def is_judged_by_panel(self) -> bool:
        return self.drop.judge == JudgeKind.PANEL

    @property
    def is_judged_by_staff(self) -> bool:
        return self.drop.judge == JudgeKind.STAFF

    @property
    def held_reason(self) -> str:
        """Return why moderators judge it, which is for its sender alone."""
        return self.drop.round.held_reason if self.is_sender and self.is_judged_by_staff else ""

    @property
    def is_overdue(self) -> bool:
        """Return whether others take longer to judge it than they should."""
        return self.is_late and not self.is_judged_by_viewer

    @property
    def opens_log(self) -> bool:
        """Return whether the log stands open; whoever holds a seat has a workroom to look at."""
        return self.drop.is_ranking and self.claim is None

    # The result.

    @property
    def hides_result(self) -> bool:
        """Return whether the cards still lie face down for this viewer."""
        return self.is_sender and self.drop.awaits_pull

    @property
    def may_be_shared(self) -> bool:
        return self.drop.is_completed and not self.hides_result

    @property
    def tour_step(self) -> str:
        """Return which hint of a first drop, or of a first seat, belongs here."""
        if self.is_sender:
            return "pull" if self.hides_result else "watch" if self.in_window else ""
        if self.may_offer_seat:
            return "" if "claim" in self.actions.refusals else "seat"
        return "bell" if self.in_window and self.claim else ""

    @property
    def has_pull(self) -> bool:
        return self.is_sender and self.drop.closed_at is not None

    @property
    def may_post_again(self) -> bool:
        """Return whether it is offered here; a drop that was judged offers it on its pull."""
        return self.is_sender and self.drop.closed_at is None

    @property
    def has_graded_entry(self) -> bool:
        return self.entry is not None and bool(self.entry.grade)

    @property
    def has_won(self) -> bool:
        return self.entry is not None and self.entry.pk == self.drop.winning_submission_id

    @property
    def has_lost(self) -> bool:
        """Return whether another entry than the viewer's won."""
        return self.drop.is_completed and self.has_graded_entry and not self.has_won

    @property
    def written_reason(self) -> str:
        """Return what staff wrote with their verdict: for the sender, once they have pulled, and for the agents."""
        is_theirs = self.is_sender or self.entry is not None or self.claim is not None
        if not (is_theirs and self.drop.is_ended and self.drop.current_round_id) or self.hides_result:
            return ""
        if self.drop.redecided_at:
            # Where somebody won it stands with the grade already.
            return "" if self.drop.is_completed else self.drop.rationale
        return self.drop.round.written_reason

    @property
    def has_failed(self) -> bool:
        return self.entry is not None and self.entry.grade == Grade.F

    # The rest of the page.

    @property
    def is_payable(self) -> bool:
        return self.is_sender and self.drop.is_pending

    @property
    def was_just_written(self) -> bool:
        """Return whether it was made from what its sender typed, whose draft is then done with."""
        return self.is_sender and self.drop.origin_id is None

    @property
    def shows_settings(self) -> bool:
        return bool(self.drop.env_vars) and (self.is_sender or self.claim is not None)

    @property
    def has_workroom(self) -> bool:
        return self.claim is not None or self.entry is not None

    @property
    def may_write(self) -> bool:
        return self.in_window and self.claim is not None and not self.is_suspended

    @property
    def is_suspended(self) -> bool:
        """Return whether moderators keep the viewer from playing: the head of the page says so."""
        return any(refused.code == Suspended.code for refused in self.actions.refused)

    @property
    def must_submit_first(self) -> bool:
        """Return whether the seat is lost before the bell unless something is submitted; a draft does not hold it."""
        lease = self.claim.lease_expires_at if self.claim else None
        return lease is not None and lease < self.drop.bell

    @property
    def release_seconds(self) -> int:
        """Return the part of a cooldown, in seconds, that does not depend on how long the seat was held."""
        return round(self.drop.window_seconds * settings.RELEASE_COOLDOWN_WINDOW_SHARE)

    @property
    def may_release(self) -> bool:
        return self.actions.allows("release")
