"""Stripe's answers as small frozen values: ids as text, money in cents, times as aware UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Charge:
    """Money that has reached us. `fee_txn` is None until Stripe has booked the charge.

    `fingerprint` is the same for every charge of one card or bank account, whoever uses it; empty where it has none.
    `last4` are the card's last digits.
    """

    id: str
    fee_txn: str | None
    fee_cents: int
    payment_id: str | None
    created: datetime
    fingerprint: str = ""
    last4: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """A PaymentIntent. `status` is Stripe's word; only `succeeded` means money."""

    id: str
    status: str
    amount_cents: int
    currency: str
    topup_id: str | None
    livemode: bool
    customer: str | None
    charge: Charge | None
    error_code: str | None


@dataclass(frozen=True, slots=True)
class Session:
    """A Checkout session. `url` is there only while it is open; it is a bearer link, so it stays out of reprs.

    `payment_method` is the card that was used. Whether it was kept, `default_payment_method` knows.
    """

    id: str
    url: str | None = field(repr=False)
    mode: str
    status: str | None
    payment_status: str
    amount_cents: int | None
    currency: str | None
    client_reference_id: str | None
    topup_id: str | None
    livemode: bool
    customer: str | None
    payment_id: str | None
    charge: Charge | None
    payment_method: str | None


@dataclass(frozen=True, slots=True)
class ConnectAccount:
    """A connected account. `requirements` are what Stripe still wants to know from its owner."""

    id: str
    can_receive: bool
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reversal:
    id: str
    amount_cents: int
    created: datetime


@dataclass(frozen=True, slots=True)
class StripeTransfer:
    """Money sent to a connected account, with what came back of it."""

    id: str
    amount_cents: int
    currency: str
    destination: str | None
    withdrawal_id: str | None
    reversals: tuple[Reversal, ...]
    created: datetime


@dataclass(frozen=True, slots=True)
class StripeRefund:
    """`status` is pending, requires_action, succeeded, failed or canceled."""

    id: str
    status: str | None
    amount_cents: int
    currency: str
    charge: str | None
    payment_id: str | None
    created: datetime
    card_refund_id: str | None = None
    fraud_warning_id: str | None = None


@dataclass(frozen=True, slots=True)
class FraudWarning:
    """A card's bank says that a payment was a fraud; `is_actionable` until it is refunded or disputed."""

    id: str
    charge: str | None
    payment_id: str | None
    is_actionable: bool


@dataclass(frozen=True, slots=True)
class DisputeLine:
    """One line of the balance because of a dispute: the sum it took (less than 0) or gave back, and the fee in it.

    `name` is the same for a sum that was taken and the line that gives it back; the first pair has the dispute's own.
    """

    name: str
    amount_cents: int
    fee_cents: int
    created: datetime


@dataclass(frozen=True, slots=True)
class StripeDispute:
    """A dispute by what it did to our balance, line by line: an inquiry has withdrawn nothing.

    `amount_cents` is what was withdrawn at first, before that what is claimed; `fee_txn` is the balance transaction of
    the withdrawal, `fee_cents` its fee. `returned_cents` is what was reinstated, which may be less, and
    `fee_returned_cents` the part of the fee that came back with it: none in most countries.
    """

    id: str
    status: str
    amount_cents: int
    charge: str | None
    payment_id: str | None
    fee_cents: int
    fee_txn: str | None
    funds_withdrawn: bool
    funds_reinstated: bool
    created: datetime
    returned_cents: int = 0
    fee_returned_cents: int = 0
    lines: tuple[DisputeLine, ...] = ()


@dataclass(frozen=True, slots=True)
class StripeEvent:
    """Something happened at Stripe. `payload` holds people's data and stays out of reprs.

    `account` is the connected account it happened on, None on our own. `object_id` and `object_type` name what it
    is about; fetch that anew instead of reading it out of the payload, and the order of events does not matter.
    Thin events have no `api_version`, and those about v1 objects have a `v1.` before their type.
    """

    id: str
    type: str
    account: str | None
    created: datetime
    livemode: bool
    api_version: str | None
    object_id: str | None
    object_type: str | None
    payload: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class BalanceTxn:
    """One line of Stripe's own book: `net_cents` = `amount_cents` - `fee_cents` is what our balance moved by."""

    id: str
    type: str
    reporting_category: str
    amount_cents: int
    fee_cents: int
    net_cents: int
    currency: str
    source: str | None
    created: datetime
    available_on: datetime
