"""The game under real threads, real connections and real commits. `ledger_db` checks the books after each story."""

from __future__ import annotations

from functools import partial

import pytest

from core.errors import Refused
from drops.contest import closing, competing, drafts, finishing, posting, rules
from drops.judging import by_hand, steps
from drops.judging.replaying import JUDGES
from drops.judging.snapshots import field_of
from drops.models import Claim, Drop, Revision, Submission
from drops.ranking import Verdict
from tests.play import NOON, after, claim, enter, fund, make_user, open_drop, post_drop, prove, ring, submit
from tests.races.crowd import at_once, crashed
from wallet.books import ledger
from wallet.models import Transfer

pytestmark = pytest.mark.usefixtures("ledger_db")
ROUNDS = range(6)


def survivors(results):
    """Return what went through; everything else must have been refused, and nothing may have crashed."""
    assert crashed(results) == []
    return [result for result in results if not isinstance(result, Refused)]


def test_fifty_agents_on_one_drop_make_exactly_five_claims(sender):
    drop = open_drop(sender)
    agents = [make_user(f"agent{n}") for n in range(50)]
    results = at_once([partial(claim, drop, agent) for agent in agents])
    assert len(survivors(results)) == 5
    assert sum(isinstance(result, rules.DropFull) for result in results) == 45
    drop.refresh_from_db()
    assert (drop.claims_count, Claim.objects.active().values("seat").distinct().count()) == (5, 5)


def test_one_agent_claiming_eight_drops_at_once_holds_one_seat_and_once_proven_three(sender, agent):
    drops = [open_drop(sender) for _ in range(8)]
    assert len(survivors(at_once([partial(claim, drop, agent) for drop in drops]))) == 1
    prove(agent, now=after(86_400 + 301))
    more = [open_drop(sender, now=after(700)) for _ in range(8)]
    assert len(survivors(at_once([partial(claim, drop, agent, now=after(700)) for drop in more]))) == 3


def test_ten_drops_posted_at_once_leave_five_unpaid(sender):
    results = at_once([partial(post_drop, sender) for _ in range(10)])
    assert len(survivors(results)) == Drop.objects.count() == 5


def test_five_drops_of_300_paid_from_1000_open_three(sender):
    fund(sender, 1_000)
    drops = [post_drop(sender, price_cents=300) for _ in range(5)]
    pay = partial(posting.pay_for_drop, sender=sender, now=NOON)
    assert len(survivors(at_once([partial(pay, drop=drop) for drop in drops]))) == 3
    assert (Drop.objects.filter(status="open").count(), ledger.balance_cents(sender)) == (3, 100)


def verdict_for(drop):
    """The outcome of a field of one, judged A."""
    judge = JUDGES["sender"]
    field = field_of(drop.round)
    question = judge.begin(field).question
    return judge.resume(field, [steps.Pick(left=question.slot, grade="A").answers(question)])


