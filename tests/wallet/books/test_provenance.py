"""Where money came from is kept by the database: by card it is for drops, as a prize it is earned."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from wallet.books import debts, ledger
from wallet.books.earnings import earnings_of
from wallet.books.ledger import CardMoneyStays
from wallet.models import Account, Lot, Part, Transfer

pytestmark = pytest.mark.usefixtures("books_in_order")


@pytest.fixture
def books(sender, agent, now):
    return Books(sender, agent, now)


class Books:
    """Movements by name, with top-ups as `cs_a`, `cs_b` and so on."""

    def __init__(self, sender, agent, now):
        self.sender, self.agent, self.now = sender, agent, now

    def topup(self, user, name, cents):
        self.post(debts.CLEARING, ledger.wallet_of(user), cents, f"topup:cs_{name}")

    def post(self, debit, credit, cents, reason, about=None):
        return ledger.post_transfer(
            debit=debit, credit=credit, amount_cents=cents, reason=reason, now=self.now, about=about
        )

    def hold(self, user, reference, cents):
        ledger.hold_prize(payer=user, reference=reference, amount_cents=cents, now=self.now)

    def pay(self, reference, user, fee=0):
        ledger.pay_prize(reference=reference, payee=user, fee_cents=fee, now=self.now)

    def refund(self, reference, user):
        ledger.refund_hold(reference=reference, payer=user, now=self.now)

    def withdraw(self, user, name, cents):
        self.post(ledger.wallet_of(user), debts.transit_of(user), cents, f"withdrawal:{name}")

    def take(self, user, name, cents, about):
        given = {"about": f"topup:cs_{about}", "now": self.now, "event_at": self.now}
        debts.take_back(user=user, amount_cents=cents, reason=f"dispute:{name}", **given)

    def give(self, user, name, cents, about):
        given = {"about": f"topup:cs_{about}", "now": self.now, "event_at": self.now}
        debts.give_back(user=user, amount_cents=cents, reason=f"dispute_won:{name}", **given)


def lots(party):
    """Return what lies in an account: top-up and cents, with `won` before what was earned."""
    rows = Lot.objects.filter(**{f"account__{name}": value for name, value in party.fields.items()})
    rows = rows.order_by("is_earned", "origin_id").values_list("is_earned", "origin__reason", "cents")
    return [f"{'won ' * earned}{reason.removeprefix('topup:cs_')} {cents}" for earned, reason, cents in rows]


def wallet(user):
    return lots(ledger.wallet_of(user))


def escrow(reference):
    return lots(ledger.escrow_of(reference))


def test_spending_takes_what_was_topped_up_first_and_the_oldest_first(books, sender, agent):
    books.topup(sender, "a", 300)
    books.topup(sender, "b", 300)
    books.hold(sender, "drop", 400)
    assert (wallet(sender), escrow("drop")) == (["b 200"], ["a 300", "b 100"])


def test_a_prize_is_earned_and_remembers_who_paid_by_card(books, sender, agent):
    books.topup(sender, "a", 300)
    books.hold(sender, "drop", 300)
    books.pay("drop", agent, fee=30)
    assert (wallet(agent), escrow("drop")) == (["won a 270"], [])
    assert Account.objects.get(kind="wallet", user=agent).card_cents == 0


def test_a_prize_that_is_spent_carries_its_top_up_on(books, sender, agent):
    books.topup(sender, "a", 300)
    books.hold(sender, "drop", 300)
    books.pay("drop", agent)
    books.topup(agent, "b", 100)
    books.hold(agent, "next", 250)
    assert (wallet(agent), escrow("next")) == (["won a 150"], ["b 100", "won a 150"])


def test_a_refunded_drop_gives_back_what_paid_for_it(books, sender, agent):
    books.topup(sender, "a", 300)
    books.hold(sender, "drop", 200)
    books.refund("drop", sender)
    assert wallet(sender) == ["a 300"]


def test_what_was_topped_up_is_not_withdrawn_whoever_asks(books, sender):
    books.topup(sender, "a", 300)
    with pytest.raises(CardMoneyStays), transaction.atomic():
        books.withdraw(sender, "w", 1)
    assert wallet(sender) == ["a 300"] and not Transfer.objects.filter(kind="withdrawal").exists()


def test_a_withdrawal_takes_earned_money_only_and_a_failed_one_brings_it_back(books, sender, agent, now):
    books.topup(sender, "a", 300)
    books.hold(sender, "drop", 300)
    books.pay("drop", agent)
    books.topup(agent, "b", 50)
    books.withdraw(agent, "w", 200)
    assert (wallet(agent), lots(debts.transit_of(agent))) == (["b 50", "won a 100"], ["won a 200"])
    books.post(debts.transit_of(agent), ledger.wallet_of(agent), 200, "withdrawal_failed:w", "withdrawal:w")
    assert wallet(agent) == ["b 50", "won a 300"] and earnings_of(agent, now).earned_cents == 300


def test_what_comes_back_of_a_withdrawal_in_parts_is_what_was_sent(books, sender, agent):
    for name in "ab":
        books.topup(sender, name, 100)
    books.hold(sender, "drop", 200)
    books.pay("drop", agent)
    books.withdraw(agent, "w", 200)
    books.post(debts.transit_of(agent), debts.CLEARING, 200, "withdrawal_sent:w", "withdrawal:w")
    for name, cents in (("trr_1", 60), ("trr_2", 90)):
        back = f"withdrawal_reversed:{name}"
        books.post(debts.CLEARING, ledger.wallet_of(agent), cents, back, "withdrawal_sent:w")
    assert wallet(agent) == ["won a 100", "won b 50"]


def test_a_top_up_that_is_taken_back_takes_its_own_money_first(books, sender, agent):
    for name in "abc":
        books.topup(sender, name, 100)
    books.take(sender, "du", 150, about="b")
    assert wallet(sender) == ["a 50", "c 100"]


def test_a_dispute_that_is_won_gives_back_what_it_took_and_earned_stays_earned(books, sender, agent):
    books.topup(sender, "a", 300)
    books.hold(sender, "drop", 200)
    books.pay("drop", agent)
    books.topup(agent, "b", 100)
    books.hold(agent, "spent", 80)
    books.take(agent, "du", 100, about="b")
    assert wallet(agent) == ["won a 120"]
    books.give(agent, "du", 100, about="b")
    assert wallet(agent) == ["b 20", "won a 200"]


def test_a_won_dispute_whose_debt_was_paid_by_card_brings_no_earned_money(books, sender, now):
    books.topup(sender, "a", 100)
    books.hold(sender, "spent", 100)
    books.take(sender, "du", 100, about="a")
    books.topup(sender, "b", 150)
    debts.collect_debt(user=sender, token="t", now=now)
    books.give(sender, "du", 100, about="a")
    assert wallet(sender) == ["a 100", "b 50"] and earnings_of(sender, now).earned_cents == 0


@pytest.mark.parametrize("sql", ["UPDATE ledger_{} SET cents = 1", "DELETE FROM ledger_{}"])
@pytest.mark.parametrize("table", ["lot", "part"])
def test_provenance_is_not_changed_by_hand(table, sql, books, sender):
    books.topup(sender, "a", 300)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table))
    assert (wallet(sender), Part.objects.get().cents) == (["a 300"], 300)


@pytest.mark.parametrize("table", ["lot (account_id", "part (transfer_id"])
def test_provenance_is_not_made_by_hand(table, books, sender):
    books.topup(sender, "a", 300)
    values = "SELECT min(id), max(id), true, 5 FROM ledger_transfer"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO ledger_{table}, origin_id, is_earned, cents) {values}")
    assert (Lot.objects.count(), Part.objects.count()) == (1, 1)
