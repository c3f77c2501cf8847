"""Accounts with one card, bank account or device are linked, and doubt about one of them holds up the other."""

from __future__ import annotations

import pytest

from accounts.entrance.devices import signed_in_on
from accounts.models import User
from drops.contest import posting
from drops.contest.linked_prizes import look_again
from drops.models import LinkEvidence
from tests.admin_site import confirm, logged_in, verb_url
from tests.play import enter, judge, post_drop, ring
from tests.wallet.stripe_play import balances, sees
from wallet import tasks
from wallet.books.earnings import earnings_of
from wallet.gateway import Gateway
from wallet.models import HeldPayout, Part, PaymentProfile, Topup
from wallet.money_in.taint import clear_topup
from wallet.money_out.enough import NotEnough
from wallet.money_out.held_payouts import release_payout, return_payout


@pytest.fixture(autouse=True)
def senders_judge(settings):
    settings.JUDGE = "sender"


def paid_with(play, user, number, cents=1_000):
    topup = play.start(user, cents)
    play.double.pay(topup.stripe_session_id, number=number)
    return play.settle(topup)


def same_device(play, one, other):
    for user in (one, other):
        signed_in_on.send(User, user=user, device="tablet", now=play.now)


def paid_to(play, user, number):
    play.double.bank_at(play.connected(user), number)
    play.deliver()


def judged(play, sender, agent):
    """A drop of the sender's, paid by card, on which the agent's entry is found the best."""
    play.topped_up(sender)
    drop = posting.pay_for_drop(drop=post_drop(sender, now=play.now), sender=sender, now=play.now)
    enter(drop, agent, now=play.now)
    return judge(ring(drop), sender, now=play.wait(minutes=5))


def same_card(play, one, other):
    paid_with(play, one, "4242")
    paid_with(play, other, "4242")


def same_bank(play, one, other):
    paid_to(play, one, "DE89")
    paid_to(play, other, "DE89")


@pytest.mark.parametrize(("share", "kind"), [(same_card, "card"), (same_bank, "payout"), (same_device, "device")])
def test_a_prize_among_those_who_share_it_waits_for_staff(share, kind, play, sender, agent):
    share(play, sender, agent)
    drop = judged(play, sender, agent)
    assert (drop.status, drop.judge) == ("ranking", "staff")
    digests = list(LinkEvidence.objects.filter(kind=kind).values_list("digest", flat=True))
    assert max(digests.count(digest) for digest in digests) == 2
    kept = " ".join(LinkEvidence.objects.values_list("digest", flat=True))
    assert not any(sign in kept for sign in ("4242", "DE89", "tablet"))


def test_different_cards_and_banks_link_nobody(play, sender, agent):
    paid_with(play, sender, "4242")
    paid_with(play, agent, "4000")
    paid_to(play, sender, "DE89")
    paid_to(play, agent, "DE90")
    assert judged(play, sender, agent).status == "completed"


def test_an_automatic_topup_is_seen_too_and_a_bank_account_that_was_left(play, sender, agent):
    play.automatic(sender)
    play.charge(play.begin_auto(sender))
    assert Topup.objects.get().fingerprint.startswith("fp_")
    paid_to(play, agent, "DE89")
    bank = play.double.shelf.all("bank_account")[0]
    bank["fingerprint"] = "bank_other"
    tasks.send_outbound()
    play.double.bank_at(PaymentProfile.objects.get(user=agent).stripe_account_id, "DE91")
    play.deliver()
    assert PaymentProfile.objects.get(user=agent).payout_fingerprints == ["bank_DE89", "bank_DE91", "bank_other"]


@pytest.fixture
def linked(play, sender, agent):
    """A withdrawal of somebody who shares a card with a sender, and the sender's payment with it."""
    topup = paid_with(play, sender, "4242")
    paid_with(play, agent, "4242")
    judged(play, sender, agent)
    play.earned(agent)
    play.connected(agent)
    return play.withdrawal(agent), topup


@pytest.fixture
def doubted(play, linked):
    """The same, once the payment was reported."""
    play.double.warn(linked[1].stripe_session_id)
    play.deliver()
    return linked


def test_doubt_about_a_linked_account_stops_a_queued_withdrawal_and_says_so(play, agent, doubted):
    row, _ = doubted
    play.send(row)
    assert row.is_pending and play.double.calls("POST /v1/transfers") == [] and balances(agent)["transit"] == 600
    assert "Our staff look into it, usually within a day" in sees(agent, "/wallet/earnings")


