"""Answers to appeals: who may give them, what becomes of the verdict and of its held money, and who hears what."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent, Notification
from core.errors import Forbidden, Invalid
from drops.appeals.answering import read_appealed
from drops.appeals.independence import HasDecided, HasStake
from drops.appeals.ruling import Ruling
from drops.judging.recompute import differences
from drops.models import Appeal, LinkEvidence, Rating, Submission
from drops.moderation.acts import AlreadyDone
from drops.standings.records import rate_ended
from tests.drops.appeals.court import NOTE, TOLD, VERDICT, appeal, dismiss, judge_named, ruling_for, uphold
from tests.play import NOON, after, enter, finished_drop, fund, judge, make_user, open_drop, ring
from wallet.books import invariants, ledger
from wallet.books.earnings import earnings_of, held_prizes
from wallet.models import HeldPayout, Transfer
from wallet.money_out.held_payouts import return_payout
from wallet.money_out.moved_prizes import PrizeNotHeld

pytestmark = pytest.mark.django_db
HOLD = 172_800


@pytest.fixture
def drop(sender, agent, rival):
    return finished_drop(sender, agent, rival)


def reasons(drop):
    return list(
        Transfer.objects.filter(reason__contains=drop.reference).order_by("pk").values_list("reason", flat=True)
    )


def chief():
    return make_user("chief", is_staff=True, is_superuser=True)


def told(user):
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def places(drop):
    return {entry.user.name: (entry.place, entry.grade) for entry in drop.submissions.select_related("user")}


def test_a_dismissal_changes_nothing_and_is_told_in_writing(drop, agent, rival, staff):
    before, money = places(drop), reasons(drop)
    made = dismiss(appeal(drop, rival), staff)
    assert (made.status, made.answer, made.note, made.decided_by) == ("dismissed", TOLD, NOTE, staff)
    assert (places(drop), reasons(drop)) == (before, money)
    assert told(rival)[-1:] == ["appeal-answered"] and told(agent)[-2:] == ["verdict-appealed", "verdict-stands"]
    assert TOLD in Notification.objects.get(kind="appeal-answered").text
    assert AuditEvent.objects.filter(action="dismiss-appeal", target=f"appeal:{made.pk}", reason=NOTE).count() == 1


def test_an_upheld_appeal_moves_the_held_prize_to_the_new_winner(drop, agent, rival, staff):
    uphold(appeal(drop, rival), staff, ruling_for(drop, rival, agent="F"))
    drop.refresh_from_db()
    assert (ledger.balance_cents(agent), ledger.balance_cents(rival)) == (0, 500)
    assert reasons(drop)[1:] == [
        f"payout:{drop.reference}",
        f"payout_returned:{drop.reference}",
        f"payout:{drop.reference}:2",
    ]
    assert (drop.winning_submission.user, drop.grade, drop.rationale) == (rival, "B", VERDICT)
    assert places(drop) == {"Rival": (1, "B"), "Agent": (2, "F")}
    assert [prize.reference for prize in held_prizes(rival, after(901))] == [drop.reference]
    assert held_prizes(agent, after(901)) == [] and earnings_of(rival, after(901)).withdrawable_cents == 0
    assert invariants.broken() == [] and differences(drop) == []


def test_where_no_entry_passes_the_sender_has_all_of_it_back(settings, sender, agent, rival, staff):
    settings.FEE_BPS = 1_000
    drop = finished_drop(sender, agent, rival)
    held = ledger.balance_cents(sender)
    uphold(appeal(drop, sender), staff, ruling_for(drop, None, agent="F", rival="F"))
    drop.refresh_from_db()
    assert (drop.status, drop.outcome_reason, drop.winning_submission, drop.grade) == (
        "failed",
        "no_passing_entry",
        None,
        None,
    )
    assert (ledger.balance_cents(sender) - held, ledger.balance_cents(agent)) == (500, 0)
    assert reasons(drop)[-3:] == [
        f"payout_returned:{drop.reference}",
        f"fee_returned:{drop.reference}",
        f"refund:{drop.reference}",
    ]
    # What came by card, or as play money, is for drops again, the fee's part too.
    assert earnings_of(sender, after(901)).earned_cents == 0
    assert invariants.broken() == [] and differences(drop) == []


def test_the_new_winner_gets_what_the_old_one_had_and_the_house_keeps_its_fee(settings, sender, agent, rival, staff):
    settings.FEE_BPS = 1_000
    drop = finished_drop(sender, agent, rival)
    settings.FEE_BPS = 0
    uphold(appeal(drop, rival), staff, ruling_for(drop, rival, rival="S"))
    assert (ledger.balance_cents(agent), ledger.balance_cents(rival)) == (0, 450)
    assert invariants.broken() == []


def test_a_better_letter_for_the_same_winner_moves_no_money(drop, agent, rival, staff):
    money = reasons(drop)
    uphold(appeal(drop, agent), staff, ruling_for(drop, agent, agent="S"))
    drop.refresh_from_db()
    assert (drop.grade, places(drop)["Agent"], reasons(drop)) == ("S", (1, "S"), money)
    assert invariants.broken() == [] and differences(drop) == []


def test_money_that_is_held_no_more_stays_and_nothing_else_changes(drop, agent, rival, staff):
    made = appeal(drop, rival)
    with pytest.raises(PrizeNotHeld, match="hold of this prize is over"):
        uphold(made, staff, ruling_for(drop, rival, agent="F"), now=made.due_at)
    made.refresh_from_db()
    assert made.is_open and places(drop)["Agent"] == (1, "A")
    assert dismiss(made, staff, now=made.due_at).status == "dismissed"


def test_an_open_appeal_holds_the_prize_beyond_its_own_hold_and_then_it_moves(drop, agent, rival, staff):
    made = appeal(drop, rival, now=after(HOLD - 60))
    uphold(made, staff, ruling_for(drop, rival, agent="F"), now=after(HOLD + 3_600))
    assert (ledger.balance_cents(agent), ledger.balance_cents(rival)) == (0, 500)
    assert invariants.broken() == []


def test_a_prize_that_was_spent_can_not_be_taken_back(drop, agent, rival, staff):
    made = appeal(drop, rival)
    ledger.hold_prize(payer=agent, reference="something", amount_cents=120, now=after(700))
    with pytest.raises(PrizeNotHeld, match=r"\$3\.80 is left"):
        uphold(made, staff, ruling_for(drop, rival, agent="F"))
    assert ledger.balance_cents(agent) == 380 and not AuditEvent.objects.filter(action="uphold-appeal").exists()


def test_topped_up_money_does_not_stand_in_for_a_spent_prize(drop, agent, rival, staff):
    ledger.hold_prize(payer=agent, reference="something", amount_cents=500, now=after(500))
    fund(agent, 900, now=after(600))
    with pytest.raises(PrizeNotHeld):
        uphold(appeal(drop, rival), staff, ruling_for(drop, rival, agent="F"))
    assert ledger.balance_cents(agent) == 900


def test_a_ruling_makes_sense_or_nothing_changes(drop, agent, rival, staff):
    made = appeal(drop, rival)
    for winner, letters, fault in [
        (rival, {}, "best grade"),
        (rival, {"agent": "F", "rival": "F"}, "needs at least"),
        (None, {"agent": "F"}, "lower the grades"),
        (agent, {}, "as it stands"),
    ]:
        with pytest.raises(Invalid, match=fault):
            uphold(made, staff, ruling_for(drop, winner, **letters))
    assert places(drop)["Agent"] == (1, "A")


def test_a_seat_without_an_entry_wins_nothing(drop, rival, staff):
    free = min({1, 2, 3, 4, 5} - set(drop.claims.values_list("seat", flat=True)))
    with pytest.raises(Invalid, match=f"seat {free}"):
        uphold(appeal(drop, rival), staff, Ruling(free, {}))


def test_who_judged_answered_or_plays_answers_nothing(sender, agent, rival, settings):
    settings.JUDGE = "staff"
    drop = open_drop(sender)
    for player in (agent, rival):
        enter(drop, player, f"Words of {player.name}")
    decided = judge_named("decided")
    drop = judge(ring(drop), decided, favourite=agent)
    made, other = appeal(drop, rival), appeal(drop, sender)
    with pytest.raises(HasDecided):
        dismiss(made, decided)
    second = judge_named("second")
    dismiss(made, second)
    with pytest.raises(HasDecided):
        read_appealed(appeal=other, staff=second, reason=NOTE, now=after(950))
    with pytest.raises(HasDecided):
        dismiss(other, second)
    assert dismiss(other, judge_named("third")).status == "dismissed"


def test_a_player_or_an_account_of_theirs_answers_nothing(drop, rival, staff):
    made = appeal(drop, rival)
    player = judge_named("player")
    own = appeal(finished_drop(make_user("other"), player), player)
    with pytest.raises(HasStake):
        dismiss(own, player)
    for person in (staff, rival):
        LinkEvidence.objects.create(user=person, kind="card", digest="same", created_at=NOON)
    with pytest.raises(HasStake):
        dismiss(made, staff)
    with pytest.raises(Forbidden):
        dismiss(made, make_user("nobody"))


def test_reading_the_entries_is_on_record_before_they_are_shown(drop, agent, rival, staff):
    entries = read_appealed(appeal=appeal(drop, rival), staff=staff, reason="Looking.", now=after(700))
    assert [entry.user for entry in entries] == [agent, rival]
    read = set(AuditEvent.objects.filter(action="read", actor=staff).values_list("target", flat=True))
    assert read == {f"submission:{entry.pk}" for entry in entries}


def test_each_hears_their_own_part_and_no_text_reaches_another(drop, sender, agent, rival, staff):
    uphold(appeal(drop, rival), staff, ruling_for(drop, rival, agent="F"))
    assert told(sender)[-1] == "verdict-changed" and told(agent)[-1] == "verdict-changed"
    assert told(rival)[-2:] == ["appeal-answered", "entry-won"]
    assert "has left your wallet" in Notification.objects.get(user=agent, kind="verdict-changed").text
    assert {note.user for note in Notification.objects.filter(text__contains=TOLD)} == {rival}
    assert not Notification.objects.filter(text__contains=NOTE).exists()
    log = list(drop.ranking_logs.filter(round=None).values_list("audience", "content"))
    assert ("agents", f"Our moderators wrote: {VERDICT}") in log
    assert not any(TOLD in line or NOTE in line for _who, line in log)


def test_it_is_answered_once(drop, rival, staff):
    made = appeal(drop, rival)
    dismiss(made, staff)
    with pytest.raises(AlreadyDone):
        uphold(made, judge_named("late"), ruling_for(drop, rival, agent="F"))
    assert Appeal.objects.get().status == "dismissed"


def test_whoever_lost_by_an_appeal_may_appeal_in_turn_and_get_it_back(drop, agent, rival, staff):
    uphold(appeal(drop, rival), staff, ruling_for(drop, rival, agent="C"))
    drop.refresh_from_db()
    late = after(900 + HOLD - 60)
    made = appeal(drop, agent, now=late)
    uphold(made, judge_named("second"), ruling_for(drop, agent, agent="A"), now=late)
    drop.refresh_from_db()
    assert (ledger.balance_cents(agent), ledger.balance_cents(rival)) == (500, 0)
    assert reasons(drop)[-2:] == [f"payout_returned:{drop.reference}:2", f"payout:{drop.reference}:3"]
    assert invariants.broken() == [] and differences(drop) == []


def test_the_old_verdict_stays_on_record(drop, agent, rival, staff):
    made = uphold(appeal(drop, rival), staff, ruling_for(drop, rival, agent="F"))
    old = str(drop.submissions.get(user=agent).pk)
    assert (made.before["winner"], made.before["grade"], made.before["entries"][old]["grade"]) == (old, "A", "A")
    assert made.after["entries"][old]["grade"] == "F"
    assert drop.round.verdict.outcome["winner"] == old
    assert "changed the grade: A to F" in Submission.objects.get(pk=old).reasons[-1]


def test_a_result_that_no_appeal_found_is_noticed(drop, rival, staff):
    uphold(appeal(drop, rival), staff, ruling_for(drop, rival, agent="F"))
    drop.refresh_from_db()
    drop.submissions.filter(user=rival).update(grade="S")
    assert any("after an appeal" in line for line in differences(drop))


def test_a_new_winner_who_seems_to_be_the_sender_waits_for_staff(drop, sender, agent, rival, staff):
    for person in (sender, rival):
        LinkEvidence.objects.create(user=person, kind="card", digest="same", created_at=NOON)
    uphold(appeal(drop, rival), staff, ruling_for(drop, rival, agent="F"))
    (prize,) = held_prizes(rival, after(901))
    assert (prize.until, prize.is_linked) == (None, True)
    assert "held until our staff" in Notification.objects.get(user=rival, kind="entry-won").text
    drop.refresh_from_db()
    assert drop.is_linked and invariants.broken() == []
    payout = HeldPayout.objects.get()
    return_payout(payout=payout, staff=chief(), told="It is yours.", reason="Seen.", now=after(999))
    assert ledger.balance_cents(rival) == 0 and invariants.broken() == []


def test_ratings_are_played_again_the_day_after_and_not_before(drop, agent, rival, staff):
    day = 86_400
    assert rate_ended(now=after(2 * day)) == 1
    uphold(appeal(drop, rival), staff, ruling_for(drop, rival, agent="F"), now=after(2 * day))
    assert rate_ended(now=after(2 * day + 60)) == 0
    assert rate_ended(now=after(3 * day)) == 1
    wins = dict(Rating.objects.filter(pack="").values_list("user__name", "wins"))
    assert wins == {"Rival": 1, "Agent": 0} and rate_ended(now=after(3 * day + 60)) == 0
