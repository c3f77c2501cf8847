"""The handler of each type of event. The object is fetched anew, so the order in which events come does not matter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from wallet import gateway
from wallet.models import StripeEvent
from wallet.money_in import auto_topups, cards
from wallet.money_in.disputes import note_dispute
from wallet.money_in.refunds import note_refund, note_refunds_of
from wallet.money_in.taint import note_fraud_warning
from wallet.money_in.topups import settle_topup
from wallet.money_out import connect
from wallet.money_out.reversals import note_reversals

Handler = Callable[[StripeEvent, datetime], object]


# What we want to know of accounts connected to ours. Whatever else happens there is its owner's own business.
OF_ACCOUNTS = ("account.", "payout.", "v2.core.account")


def handler_of(kind: str, account: str | None) -> Handler | None:
    """Return the handler for events of this type, on our own account or a connected one; None for types we ignore.

    Thin twins are as good as snapshots.
    """
    name = kind.removeprefix("v1.")
    return HANDLERS.get(name) if account is None or name.startswith(OF_ACCOUNTS) else None


def _session(event: StripeEvent, now: datetime) -> None:
    settle_topup(session_id=_about(event), now=now)


def _payment(event: StripeEvent, now: datetime) -> None:
    stripe = gateway.connect()
    auto_topups.note_payment(payment=stripe.get_payment(_about(event)), livemode=stripe.livemode, now=now)


def _card(event: StripeEvent, now: datetime) -> None:
    """The card's customer, now or (where it was just taken away) before."""
    data = event.payload.get("data") or {}
    customer = (data.get("object") or {}).get("customer") or (data.get("previous_attributes") or {}).get("customer")
    if customer:
        cards.refresh_card(customer=customer, now=now)
        return
    # A detached card names nobody any more, and Stripe can't be asked whose it was: look at all who changed lately.
    cards.refresh_all_cards(now=now)


def _customer_deleted(event: StripeEvent, now: datetime) -> None:
    cards.forget_customer(customer=_about(event), now=now)


def _refund(event: StripeEvent, now: datetime) -> None:
    note_refund(refund_id=_about(event), now=now)


def _charge_refunded(event: StripeEvent, now: datetime) -> None:
    note_refunds_of(charge=_about(event), now=now)


def _dispute(event: StripeEvent, now: datetime) -> None:
    note_dispute(dispute_id=_about(event), now=now)


def _fraud_warning(event: StripeEvent, now: datetime) -> None:
    note_fraud_warning(warning_id=_about(event), now=now)


def _account(event: StripeEvent, now: datetime) -> None:
    connect.refresh_account(account=_about(event), now=now)


def _payout_place(event: StripeEvent, now: datetime) -> None:
    if event.account:
        connect.refresh_payout_places(account=event.account, now=now)


def _deauthorized(event: StripeEvent, now: datetime) -> None:
    if event.account:
        connect.disconnect_account(account=event.account, now=now)


def _reversal(event: StripeEvent, now: datetime) -> None:
    note_reversals(transfer_id=_about(event), now=now)


def _payout_failed(event: StripeEvent, now: datetime) -> None:
    if event.account:
        connect.tell_payout_failed(account=event.account, now=now)


def _about(event: StripeEvent) -> Any:
    assert event.object_id
    return event.object_id


HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(
        [
            "checkout.session.completed",
            "checkout.session.async_payment_succeeded",
            "checkout.session.async_payment_failed",
            "checkout.session.expired",
        ],
        _session,
    ),
    **dict.fromkeys(
        ["payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.requires_action"], _payment
    ),
    **dict.fromkeys(
        ["payment_method.attached", "payment_method.detached", "payment_method.automatically_updated"], _card
    ),
    "customer.deleted": _customer_deleted,
    **dict.fromkeys(["refund.created", "refund.updated", "refund.failed"], _refund),
    "charge.refunded": _charge_refunded,
    **dict.fromkeys(
        [
            "charge.dispute.created",
            "charge.dispute.updated",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.funds_reinstated",
            "charge.dispute.closed",
        ],
        _dispute,
    ),
    **dict.fromkeys(
        [
            "v2.core.account[configuration.recipient].capability_status_updated",
            "v2.core.account[requirements].updated",
            "v2.core.account.closed",
            "account.updated",
        ],
        _account,
    ),
    **dict.fromkeys(["radar.early_fraud_warning.created", "radar.early_fraud_warning.updated"], _fraud_warning),
    "account.application.deauthorized": _deauthorized,
    **dict.fromkeys(["account.external_account.created", "account.external_account.updated"], _payout_place),
    "transfer.reversed": _reversal,
    "payout.failed": _payout_failed,
}
