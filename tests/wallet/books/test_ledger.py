"""The ledger's verbs and reads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from tests.play import undone
from wallet.books import ledger
from wallet.books.earnings import Earnings, earnings_of
from wallet.books.ledger import AlreadySettled, InsufficientFunds, LedgerConflict, PlayMoneyOff
from wallet.models import Account, Entry, Transfer

pytestmark = pytest.mark.usefixtures("books_in_order")


@pytest.fixture
def held(sender, funded, now):
    funded(sender, 1_000)
    return ledger.hold_prize(payer=sender, reference="drop", amount_cents=300, now=now)


def reasons():
    return set(Transfer.objects.exclude(kind="topup").values_list("reason", flat=True))


def test_a_hold_moves_the_price_into_an_escrow_of_its_own(held, sender, now):
    assert (held.reason, held.kind, held.amount, held.created_at) == ("job:drop", "job", 300, now)
    assert (ledger.balance_cents(sender), ledger.escrow_cents("drop")) == (700, 300)


def test_an_overdraft_is_refused_with_what_is_there_and_nothing_moves(held, sender, now):
    with pytest.raises(InsufficientFunds) as caught:
        ledger.hold_prize(payer=sender, reference="other", amount_cents=701, now=now)
    assert (caught.value.status, caught.value.extra) == (402, {"required": 701, "available": 700})
    assert str(caught.value) == "This takes $7.01, and your wallet holds $7.00."
    assert reasons() == {"job:drop"}
    assert not Account.objects.filter(reference="other").exists()


def test_the_last_cent_can_be_spent(held, sender, now):
    ledger.hold_prize(payer=sender, reference="other", amount_cents=700, now=now)
    assert ledger.balance_cents(sender) == 0


def test_somebody_who_never_had_money_is_short_of_all_of_it(rival, now):
    with pytest.raises(InsufficientFunds) as caught:
        ledger.hold_prize(payer=rival, reference="other", amount_cents=500, now=now)
    assert caught.value.extra == {"required": 500, "available": 0}
    assert not Account.objects.exists()


def test_a_refusal_leaves_the_callers_transaction_usable(held, sender, now):
    with transaction.atomic():
        with pytest.raises(InsufficientFunds):
            ledger.hold_prize(payer=sender, reference="other", amount_cents=5_000, now=now)
        ledger.hold_prize(payer=sender, reference="small", amount_cents=5, now=now)
    assert reasons() == {"job:drop", "job:small"}


def test_a_transfer_is_undone_with_its_callers_transaction(sender, funded, now):
    funded(sender, 1_000)
    undone(ledger.hold_prize, payer=sender, reference="drop", amount_cents=300, now=now)
    assert (ledger.balance_cents(sender), reasons()) == (1_000, set())


def test_a_repeated_hold_is_the_same_hold(held, sender, now):
    again = ledger.hold_prize(payer=sender, reference="drop", amount_cents=300, now=now)
    assert again.pk == held.pk
    assert ledger.balance_cents(sender) == 700


def test_a_repeated_hold_of_another_amount_or_payer_fails_loudly(held, sender, rival, funded, now):
    funded(rival, 1_000)
    for payer, cents in [(sender, 301), (rival, 300)]:
        with pytest.raises(LedgerConflict):
            ledger.hold_prize(payer=payer, reference="drop", amount_cents=cents, now=now)
    assert (ledger.balance_cents(sender), ledger.balance_cents(rival)) == (700, 1_000)


def test_a_prize_goes_whole_to_the_winner_where_there_is_no_fee(held, agent, now):
    payout = ledger.pay_prize(reference="drop", payee=agent, fee_cents=0, now=now)
    assert (payout.reason, payout.amount) == ("payout:drop", 300)
    assert (ledger.balance_cents(agent), ledger.escrow_cents("drop")) == (300, 0)
    assert reasons() == {"job:drop", "payout:drop"}


def test_a_fee_leaves_with_the_prize(held, agent, now):
    payout = ledger.pay_prize(reference="drop", payee=agent, fee_cents=45, now=now)
    assert (payout.reason, payout.amount) == ("payout:drop", 255)
    assert (ledger.balance_cents(agent), ledger.escrow_cents("drop")) == (255, 0)
    assert Transfer.objects.get(reason="fee:drop").amount == 45
    assert Account.objects.get(kind="fees").balance == 0  # untracked: its sum is read from its entries


@pytest.mark.parametrize("fee_cents", [0, 45])
def test_a_repeated_payout_is_the_same_payout(fee_cents, held, agent, now):
    first = ledger.pay_prize(reference="drop", payee=agent, fee_cents=fee_cents, now=now)
    again = ledger.pay_prize(reference="drop", payee=agent, fee_cents=fee_cents, now=now)
    assert again == first
    assert ledger.balance_cents(agent) == 300 - fee_cents


@pytest.mark.parametrize("fee_cents", [0, 44, 46])
def test_a_repeated_payout_with_another_fee_fails_loudly(fee_cents, held, agent, now):
    ledger.pay_prize(reference="drop", payee=agent, fee_cents=45, now=now)
    with pytest.raises(LedgerConflict):
        ledger.pay_prize(reference="drop", payee=agent, fee_cents=fee_cents, now=now)
    assert ledger.balance_cents(agent) == 255


def test_a_repeated_payout_to_somebody_else_fails_loudly(held, agent, rival, now):
    ledger.pay_prize(reference="drop", payee=agent, fee_cents=0, now=now)
    with pytest.raises(LedgerConflict):
        ledger.pay_prize(reference="drop", payee=rival, fee_cents=0, now=now)
    assert ledger.balance_cents(rival) == 0


@pytest.mark.parametrize("fee_cents", [300, 301])
def test_a_fee_that_leaves_nothing_fails_loudly(fee_cents, held, agent, now):
    with pytest.raises(LedgerConflict):
        ledger.pay_prize(reference="drop", payee=agent, fee_cents=fee_cents, now=now)
    assert (ledger.escrow_cents("drop"), reasons()) == (300, {"job:drop"})


def test_a_negative_fee_is_a_bug(held, agent, now):
    with pytest.raises(ValueError, match="fee"):
        ledger.pay_prize(reference="drop", payee=agent, fee_cents=-1, now=now)
    assert reasons() == {"job:drop"}


def test_a_refund_gives_everything_back(held, sender, now):
    refund = ledger.refund_hold(reference="drop", payer=sender, now=now)
    assert (refund.reason, refund.amount) == ("refund:drop", 300)
    assert ledger.refund_hold(reference="drop", payer=sender, now=now) == refund
    assert (ledger.balance_cents(sender), ledger.escrow_cents("drop")) == (1_000, 0)


def test_a_refund_goes_to_nobody_but_the_payer(held, rival, funded, now):
    funded(rival, 1)
    with pytest.raises(LedgerConflict):
        ledger.refund_hold(reference="drop", payer=rival, now=now)
    assert (ledger.balance_cents(rival), ledger.escrow_cents("drop")) == (1, 300)


def test_what_was_paid_out_is_not_refunded(held, sender, agent, now):
    ledger.pay_prize(reference="drop", payee=agent, fee_cents=0, now=now)
    with pytest.raises(AlreadySettled):
        ledger.refund_hold(reference="drop", payer=sender, now=now)
    assert reasons() == {"job:drop", "payout:drop"}


@pytest.mark.parametrize("fee_cents", [0, 45])
def test_what_was_refunded_is_not_paid_out(fee_cents, held, sender, agent, now):
    ledger.refund_hold(reference="drop", payer=sender, now=now)
    with pytest.raises(AlreadySettled):
        ledger.pay_prize(reference="drop", payee=agent, fee_cents=fee_cents, now=now)
    assert reasons() == {"job:drop", "refund:drop"}
    assert ledger.balance_cents(agent) == 0


def test_nothing_is_paid_from_an_escrow_that_never_was(agent, now):
    for settle in (
        lambda: ledger.pay_prize(reference="ghost", payee=agent, fee_cents=0, now=now),
        lambda: ledger.refund_hold(reference="ghost", payer=agent, now=now),
    ):
        with pytest.raises(LedgerConflict, match="nothing was ever held"):
            settle()
    assert reasons() == set()


@pytest.mark.parametrize("cents", [0, -1, 1.5, "300", True, None])
def test_an_amount_is_a_positive_whole_number_of_cents(cents, held, sender, now):
    with pytest.raises(ValueError, match="positive whole number"):
        ledger.hold_prize(payer=sender, reference="other", amount_cents=cents, now=now)
    assert reasons() == {"job:drop"}


def test_play_money_is_granted_once_per_token(agent, settings, now):
    settings.PLAY_MONEY = True
    for _ in range(2):
        ledger.grant_play_money(user=agent, amount_cents=500, token="a", now=now)
    ledger.grant_play_money(user=agent, amount_cents=500, token="b", now=now)
    assert ledger.balance_cents(agent) == 1_000
    with pytest.raises(LedgerConflict):
        ledger.grant_play_money(user=agent, amount_cents=501, token="b", now=now)


def test_play_money_is_refused_where_money_is_real(agent, settings, now):
    settings.PLAY_MONEY = False
    with pytest.raises(PlayMoneyOff):
        ledger.grant_play_money(user=agent, amount_cents=500, token="a", now=now)
    assert ledger.balance_cents(agent) == 0


def test_a_young_prize_is_held_and_an_old_one_can_be_withdrawn(held, agent, funded, settings, now):
    settings.PRIZE_HOLD_SECONDS = 100
    funded(agent, 50)
    ledger.pay_prize(reference="drop", payee=agent, fee_cents=0, now=now)
    young = earnings_of(agent, now + timedelta(seconds=99.999))
    old = earnings_of(agent, now + timedelta(seconds=100))
    assert (young.held_cents, young.withdrawable_cents) == (300, 0)
    assert (old.held_cents, old.withdrawable_cents) == (0, 300)


def test_a_held_prize_that_was_spent_leaves_nothing_to_withdraw(held, agent, now):
    ledger.pay_prize(reference="drop", payee=agent, fee_cents=0, now=now)
    ledger.hold_prize(payer=agent, reference="theirs", amount_cents=200, now=now)
    assert earnings_of(agent, now) == Earnings(balance_cents=100, card_cents=0, held_cents=100)


def test_a_statement_holds_the_lines_of_one_wallet(held, sender, agent, now):
    ledger.pay_prize(reference="drop", payee=agent, fee_cents=45, now=now)
    lines = Entry.objects.of_user(sender).order_by("-id").values_list("user_id", "delta", "balance_after", "reason")
    assert lines[0] == (sender.pk, -300, 700, "job:drop")
    assert [line.delta for line in Entry.objects.of_user(agent)] == [255]


@pytest.mark.usefixtures("held")
def test_a_transfer_is_one_statement(sender, agent, funded, django_assert_num_queries, now):
    funded(agent, 1)
    with django_assert_num_queries(3):  # a savepoint on either side, because tests run in a transaction
        ledger.hold_prize(payer=sender, reference="other", amount_cents=300, now=now)
    with django_assert_num_queries(3):
        ledger.pay_prize(reference="drop", payee=agent, fee_cents=0, now=now)


def test_a_statement_asked_often_is_planned_once(sender, rival, funded, now):
    for user in (sender, rival) * 4:
        funded(user, 100)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%INTO ledger_transfer%'")
        assert cursor.fetchone()[0] >= 1
