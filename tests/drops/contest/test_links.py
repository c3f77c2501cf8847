"""A sender who pays an account that seems to be their own gains no limit and no rating, and waits for staff."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent, User
from drops.contest.eligibility import Eligibility
from drops.contest.links import are_linked, mailbox_of
from drops.contest.terms import price_cents_max
from drops.judging.linked import LinkedWinner
from drops.models import Drop, LinkEvidence, Rating
from drops.moderation import decisions
from drops.standings.records import rate_ended, records_of
from drops.standings.senders import record_of
from tests.drops.browsing import text_of
from tests.drops.pages_of_judging import opened
from tests.play import NOON, after, enter, finished_drop, judge, open_drop, ring
from wallet.books import ledger
from wallet.models import HeldPayout

ACCOUNTS = [UUID(int=number) for number in range(1, 8)]
ANN, BEN, CAT, DAN, EVE, FAY, GUS = ACCOUNTS


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ann@example.com", "ann+clorp@example.com", True),
        ("an.n@gmail.com", "ann+x@googlemail.com", True),
        ("an.n@example.com", "ann@example.com", False),
        ("ann@example.com", "ann@example.org", False),
    ],
)
def test_one_mailbox_has_many_addresses(one, other, same):
    assert (mailbox_of(one) == mailbox_of(other)) is same


def test_a_chain_of_shared_signs_links_and_a_long_one_does_not():
    signs = {ANN: {"card 1"}, BEN: {"card 1", "device 2"}, CAT: {"device 2", "payout 3"}, DAN: {"payout 3", "card 4"}}
    signs |= {EVE: {"card 4"}, FAY: {"card 9"}, GUS: set()}
    assert [other for other in ACCOUNTS[1:] if are_linked(ANN, other, signs)] == [BEN, CAT, DAN]
    assert are_linked(EVE, BEN, signs) and not are_linked(FAY, GUS, signs)


@given(st.dictionaries(st.sampled_from(ACCOUNTS), st.frozensets(st.sampled_from("abcdef"), max_size=3)))
def test_links_go_both_ways(signs):
    for one in signs:
        for other in signs:
            assert are_linked(one, other, signs) == are_linked(other, one, signs)


def own_second(sender):
    """The sender's second account, which gets the same mail."""
    return User.objects.create_user(sender.email.replace("@", "+second@"), name="Second")


@pytest.mark.django_db
def test_a_prize_for_the_senders_own_account_waits_for_staff(sender, browse):
    second, drop = own_second(sender), open_drop(sender)
    enter(drop, second)
    drop = judge(ring(drop), sender)
    assert (drop.status, drop.judge, ledger.balance_cents(second)) == ("ranking", "staff", 0)
    assert ledger.escrow_cents(drop.reference) == 500 and drop.round.proposed_submission.user == second
    assert "seem to belong together" in text_of(browse(sender).get(drop.get_absolute_url()))
    lines = " ".join(drop.ranking_logs.values_list("content", flat=True))
    assert "belong together" not in lines


@pytest.fixture
def for_staff(sender, settings):
    """A drop that staff judge from the start; the sender's second account alone sent work."""
    settings.JUDGE = "staff"
    drop = open_drop(sender)
    enter(drop, own_second(sender))
    return ring(drop)


@pytest.mark.django_db
def test_where_staff_judge_from_the_start_it_is_paid_knowingly_alone_and_on_record(for_staff, staff):
    winner = for_staff.submissions.get().user
    with pytest.raises(LinkedWinner):
        judge(for_staff, staff)
    assert (Drop.objects.get().status, ledger.balance_cents(winner)) == ("ranking", 0)
    drop = judge(for_staff, staff, pays_linked=True)
    assert (drop.status, drop.is_linked, ledger.balance_cents(winner)) == ("completed", True, 500)
    assert AuditEvent.objects.get(action="pay-linked").target == f"drop:{drop.pk}"


