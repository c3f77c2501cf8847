"""From the SDK's objects to our records. Nothing here calls Stripe."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

import stripe
from stripe.v2.core import Account

from wallet.gateway.values import (
    BalanceTxn,
    Charge,
    ConnectAccount,
    DisputeLine,
    Payment,
    Reversal,
    Session,
    StripeDispute,
    StripeEvent,
    StripeRefund,
    StripeTransfer,
)


class HasId(Protocol):
    id: str


def id_of(field: str | HasId | None) -> str | None:
    """The id of an expandable field, whether it came expanded or not."""
    return field if field is None or isinstance(field, str) else field.id


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _noted(metadata: stripe.StripeObject | None, name: str) -> str | None:
    """One of the notes we left on an object of Stripe's."""
    return metadata.to_dict().get(name) if metadata else None


def session_of(session: stripe.checkout.Session) -> Session:
    intent = session.payment_intent
    setup = session.setup_intent
    # Only one of the two is there, and it knows which card was used.
    used = intent if isinstance(intent, stripe.PaymentIntent) else setup
    method = used.payment_method if isinstance(used, stripe.PaymentIntent | stripe.SetupIntent) else None
    return Session(
        id=session.id,
        url=session.url,
        mode=session.mode,
        status=session.status,
        payment_status=session.payment_status,
        amount_cents=session.amount_total,
        currency=session.currency,
        client_reference_id=session.client_reference_id,
        topup_id=_noted(session.metadata, "topup_id"),
        livemode=session.livemode,
        customer=id_of(session.customer),
        payment_id=id_of(intent),
        charge=_latest_charge(intent) if isinstance(intent, stripe.PaymentIntent) else None,
        payment_method=id_of(method),
    )


def payment_of(intent: stripe.PaymentIntent) -> Payment:
    error = intent.last_payment_error.to_dict() if intent.last_payment_error else {}
    return Payment(
        id=intent.id,
        status=intent.status,
        amount_cents=intent.amount,
        currency=intent.currency,
        topup_id=_noted(intent.metadata, "topup_id"),
        livemode=intent.livemode,
        customer=id_of(intent.customer),
        charge=_latest_charge(intent) if intent.status == "succeeded" else None,
        error_code=error.get("decline_code") or error.get("code"),
    )


def _latest_charge(intent: stripe.PaymentIntent) -> Charge | None:
    charge = intent.latest_charge
    if not isinstance(charge, stripe.Charge) or charge.status != "succeeded":
        return None
    booked = charge.balance_transaction
    return Charge(
        id=charge.id,
        fee_txn=id_of(booked),
        fee_cents=booked.fee if isinstance(booked, stripe.BalanceTransaction) else 0,
        payment_id=id_of(charge.payment_intent),
        created=moment(charge.created),
        fingerprint=_detail_of(charge, "fingerprint"),
        last4=_detail_of(charge, "last4"),
    )


def _detail_of(charge: stripe.Charge, name: str) -> str:
    details = charge.to_dict().get("payment_method_details") or {}
    used = details.get(details.get("type") or "") or {}
    return str(used.get(name) or "")


def account_of(account: Account) -> ConnectAccount:
    recipient = account.configuration.recipient if account.configuration else None
    balance = recipient.capabilities.stripe_balance if recipient and recipient.capabilities else None
    transfers = balance.stripe_transfers if balance else None
    entries = (account.requirements.entries or []) if account.requirements else []
    return ConnectAccount(
        id=account.id,
        can_receive=transfers is not None and transfers.status == "active" and not account.closed,
        requirements=tuple(entry.description for entry in entries if entry.awaiting_action_from == "user"),
    )


def transfer_of(transfer: stripe.Transfer) -> StripeTransfer:
    """Pages through the reversals where there are more than came along."""
    return StripeTransfer(
        id=transfer.id,
        amount_cents=transfer.amount,
        currency=transfer.currency,
        destination=id_of(transfer.destination),
        withdrawal_id=_noted(transfer.metadata, "withdrawal_id"),
        reversals=tuple(
            Reversal(back.id, back.amount, moment(back.created)) for back in transfer.reversals.auto_paging_iter()
        ),
        created=moment(transfer.created),
    )


def refund_of(refund: stripe.Refund) -> StripeRefund:
    return StripeRefund(
        id=refund.id,
        status=refund.status,
        amount_cents=refund.amount,
        currency=refund.currency,
        charge=id_of(refund.charge),
        payment_id=id_of(refund.payment_intent),
        created=moment(refund.created),
        card_refund_id=_noted(refund.metadata, "card_refund_id"),
        fraud_warning_id=_noted(refund.metadata, "fraud_warning_id"),
    )


def dispute_of(dispute: stripe.Dispute) -> StripeDispute:
    txns = sorted(dispute.balance_transactions, key=lambda txn: txn.created)
    out = [txn for txn in txns if txn.amount < 0]
    back = [txn for txn in txns if txn.amount > 0]
    return StripeDispute(
        id=dispute.id,
        status=dispute.status,
        amount_cents=-out[0].amount if out else dispute.amount,
        charge=id_of(dispute.charge),
        payment_id=id_of(dispute.payment_intent),
        fee_cents=sum(txn.fee for txn in out),
        fee_txn=out[0].id if out else None,
        funds_withdrawn=bool(out),
        funds_reinstated=bool(back),
        created=moment(dispute.created),
        returned_cents=sum(txn.amount for txn in back),
        fee_returned_cents=-sum(txn.fee for txn in back),
        lines=_lines_of(dispute.id, txns),
    )


def _lines_of(dispute: str, txns: list[stripe.BalanceTransaction]) -> tuple[DisputeLine, ...]:
    """Name the lines, oldest first, so that none that comes later renames one before it."""
    lines: list[DisputeLine] = []
    taken: list[str] = []
    for txn in txns:
        name = f"{dispute}.{txn.id}"
        if txn.amount < 0:
            name = name if any(line.amount_cents < 0 for line in lines) else dispute
            taken.append(name)
        elif txn.amount > 0 and taken:
            name = taken.pop(0)
        lines.append(DisputeLine(name, txn.amount, txn.fee, moment(txn.created)))
    return tuple(lines)


def event_of(payload: Mapping[str, Any]) -> StripeEvent:
    """From a snapshot or a thin payload. Raises KeyError, TypeError or ValueError where it is neither."""
    thin = payload["object"] == "v2.core.event"
    if not thin and payload["object"] != "event":
        raise ValueError("not an event")
    about = (payload.get("related_object") or {}) if thin else payload["data"]["object"]
    return StripeEvent(
        id=_text(payload["id"]),
        type=_text(payload["type"]),
        account=payload.get("context" if thin else "account") or None,
        created=datetime.fromisoformat(payload["created"]) if thin else moment(payload["created"]),
        livemode=_truth(payload["livemode"]),
        api_version=None if thin else payload.get("api_version"),
        object_id=about.get("id"),
        object_type=about.get("type" if thin else "object"),
        payload=dict(payload),
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("text expected")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false expected")
    return value


def balance_txn_of(txn: stripe.BalanceTransaction) -> BalanceTxn:
    return BalanceTxn(
        id=txn.id,
        type=txn.type,
        reporting_category=txn.reporting_category,
        amount_cents=txn.amount,
        fee_cents=txn.fee,
        net_cents=txn.net,
        currency=txn.currency,
        source=id_of(txn.source),
        created=moment(txn.created),
        available_on=moment(txn.available_on),
    )
