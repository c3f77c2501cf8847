"""An account that ends leaves to the house only what nobody else may claim, and no more than was agreed to."""

from __future__ import annotations

import io

import pytest
from django.conf import settings as site_settings
from django.core.management import call_command
from django.db import IntegrityError

from accounts.models import Erasure, Notification
from drops import tasks
from drops.admin.standing_verbs import what_is_erased
from drops.moderation.erasing import StillInPlay, erase_user
from drops.privacy import erasing
from drops.privacy.open_ends import open_ends_of
from tests.browsers import signed_in
from tests.drops.browsing import text_of
from tests.play import NOON, after, finished_drop, fund
from wallet.books import ledger
from wallet.models import Transfer
from wallet.money_in.card_refunds import fail_card_refund, start_card_refund
from wallet.money_out.forfeits import rest_of

pytestmark = pytest.mark.django_db
HOLD, WAIT = 172_800, site_settings.ERASURE_SECONDS


def test_what_can_go_back_to_its_card_is_not_given_up(play, sender):
    topup = play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=700, now=play.now)
    assert rest_of(sender) == 0
    (end,) = open_ends_of(sender, play.now, gives_up_cents=300)
    assert str(end) == "$3.00 in the wallet" and end.what_to_do.startswith("Send back to its card")
    start_card_refund(user=sender, topup_id=topup.pk, now=play.now)
    assert ledger.balance_cents(sender) == 0


@pytest.mark.parametrize(("code", "rest"), [("charge_already_refunded", 300), ("account_frozen", 0)])
def test_what_its_card_did_not_take_back_keeps_nobody_for_good(code, rest, play, sender):
    topup = play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=700, now=play.now)
    made = start_card_refund(user=sender, topup_id=topup.pk, now=play.now)
    fail_card_refund(card_refund=made, code=code, now=play.now)
    assert ledger.balance_cents(sender) == 300 and rest_of(sender) == rest


def test_the_page_says_to_send_it_back_first(play, sender):
    play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=700, now=play.now)
    page = text_of(signed_in(sender).get("/me/data"))
    assert "Send back to its card" in page and "It can't be taken out" not in page


def test_a_prize_whose_verdict_can_change_is_not_given_up(sender, agent, rival):
    finished_drop(sender, agent, rival)
    (end,) = open_ends_of(agent, after(400), gives_up_cents=500)
    assert str(end) == "prizes within their hold: 1" and "2030-01-03 12:00 UTC" in end.what_to_do
    with pytest.raises(StillInPlay, match="hold"):
        erasing.ask_for_erasure(user=agent, gives_up_cents=500, now=after(400))
    assert list(open_ends_of(agent, after(HOLD), gives_up_cents=500)) == []


def test_a_prize_that_was_spent_keeps_nobody(sender, agent, rival):
    finished_drop(sender, agent, rival)
    ledger.hold_prize(payer=agent, reference="drop", amount_cents=500, now=after(400))
    assert list(open_ends_of(agent, after(400))) == []


def test_no_more_is_given_up_than_was_agreed_to_and_its_owner_hears_what_to_do(sender, at):
    fund(sender, 100)
    erasing.ask_for_erasure(user=sender, gives_up_cents=100, now=NOON)
    fund(sender, 50)
    at(after(WAIT))
    assert tasks.tend_people() == 0 and ledger.balance_cents(sender) == 150
    assert Notification.objects.filter(user=sender, kind="erasure-waits").count() == 1
    page = text_of(signed_in(sender).get("/me/data"))
    assert "$1.50 in the wallet" in page and "You agreed to give up $1.00" in page


def test_less_than_was_agreed_to_is_given_up_as_it_is(sender, at):
    fund(sender, 100)
    assert erasing.ask_for_erasure(user=sender, gives_up_cents=9_999, now=NOON).gives_up_cents == 100
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=40, now=NOON)
    at(after(WAIT))
    assert tasks.tend_people() == 1 and ledger.balance_cents(sender) == 0
    assert Transfer.objects.get(reason=f"adjust:erased_{sender.pk}").amount == 60


def test_the_page_keeps_the_sum_beside_the_tick(sender, at):
    at(NOON)
    fund(sender, 1_234_500)
    browser = signed_in(sender)
    assert 'name="gives_up_cents" value="1234500"' in browser.get("/me/data").content.decode()
    for others in ("1234499", "", "-1", "1e9", "9" * 40):
        assert browser.post("/me/data/erase", {"gives_up_cents": others}).status_code == 409
    page = text_of(browser.post("/me/data/erase", {"gives_up_cents": "1234500"}, follow=True))
    assert "You give up $12,345.00 of your wallet, and no more." in page
    assert Erasure.objects.get().gives_up_cents == 1_234_500


def test_the_database_keeps_no_sum_below_nothing(sender):
    with pytest.raises(IntegrityError):
        Erasure.objects.create(user=sender, asked_at=NOON, due_at=NOON, gives_up_cents=-1)


def test_staff_use_the_owners_agreement_once_it_is_due_and_not_before(sender, lead, at):
    fund(sender, 100)
    erasing.ask_for_erasure(user=sender, gives_up_cents=100, now=NOON)
    erase = {"user": sender, "staff": lead, "reason": "They wrote to us."}
    with pytest.raises(StillInPlay, match=r"\$1\.00 in the wallet"):
        erase_user(**erase, now=after(60))
    assert erase_user(**erase, now=after(WAIT)).erased_at and ledger.balance_cents(sender) == 0


def test_staff_are_told_which_sum_will_be_given_up(sender, lead, at):
    fund(sender, 100)
    erasing.ask_for_erasure(user=sender, gives_up_cents=100, now=NOON)
    at(NOON)
    early, late = io.StringIO(), io.StringIO()
    call_command("erase_person", sender.email, by=lead.email, reason="Theirs.", stdout=early)
    assert early.getvalue() == "In the way: $1.00 in the wallet.\n" and "In the way: $1.00" in what_is_erased(sender)
    at(after(WAIT))
    call_command("erase_person", sender.email, by=lead.email, reason="Theirs.", stdout=late)
    assert "$1.00 in the wallet will be the house's: its owner gave it up." in late.getvalue()
    assert "In the way" not in late.getvalue() and "They gave up $1.00 in the wallet" in what_is_erased(sender)
