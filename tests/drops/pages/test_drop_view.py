"""The facts that templates of a drop's page, and of lists of one's own drops, are told; no page is rendered here."""

from datetime import timedelta

import pytest

from drops.contest.actions import Action, Actions, RefusedAction
from drops.judging.appointing import Appointment
from drops.models import Claim, Drop, JudgingRound, Submission
from drops.models.rounds import JudgeKind
from drops.packs import PACKS
from drops.pages.drop_view import DropView
from drops.pages.judging import PullCard
from drops.pages.mine import Played
from drops.pages.shared import DropCard
from tests.play import NOON, after

PAID = {"paid_at": NOON, "window_closes_at": after(300)}
OVER = {**PAID, "closed_at": after(300), "ended_at": after(400)}
SEATED, KEPT = Claim(seat=2, created_at=NOON, lease_expires_at=after(60)), Claim(seat=2, created_at=NOON)


def drop_of(status, **fields):
    return Drop(status=status, pack="wild", prompt="Name my ferry.", **fields)


def view_of(status, *, in_window=False, is_sender=False, is_late=False, **more):
    names = {"claim", "actions", "entry", "is_part"} & more.keys()
    seen = {name: more.pop(name) for name in names}
    return DropView(drop_of(status, **more), in_window=in_window, is_sender=is_sender, is_late=is_late, **seen)


def allowed(*names):
    return Actions(allowed=tuple(Action(name, "POST", "/") for name in names))


@pytest.mark.parametrize(
    ("status", "in_window", "phase"),
    [
        ("pending_payment", False, "still"),
        ("open", True, "open"),
        ("open", False, "ringing"),
        ("ranking", False, "ranking"),
        ("completed", False, "still"),
        ("failed", False, "still"),
    ],
)
def test_a_page_follows_a_drop_from_its_payment_to_its_end(status, in_window, phase):
    view = view_of(status, in_window=in_window)
    assert (view.phase, view.follows) == (phase, phase != "still")


def test_what_is_read_aloud_counts_seats_while_they_can_be_taken():
    seats = {**PAID, "claims_count": 3, "submissions_count": 1}
    assert view_of("open", in_window=True, **seats).announcement == "2 of 5 seats free, 1 sealed entry."
    assert view_of("open", **seats).announcement == "The bell has rung."
    assert view_of("ranking", **seats).announcement == "This drop is being ranked."


def test_seats_are_told_by_counts_alone_and_sealed_ones_come_first():
    view = view_of("open", in_window=True, claims_count=3, submissions_count=1, **PAID)
    assert [seat.kind for seat in view.seats] == ["sealed", "taken", "taken", "free", "free"]
    assert [seat.words for seat in view.seats][1:4] == ["at work", "at work", "free"]
    over = view_of("ranking", claims_count=3, submissions_count=1, **PAID)
    assert [seat.words for seat in over.seats][1:4] == ["nothing sent", "nothing sent", "stayed free"]


def test_seats_stay_where_the_page_was_open_when_the_drop_ended():
    assert not view_of("pending_payment").shows_seats
    assert view_of("ranking", **PAID).shows_seats
    assert not view_of("failed", **OVER).shows_seats
    assert view_of("failed", is_part=True, **OVER).shows_seats
    assert view_of("failed", is_part=True, **OVER).has_just_ended
    assert not view_of("failed", **OVER).has_just_ended


def test_a_seat_is_leased_until_something_was_sent():
    leased, kept = (view_of("open", in_window=True, claim=claim, **PAID) for claim in (SEATED, KEPT))
    assert (leased.holds_leased_seat, leased.holds_kept_seat, leased.lease_seconds) == (True, False, 60)
    assert (kept.holds_leased_seat, kept.holds_kept_seat, kept.lease_seconds) == (False, True, 0)
    late = view_of("open", claim=SEATED, **PAID)
    assert not late.holds_leased_seat and not late.may_write and late.has_workroom


def test_a_seat_is_offered_to_others_than_its_sender_and_who_holds_one():
    assert view_of("open", in_window=True, **PAID).may_offer_seat
    assert not view_of("open", **PAID).may_offer_seat
    assert not view_of("open", in_window=True, is_sender=True, **PAID).may_offer_seat
    assert not view_of("open", in_window=True, claim=KEPT, **PAID).may_offer_seat


def test_the_hint_of_a_first_seat_is_for_who_may_claim_it():
    refused = Actions(refused=(RefusedAction("claim", "drop_full", "All seats are taken."),))
    assert view_of("open", in_window=True).tour_step == "seat"
    assert view_of("open", in_window=True, actions=refused).tour_step == ""


def test_a_window_that_moderators_moved_says_by_how_much():
    moved = view_of("open", paid_at=NOON, window_seconds=300, window_closes_at=after(3_900))
    assert moved.extended_seconds == 3_600
    assert view_of("pending_payment").extended_seconds == 0


def test_a_sender_reads_why_cancelling_is_refused_until_the_bell():
    refused = Actions(refused=(RefusedAction("cancel", "has_entries", "Somebody has submitted."),))
    views = [view_of("open", in_window=in_window, actions=refused, **PAID) for in_window in (True, False)]
    assert [view.refuses_to_cancel for view in views] == ["Somebody has submitted.", ""]
    assert view_of("open", actions=allowed("cancel"), **PAID).may_cancel
    assert not view_of("pending_payment", actions=allowed("cancel")).may_cancel