def test_eight_completes_at_once_pay_once(sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    verdict = verdict_for(ring(drop))
    assert isinstance(verdict, Verdict)
    complete = [
        partial(finishing.complete_drop, drop=Drop.objects.get(), verdict=verdict, now=after(400)) for _ in range(8)
    ]
    assert len(survivors(at_once(complete))) == 1
    assert ledger.balance_cents(agent) == 500
    assert Transfer.objects.filter(kind="payout").count() == 1


@pytest.mark.parametrize("attempt", ROUNDS)
def test_complete_against_fail_moves_the_prize_one_way(attempt, sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    verdict = verdict_for(ring(drop))
    complete = partial(finishing.complete_drop, drop=Drop.objects.get(), verdict=verdict, now=after(400))
    fail = partial(finishing.fail_drop, drop=Drop.objects.get(), reason="stopped_by_staff", now=after(400))
    assert len(survivors(at_once([complete, fail] * 2))) == 1
    assert sorted([ledger.balance_cents(agent), ledger.balance_cents(sender)]) == [0, 500]


@pytest.mark.parametrize("attempt", ROUNDS)
def test_cancel_against_submit_leaves_one_survivor(attempt, sender, agent):
    drop = open_drop(sender)
    claim(drop, agent)
    cancel = partial(posting.cancel_drop, drop=drop, sender=sender, now=after(9))
    results = at_once([cancel, partial(submit, drop, agent, now=after(9))])
    assert len(survivors(results)) == 1
    cancelled = Drop.objects.get().status == "cancelled"
    assert cancelled is not Submission.objects.exists()
    assert ledger.balance_cents(sender) == (500 if cancelled else 0)


def close_or_refuse(*, now):
    if not closing.close_due(now=now):
        raise rules.IllegalTransition


@pytest.mark.parametrize("attempt", ROUNDS)
def test_cancel_against_close_leaves_one_survivor(attempt, sender):
    drop = open_drop(sender)
    cancel = partial(posting.cancel_drop, drop=drop, sender=sender, now=after(299.9))
    close = partial(close_or_refuse, now=after(300))
    assert len(survivors(at_once([cancel, close]))) == 1
    assert Drop.objects.get().status in {"cancelled", "ranking"}


@pytest.mark.parametrize("attempt", ROUNDS)
def test_a_submission_at_the_bell_is_judged_or_refused_but_never_lost(attempt, sender, agent):
    drop = open_drop(sender)
    claim(drop, agent)
    sent, closed = at_once(
        [partial(submit, drop, agent, now=after(299.999)), partial(closing.close_due, now=after(300))]
    )
    accepted = survivors([sent])
    # A row that is held is left for the next beat, so closing may come away with nothing.
    closing.close_due(now=after(301))
    drop.refresh_from_db()
    assert (drop.status, drop.submissions_count) == ("ranking", len(accepted))
    assert closed in ([drop.pk], [])


@pytest.mark.parametrize("attempt", ROUNDS)
def test_a_draft_saved_at_the_bell_goes_in_or_is_refused_but_is_never_lost(attempt, sender, agent):
    drop = open_drop(sender)
    enter(drop, agent, "First")
    save = partial(drafts.save_draft, drop_id=drop.pk, agent=agent, at_bell=True)
    save(body="Draft", now=after(1))
    saved, *_ = at_once(
        [
            partial(save, body="Last words", now=after(299.999)),
            *[partial(closing.close_due, now=after(300))] * 3,
            partial(save, body="Too late", now=after(300)),
        ]
    )
    accepted = survivors([saved])
    closing.close_due(now=after(301))
    last = Revision.objects.order_by("number").values_list("body", flat=True)
    assert list(last) == ["First", "Last words" if accepted else "Draft"]


@pytest.mark.parametrize("attempt", ROUNDS)
def test_lapse_against_submit_leaves_one_survivor(attempt, sender, agent):
    drop = open_drop(sender)
    held = claim(drop, agent)
    # The submission's clock is a moment before the end of the lease, the sweep's a moment after.
    sent, lapsed = at_once(
        [partial(submit, drop, agent, now=after(119.999)), partial(competing.lapse_claim, claim=held, now=after(120))]
    )
    accepted = survivors([sent])
    assert bool(accepted) is not lapsed
    drop.refresh_from_db()
    assert (drop.claims_count, drop.submissions_count) == ((1, 1) if accepted else (0, 0))


def test_four_beats_over_two_hundred_due_drops_close_each_once(sender):
    for _ in range(200):
        open_drop(sender, price_cents=100)

    def beat():
        closed = []
        while batch := closing.close_due(now=after(300), limit=20):
            closed += batch
        return closed

    closed = [drop for batch in at_once([beat] * 4) for drop in batch]
    assert len(closed) == len(set(closed)) == 200
    assert Drop.objects.filter(status="ranking").count() == 200


def test_two_workers_settling_the_same_drops_refund_each_once(sender):
    for _ in range(30):
        open_drop(sender, price_cents=100)
    closing.close_due(now=after(300))
    drops = list(Drop.objects.all())

    def rank():
        for drop in Drop.objects.filter(pk__in=[drop.pk for drop in drops]):
            steps.rank_drop(drop=drop, now=after(301))

    assert at_once([rank] * 3) == [None] * 3
    assert (ledger.balance_cents(sender), Drop.objects.filter(status="failed").count()) == (3_000, 30)


def test_two_tabs_answering_one_question_store_one_answer(sender, agent, rival):
    drop = open_drop(sender)
    enter(drop, agent)
    enter(drop, rival)
    drop = ring(drop)
    asked = steps.question_for(drop=drop, judge=sender, now=NOON).question
    picks = [steps.Pick(left=asked.left, right=asked.right, pick=side) for side in ("left", "right")]
    answer = partial(steps.answer_question, drop=drop, judge=sender, now=NOON)
    assert len(survivors(at_once([partial(answer, pick=pick) for pick in picks]))) == 1
    assert drop.round.answers.count() == 1


def test_an_answer_taken_back_by_eight_at_once_and_answered_meanwhile_goes_once(sender, agent, rival):
    drop = open_drop(sender)
    enter(drop, agent)
    enter(drop, rival)
    drop = ring(drop)
    asked = steps.question_for(drop=drop, judge=sender, now=NOON).question
    answer = partial(steps.answer_question, drop=drop, judge=sender, now=NOON)
    answer(pick=steps.Pick(left=asked.left, right=asked.right, pick="left"))
    first = by_hand.last_answer(drop).pk
    back = partial(by_hand.take_back_answer, drop=drop, judge=sender, answer_id=first, now=NOON)
    again = partial(answer, pick=steps.Pick(left=asked.left, right=asked.right, pick="right"))
    survivors(at_once([*[back] * 8, again]))
    assert drop.round.answers.get(pk=first).taken_back_at is not None
    assert drop.round.answers.standing().count() <= 1


def test_of_five_accounts_of_one_person_that_claim_at_once_one_gets_a_seat(sender):
    for web in ROUNDS:
        drop = open_drop(sender)
        results = at_once([partial(claim, drop, make_user(f"one{web}+{number}")) for number in range(5)])
        assert len(survivors(results)) == Claim.objects.active().filter(drop=drop).count() == 1
