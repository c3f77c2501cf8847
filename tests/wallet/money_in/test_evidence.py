"""A dispute is answered by staff in one press: with the payer's own drops, once, and on record."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent
from core.errors import Forbidden
from drops.contest import posting
from drops.contest.finishing import fail_drop, pull_drop
from drops.models import EndReason
from tests.admin_site import confirm, logged_in, verb_url
from tests.play import enter, judge, make_user, post_drop, ring
from wallet import gateway
from wallet.models import Dispute
from wallet.money_in.evidence import NotAnswerable, send_evidence
from wallet.outages import StripeUnavailable

SENT = "POST /v1/disputes/"


@pytest.fixture(autouse=True)
def senders_judge(settings):
    settings.JUDGE = "sender"


def drop_of(play, sender, prompt, *agents, pulls=True):
    """A drop that the sender paid by card, with its winner, whose work they opened."""
    drop = posting.pay_for_drop(drop=post_drop(sender, now=play.now, prompt=prompt), sender=sender, now=play.now)
    for agent, work in zip(agents, ("The first work.", "Another work."), strict=False):
        enter(drop, agent, work, now=play.now)
    if not pulls:
        return drop
    drop = judge(ring(drop), sender, favourite=agents[0], now=play.wait(minutes=5))
    return pull_drop(drop=drop, sender=sender, now=play.now)


def disputed(play, topup):
    play.double.dispute(topup.stripe_session_id)
    play.deliver()
    return Dispute.objects.get(topup=topup)


def answered(play):
    (call,) = [call for call in play.double.requests if call.route.startswith(SENT)]
    return call.params["evidence"]


def test_it_tells_the_prompt_the_receipts_the_work_handed_over_and_the_log(play, sender, agent, rival, staff):
    topup = play.topped_up(sender)
    drop = drop_of(play, sender, "Name my ferry.", agent, rival)
    dispute = disputed(play, topup)
    assert confirm(logged_in(staff), verb_url("evidence", dispute), reason="They have played.").status_code == 200
    use = answered(play)["uncategorized_text"]
    for words in ("$5.00 of this payment", "Name my ferry.", "The first work.", "Its sender opened the result"):
        assert words in use
    assert [entry.latest.sha256 in use for entry in drop.submissions.order_by("created_at")] == [True, False]
    assert "Another work." not in use and all(line.content in use for line in drop.ranking_logs.all())
    assert sender.email in answered(play)["access_activity_log"]
    (record,) = AuditEvent.objects.filter(action="send_evidence")
    assert record.target == f"dispute:{dispute.pk}" and Dispute.objects.get().evidence_sent_at == play.now


def test_only_what_the_disputed_payment_paid_for_and_only_its_payers(play, sender, agent, rival, staff):
    topup = play.topped_up(sender, 500)
    drop_of(play, sender, "Paid by it.", agent)
    play.topped_up(sender, 500)
    drop_of(play, sender, "Paid by another payment.", agent)
    drop_of(play, agent, "Paid from the prize.", rival)
    send_evidence(dispute=disputed(play, topup), staff=staff, reason="Look.", now=play.now)
    use = answered(play)["uncategorized_text"]
    assert "Paid by it." in use and "another payment" not in use and "from the prize" not in use


def test_work_is_sealed_to_the_bank_as_long_as_it_is_to_the_sender(play, sender, agent, staff):
    topup = play.topped_up(sender)
    drop = drop_of(play, sender, "Name my ferry.", agent, pulls=False)
    send_evidence(dispute=disputed(play, topup), staff=staff, reason="Look.", now=play.now)
    use = answered(play)["uncategorized_text"]
    assert "Name my ferry." in use and "The first work." not in use
    assert drop.submissions.get().latest.sha256 not in use


def test_of_a_drop_that_was_refunded_the_bank_gets_no_digest(play, sender, agent, staff):
    topup = play.topped_up(sender)
    drop = drop_of(play, sender, "Name my ferry.", agent, pulls=False)
    drop = fail_drop(drop=ring(drop), reason=EndReason.NO_PASSING_ENTRY, now=play.wait(minutes=5))
    send_evidence(dispute=disputed(play, topup), staff=staff, reason="Look.", now=play.now)
    use = answered(play)["uncategorized_text"]
    assert drop.is_ended and "1 people sent work for it." in use and drop.submissions.get().latest.sha256 not in use


def test_it_is_sent_once_and_a_dispute_that_is_over_is_not_answered(play, sender, staff):
    dispute = disputed(play, play.topped_up(sender))
    send_evidence(dispute=dispute, staff=staff, reason="Look.", now=play.now)
    with pytest.raises(NotAnswerable):
        send_evidence(dispute=dispute, staff=staff, reason="Again.", now=play.now)
    play.double.win(dispute.pk)
    play.deliver()
    assert answered(play)["uncategorized_text"] == "Nothing of it has been spent yet."
    over = disputed(play, play.topped_up(make_user("other")))
    play.double.lose(over.pk)
    play.deliver()
    over.refresh_from_db()
    with pytest.raises(NotAnswerable):
        send_evidence(dispute=over, staff=staff, reason="Look.", now=play.now)


def while_asked(monkeypatch, act):
    """Let `act` happen while an answer to a dispute is on its way to Stripe."""
    real = gateway.connect()

    class Slow:
        def submit_evidence(self, **given):
            monkeypatch.setattr(gateway, "connect", lambda: real)
            act()
            real.submit_evidence(**given)

    monkeypatch.setattr(gateway, "connect", Slow)


def test_it_is_on_record_before_stripe_is_asked_and_a_second_press_sends_nothing(play, sender, staff, monkeypatch):
    dispute, seen = disputed(play, play.topped_up(sender)), []

    def press_again():
        seen.extend(AuditEvent.objects.values_list("action", flat=True))
        with pytest.raises(NotAnswerable):
            send_evidence(dispute=Dispute.objects.get(), staff=staff, reason="Again.", now=play.now)

    while_asked(monkeypatch, press_again)
    send_evidence(dispute=dispute, staff=staff, reason="Look.", now=play.now)
    assert seen == ["send_evidence"] and AuditEvent.objects.count() == 1 and answered(play)


def test_a_press_that_breaks_off_leaves_its_record(play, sender, staff, monkeypatch):
    dispute = disputed(play, play.topped_up(sender))
    while_asked(monkeypatch, lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        send_evidence(dispute=dispute, staff=staff, reason="Look.", now=play.now)
    assert AuditEvent.objects.get().action == "send_evidence"


def test_nobody_answers_for_their_own_payment_and_what_stripe_refuses_may_be_sent_again(play, staff, sender):
    with pytest.raises(Forbidden):
        send_evidence(dispute=disputed(play, play.topped_up(staff)), staff=staff, reason="Mine.", now=play.now)
    dispute = disputed(play, play.topped_up(sender))
    Dispute.objects.filter(pk=dispute.pk).update(status="needs_response")
    play.double.shelf.get(dispute.pk, "dispute")["status"] = "lost"
    with pytest.raises(StripeUnavailable):
        send_evidence(dispute=dispute, staff=staff, reason="Look.", now=play.now)
    assert Dispute.objects.get(pk=dispute.pk).evidence_sent_at is None
    assert set(AuditEvent.objects.values_list("action", flat=True)) == {"send_evidence", "evidence_not_taken"}