@pytest.mark.parametrize("judge", ["sender", "panel", "staff"])
def test_one_kind_of_judge_is_named(judge):
    view = view_of("ranking", current_round=JudgingRound(judge=judge), **PAID)
    told = {"sender": view.is_judged_by_sender, "panel": view.is_judged_by_panel, "staff": view.is_judged_by_staff}
    assert [name for name, holds in told.items() if holds] == [judge]


def test_why_staff_judge_is_for_the_sender_alone():
    held = {"current_round": JudgingRound(judge="staff", held_reason="The panel was split.")}
    assert view_of("ranking", is_sender=True, **held).held_reason == "The panel was split."
    assert view_of("ranking", **held).held_reason == ""


def test_only_others_are_late():
    assert view_of("ranking", is_late=True).is_overdue
    assert not view_of("ranking", is_late=True, actions=allowed("picks")).is_overdue


def test_a_log_stands_open_while_it_grows_but_for_who_has_a_workroom():
    assert view_of("ranking").opens_log
    assert not view_of("ranking", claim=KEPT).opens_log
    assert not view_of("completed", **OVER).opens_log


def test_a_result_is_hidden_and_not_shared_until_its_sender_has_pulled():
    hidden = view_of("completed", is_sender=True, **OVER)
    assert hidden.hides_result and not hidden.may_be_shared
    assert view_of("completed", **OVER).may_be_shared
    assert view_of("completed", is_sender=True, pulled_at=NOON, **OVER).may_be_shared
    assert not view_of("failed", **OVER).may_be_shared


def test_a_judged_drop_has_a_pull_and_another_is_posted_again_here():
    judged, cancelled = (view_of("failed", is_sender=True, closed_at=closed) for closed in (NOON, None))
    assert (judged.has_pull, judged.may_post_again) == (True, False)
    assert (cancelled.has_pull, cancelled.may_post_again) == (False, True)
    assert not view_of("failed", closed_at=NOON).has_pull


def test_ones_own_entry_has_won_or_not():
    entry = Submission(grade="F")
    assert view_of("completed", entry=entry, winning_submission_id=entry.pk, **OVER).has_won
    lost = view_of("failed", entry=entry, **OVER)
    assert (lost.has_won, lost.has_graded_entry, lost.has_failed) == (False, True, True)
    assert not view_of("failed", entry=Submission(), **OVER).has_graded_entry
    assert not view_of("failed", **OVER).has_won


def test_settings_are_for_the_sender_and_who_holds_a_seat():
    wanted = {"env_vars": {"TONE": "dry"}}
    assert view_of("open", is_sender=True, **wanted).shows_settings
    assert view_of("open", claim=KEPT, **wanted).shows_settings
    assert not view_of("open", **wanted).shows_settings
    assert not view_of("open", is_sender=True).shows_settings


def test_a_card_of_a_pull_says_its_place_and_grade():
    first, last, removed = Submission(place=1, grade="S"), Submission(place=2, grade="F"), Submission()
    drop = drop_of("completed", winning_submission_id=first.pk, **OVER)
    cards = [PullCard(entry, drop, 2) for entry in (first, last, removed)]
    announced = [card.announcement for card in cards]
    assert announced == ["First of two: the winner, grade S.", "Second of two, grade F.", "Not placed."]
    assert [(card.is_winner, card.has_foil) for card in cards] == [(True, True), (False, False), (False, False)]


BY_STAFF = Appointment(JudgeKind.STAFF, 86_400, None)


def test_a_grade_waits_for_the_pull_on_ones_own_list_too():
    waiting, pulled = (drop_of("completed", grade="A", pulled_at=at, **OVER) for at in (None, NOON))
    cards = [DropCard(drop, PACKS["wild"], False, Actions(), BY_STAFF) for drop in (waiting, pulled)]
    assert [card.shows_grade for card in cards] == [False, True]
    assert all(card.has_pull and not card.is_judged_by_sender for card in cards)


def test_a_seat_that_was_held_is_in_play_until_it_lapses_or_the_bell():
    claim = Claim(drop=drop_of("open", **PAID), seat=1, lease_expires_at=after(60))
    early, late = Played(claim, None, after(59)), Played(claim, None, after(60))
    assert (early.is_in_play, early.has_lapsed) == (True, False)
    assert (late.is_in_play, late.has_lapsed) == (False, True)
    assert not Played(Claim(drop=claim.drop, seat=1), None, NOON + timedelta(seconds=300)).is_in_play


def test_an_entry_that_was_played_is_graded_or_the_drop_ended_without():
    entry, graded = Submission(), Submission(grade="B")
    claims = Claim(drop=drop_of("completed", winning_submission_id=graded.pk, **OVER), seat=1)
    assert Played(claims, graded, NOON).has_won and Played(claims, graded, NOON).is_graded
    assert Played(claims, entry, NOON).is_ungraded and not Played(claims, entry, NOON).has_won
    assert not Played(claims, None, NOON).has_won
