"""Money that waits for a person is a case, from when it stops until somebody has decided or nothing waits any more."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent
from drops.desk import holding
from drops.desk.deciding import decide_case
from drops.desk.money import tend_money_cases
from drops.models import Case
from tests.admin_site import grant
from tests.play import make_user
from tests.wallet.test_decisions import held, stopped  # noqa: F401  (fixtures)
from wallet.books import ledger
from wallet.models import HeldPayout, Topup, Withdrawal
from wallet.money_in.quarantine import close_topup
from wallet.money_out.held_payouts import let_go, settle_prize

TOLD, WHY = "We looked at it.", "I looked at Stripe."
RIGHTS = ("drops.change_case", "wallet.change_topup", "wallet.change_withdrawal", "wallet.change_heldpayout")


@pytest.fixture
def finance(db):
    return grant(make_user("finance", is_staff=True), *RIGHTS)


@pytest.fixture
def prize(play):
    """A prize that waits since its payment is in doubt."""
    patron, winner = make_user("patron"), make_user("winner")
    topup = play.topped_up(patron)
    ledger.hold_prize(payer=patron, reference="doubted", amount_cents=1_000, now=play.now)
    play.double.warn(topup.stripe_session_id)
    play.deliver()
    settle_prize(reference="doubted", payer=patron, payee=winner, fee_cents=0, now=play.now)
    return HeldPayout.objects.get()


def expect_difference(play):
    """Expect in Stripe's book alone what arrived for the held top-up."""
    (line,) = (line for line in play.double.shelf.all("balance_transaction") if line["amount"] == 700)
    play.difference_cents = 700 - line["fee"]


def decide(case, decision, staff, play):
    return decide_case(case=case, decision=decision, staff=staff, told=TOLD, reason=WHY, now=play.now)


def test_a_held_top_up_is_a_case_from_its_first_moment_and_its_end_is_the_case_s(play, held, finance):  # noqa: F811
    case = Case.objects.get()
    assert (case.category, case.target, case.money_cents) == ("topup", held, 1_000)
    case = decide(case, "release", finance, play)
    event = AuditEvent.objects.get()
    assert (case.outcome, case.closed_by, case.decision) == ("release_topup", finance, event)
    assert Topup.objects.get().has_arrived


def test_a_decision_on_the_row_s_own_page_closes_its_case_too(play, held, finance):  # noqa: F811
    close_topup(topup=held, staff=finance, told=TOLD, reason=WHY, now=play.now)
    case = Case.objects.get()
    assert (case.outcome, case.closed_by, case.decision) == ("close_topup", finance, AuditEvent.objects.get())
    expect_difference(play)


def test_a_prize_that_waits_is_a_case_about_both(play, prize, finance):
    case = Case.objects.get()
    assert (case.category, case.money_cents) == ("payout", 1_000)
    for about in (prize.payer_id, prize.payee_id):
        assert not Case.objects.not_about({about}).exists()
    assert decide(case, "return", finance, play).outcome == "return_payout"


def test_money_that_waits_no_longer_closes_its_case_by_itself(play, prize):
    let_go(payout=prize, now=play.now)
    assert Case.objects.open().exists()
    assert tend_money_cases(now=play.now) == 1 and tend_money_cases(now=play.now) == 0
    case = Case.objects.get()
    assert (case.outcome, case.closed_by) == ("by-itself", None)


def test_a_withdrawal_whose_stop_was_missed_gets_its_case(play, stopped, finance):  # noqa: F811
    assert not Case.objects.exists()
    assert tend_money_cases(now=play.now) == 1
    case = decide(Case.objects.get(), "resume", finance, play)
    assert (case.withdrawal, case.outcome) == (stopped, "resume_withdrawal")
    assert Withdrawal.objects.get().next_attempt_at == play.now
    play.deliver()


def test_nobody_takes_a_case_about_money_of_their_own(play, held, stopped, finance):  # noqa: F811
    tend_money_cases(now=play.now)
    for case in Case.objects.all():
        owner = case.target.user
        owner.is_staff = owner.is_superuser = True
        owner.save()
        assert holding.take_next(staff=owner, now=play.now) != case
    assert {case.category for case in Case.objects.held(play.now)} == {"topup", "withdrawal"}
    play.deliver()
    expect_difference(play)