@pytest.mark.django_db
def test_staff_read_it_at_the_grade_and_at_the_last_look_and_tick_that_they_pay(for_staff, staff, browse):
    at, slot = f"/drops/{for_staff.pk}/picks", str(for_staff.submissions.get().pk)
    assert "seem to belong together" in text_of(opened(for_staff, browse(staff)))
    answer = {"left": slot, "grade": "A"}
    look = browse(staff).post(at, answer)
    assert "seem to belong together" in text_of(look) and 'name="pays_linked"' in look.content.decode()
    confirmed = {**answer, "confirmed": "1", "reason": "Good."}
    refused = browse(staff).post(at, confirmed)
    assert refused.status_code == 422 and "nobody was paid yet" in text_of(refused)
    browse(staff).post(at, {**confirmed, "pays_linked": "1"})
    assert Drop.objects.get().is_completed


@pytest.mark.django_db
def test_staff_pay_it_or_stop_the_drop(sender, staff):
    second = own_second(sender)
    paid, stopped = open_drop(sender), open_drop(sender, now=after(1_000))
    enter(paid, second)
    paid = judge(judge(ring(paid), sender), staff, pays_linked=True)
    assert (paid.status, paid.is_linked, ledger.balance_cents(second)) == ("completed", True, 500)
    enter(stopped, second, now=after(1_000))
    stopped = judge(ring(stopped), sender, now=after(1_300))
    decisions.stop_drop(drop=stopped, staff=staff, told="It is your own.", reason="Linked.", now=after(2_000))
    assert ledger.balance_cents(sender) == 500


@pytest.mark.django_db
def test_such_drops_raise_no_limit_move_no_rating_and_prove_nobody(sender, staff, agent, settings):
    settings.VERIFIED_AFTER_COMPLETED_DROPS = 1
    second, drop = own_second(sender), open_drop(sender)
    enter(drop, second)
    enter(drop, agent)
    judge(judge(ring(drop), sender, favourite=second), staff, favourite=second, pays_linked=True)
    assert price_cents_max(sender) == settings.PRICE_CENTS_MAX
    assert rate_ended(now=NOON + timedelta(days=2)) == 1
    assert not Rating.objects.exists() and records_of([second.pk, agent.pk]) == {}
    assert not Eligibility.of(second, [], NOON).past.is_proven and record_of(sender.pk).drops == 1


@pytest.mark.django_db
def test_a_limit_rises_by_drops_that_different_agents_won(sender, agent, rival, settings):
    settings.VERIFIED_AFTER_COMPLETED_DROPS = 2
    for winner in (agent, agent):
        finished_drop(sender, winner)
    assert price_cents_max(sender) == settings.PRICE_CENTS_MAX
    finished_drop(sender, rival)
    assert price_cents_max(sender) == settings.PRICE_CENTS_MAX_VERIFIED


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "counts"), [("open", False), ("returned", False), ("released", True)])
def test_a_prize_that_is_held_or_went_back_raises_no_limit(status, counts, sender, agent, settings):
    settings.VERIFIED_AFTER_COMPLETED_DROPS = 1
    drop = finished_drop(sender, agent)
    held = {"payer": sender, "payee": agent, "amount_cents": 500, "was_paid": False, "is_linked": True}
    decided_at = None if status == "open" else NOON
    HeldPayout.objects.create(reference=drop.reference, status=status, opened_at=NOON, decided_at=decided_at, **held)
    assert (price_cents_max(sender) == settings.PRICE_CENTS_MAX_VERIFIED) is counts


@pytest.mark.django_db
def test_strangers_are_paid_at_once_and_rated(sender, agent, rival):
    drop = finished_drop(sender, agent, rival)
    assert (drop.status, drop.is_linked, ledger.balance_cents(agent)) == ("completed", False, 500)
    rate_ended(now=NOON + timedelta(days=2))
    assert Rating.objects.filter(user=agent).exists()


@pytest.mark.django_db
def test_a_third_account_links_two_that_share_nothing_themselves(sender, agent, rival):
    for user, kind, digest in (
        (sender, "card", "1"),
        (rival, "card", "1"),
        (rival, "payout", "2"),
        (agent, "payout", "2"),
    ):
        LinkEvidence.objects.create(user=user, kind=kind, digest=digest, created_at=NOON)
    drop = open_drop(sender)
    enter(drop, agent)
    assert judge(ring(drop), sender).judge == "staff"


@pytest.mark.django_db
def test_only_digests_are_kept_and_each_once(sender, agent):
    finished_drop(sender, agent)
    finished_drop(sender, agent)
    assert LinkEvidence.objects.count() == 2
    assert "example" not in " ".join(LinkEvidence.objects.values_list("digest", flat=True))