def test_doubt_that_comes_while_stripe_is_asked_about_the_account_stops_it_too(play, agent, linked, monkeypatch):
    row, topup = linked
    ask = Gateway.get_account

    def doubted_meanwhile(gateway, account):
        play.double.warn(topup.stripe_session_id)
        play.deliver()
        return ask(gateway, account)

    monkeypatch.setattr(Gateway, "get_account", doubted_meanwhile)
    play.send(row)
    assert row.is_pending and play.double.calls("POST /v1/transfers") == [] and balances(agent)["transit"] == 600


def test_it_goes_on_by_itself_once_nobody_doubts(play, agent, doubted, staff):
    row, topup = doubted
    play.send(row)
    clear_topup(topup=topup, staff=staff, reason="Its owner called.", now=play.now)
    play.wait(hours=1)
    assert play.send(row).is_completed


def test_staff_may_send_it_on(play, agent, doubted, staff):
    row, _ = doubted
    play.send(row)
    confirm(logged_in(staff), verb_url("resume", row), reason="A family.")
    assert play.send(row).is_completed and len(play.double.calls("POST /v1/transfers")) == 1


@pytest.fixture
def won(play, sender, agent):
    """A prize of the agent's, paid by a sender whom nothing links with them; both of its ends have a bank or a card."""
    paid_to(play, sender, "DE89")
    paid_with(play, sender, "4242")
    drop = judged(play, sender, agent)
    assert (drop.status, drop.is_linked) == ("completed", False)
    return drop


def behind(drop):
    """The payment that paid for the drop."""
    part = Part.objects.get(transfer__reason=f"job:{drop.reference}")
    return Topup.objects.get(stripe_session_id=part.origin.reason.partition(":")[2])


@pytest.mark.parametrize("withdraws", [True, False])
@pytest.mark.parametrize("share", [same_bank, same_card, same_device])
def test_a_link_that_begins_after_the_win_holds_the_young_prize_for_staff(share, withdraws, play, won):
    sender, agent = won.sender, won.winning_submission.user
    share(play, sender, agent)
    if share is same_card:
        paid_to(play, agent, "DE90")
        if withdraws:
            with pytest.raises(NotEnough):
                play.withdrawal(agent)
        else:
            look_again(user=sender, now=play.now)
    won.refresh_from_db()
    assert won.is_linked and HeldPayout.objects.get().is_linked
    play.wait(days=30)
    assert earnings_of(agent, play.now).withdrawable_cents == 0
    assert "you and whoever paid it seem to belong together" in sees(agent, "/wallet/earnings")


@pytest.mark.parametrize("verb", [release_payout, return_payout])
def test_staff_decide_about_it_and_it_is_not_asked_again(verb, play, won, staff):
    agent = won.winning_submission.user
    same_bank(play, won.sender, agent)
    row = verb(payout=HeldPayout.objects.get(), staff=staff, told="We looked.", reason="Same bank.", now=play.now)
    look_again(user=agent, now=play.now)
    assert HeldPayout.objects.get().status == row.status != "open"
    assert balances(agent).get("wallet", 0) == (500 if verb is release_payout else 0)


def test_doubt_that_ends_lets_no_linked_prize_go(play, sender, agent, won, staff):
    topup = behind(won)
    play.double.warn(topup.stripe_session_id)
    play.deliver()
    same_bank(play, sender, agent)
    clear_topup(topup=topup, staff=staff, reason="Its owner called.", now=play.now)
    held = HeldPayout.objects.get()
    assert held.is_open and held.topup is None


def test_doubt_that_comes_to_a_linked_prize_is_written_down_with_it(play, sender, agent, won):
    same_bank(play, sender, agent)
    topup = behind(won)
    play.double.warn(topup.stripe_session_id)
    play.deliver()
    held = HeldPayout.objects.get()
    assert held.is_linked and held.topup == topup


def test_doubt_stops_a_withdrawal_to_a_bank_that_is_shared_since_the_win(play, sender, agent, won):
    play.earned(agent)
    play.connected(agent)
    row = play.withdrawal(agent)
    PaymentProfile.objects.filter(user=agent).update(payout_fingerprints=["bank_DE89"])
    play.double.warn(Topup.objects.filter(user=sender).first().stripe_session_id)
    play.deliver()
    play.send(row)
    assert row.is_pending and play.double.calls("POST /v1/transfers") == []
