"""Calls that read what has happened at Stripe: refunds, disputes, events, and its own book of our balance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import stripe

from core import clock
from wallet.gateway import parsing
from wallet.gateway.failures import OutcomeUnknown, translated
from wallet.gateway.values import BalanceTxn, FraudWarning, StripeDispute, StripeEvent, StripeRefund
from wallet.models import USD

PAGE_ITEMS = 100
# Whoever asks for one of the long lists holds a worker's thread meanwhile.
LIST_SECONDS_MAX = 600.0
# Accounts v2 raise thin events only, which no list of v1 events holds.
ACCOUNT_EVENTS = [
    "v2.core.account.closed",
    "v2.core.account[configuration.recipient].capability_status_updated",
    "v2.core.account[requirements].updated",
]
PRODUCT = (
    "Money for an online account, with which its owner pays for contests: they describe a piece of digital work, "
    "people send theirs, and the best is handed over to the owner, who pays its author."
)
PAYOUT_EVENTS = ["payout.failed", "payout.paid"]

Item = TypeVar("Item")


def _in_time(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items of a list that may have many pages. Raises OutcomeUnknown where it goes on for too long."""
    stop = clock.count_seconds() + LIST_SECONDS_MAX
    for item in items:
        if clock.count_seconds() >= stop:
            raise OutcomeUnknown(f"A list was not over after {LIST_SECONDS_MAX:.0f} s.")
        yield item


class History:
    """Every method calls Stripe and ends in a value or in one of the failures of `wallet.gateway`."""

    _client: stripe.StripeClient

    def get_refund(self, refund_id: str) -> StripeRefund:
        with translated():
            return parsing.refund_of(self._client.v1.refunds.retrieve(refund_id))

    def list_refunds(self, *, charge: str) -> list[StripeRefund]:
        """All refunds of a charge, newest first."""
        with translated():
            refunds = self._client.v1.refunds.list({"charge": charge, "limit": PAGE_ITEMS})
            return [parsing.refund_of(refund) for refund in refunds.auto_paging_iter()]

    def get_dispute(self, dispute_id: str) -> StripeDispute:
        with translated():
            return parsing.dispute_of(self._client.v1.disputes.retrieve(dispute_id))

    def submit_evidence(self, *, dispute: str, customer_email: str, customer_name: str, payment: str, use: str) -> None:
        """Answer a dispute for good: Stripe hands it on to the bank. Done twice, the second replaces the first."""
        evidence: stripe.params.DisputeUpdateParamsEvidence = {
            "customer_email_address": customer_email,
            "product_description": PRODUCT,
            "access_activity_log": payment,
            "uncategorized_text": use,
        }
        if customer_name:
            evidence["customer_name"] = customer_name
        with translated():
            self._client.v1.disputes.update(dispute, {"evidence": evidence, "submit": True})

    def get_fraud_warning(self, warning_id: str) -> FraudWarning:
        with translated():
            warning = self._client.v1.radar.early_fraud_warnings.retrieve(warning_id)
            charge, payment = parsing.id_of(warning.charge), parsing.id_of(warning.payment_intent)
            return FraudWarning(warning.id, charge, payment, is_actionable=warning.actionable)

    def list_fraud_warnings(self, *, created_after: datetime) -> list[str]:
        """The ids of all warnings since then, newest first."""
        since = int(created_after.timestamp())
        with translated():
            warnings = self._client.v1.radar.early_fraud_warnings.list({"created": {"gte": since}, "limit": PAGE_ITEMS})
            return [warning.id for warning in _in_time(warnings.auto_paging_iter())]

    def get_payment_of(self, charge: str) -> str | None:
        """The id of the payment that a charge belongs to; None where it was charged without one."""
        with translated():
            return parsing.id_of(self._client.v1.charges.retrieve(charge).payment_intent)

    def find_reversed_transfer(self, txn: str) -> str | None:
        """The id of the transfer that came back with a line of the balance; None where the line is about another thing.

        A reversal can't be asked for without its transfer, but its line can show it.
        """
        with translated():
            line = self._client.v1.balance_transactions.retrieve(txn, {"expand": ["source"]})
            back = line.source
            if isinstance(back, stripe.Transfer):
                return back.id
            return parsing.id_of(back.transfer) if isinstance(back, stripe.TransferReversal) else None

    def list_disputes(self, *, charge: str) -> list[StripeDispute]:
        """All disputes about a charge, newest first."""
        with translated():
            disputes = self._client.v1.disputes.list({"charge": charge, "limit": PAGE_ITEMS})
            return [parsing.dispute_of(dispute) for dispute in disputes.auto_paging_iter()]

    def list_events(self, *, created_after: datetime, undelivered_only: bool) -> Iterator[StripeEvent]:
        """Our account's events since then (30 days at most), newest first."""
        since = int(created_after.timestamp())
        params: stripe.params.EventListParams = {"created": {"gte": since}, "limit": PAGE_ITEMS}
        if undelivered_only:
            params["delivery_success"] = False
        with translated():
            for event in _in_time(self._client.v1.events.list(params).auto_paging_iter()):
                yield parsing.event_of(event.to_dict(for_json=True))

    def list_account_events(self, *, created_after: datetime) -> Iterator[StripeEvent]:
        """Events of connected accounts since then, newest first. Stripe can't say which of it was delivered."""
        with translated():
            thin = self._client.v2.core.events.list(
                {"created": {"gte": created_after.isoformat()}, "types": ACCOUNT_EVENTS, "limit": PAGE_ITEMS}
            )
            for notice in _in_time(thin.auto_paging_iter()):
                yield parsing.event_of(notice.to_dict(for_json=True))

    def list_payout_events(self, *, account: str, created_after: datetime) -> Iterator[StripeEvent]:
        """How payouts from a connected account to its owner's bank have ended since then."""
        params: stripe.params.EventListParams = {
            "created": {"gte": int(created_after.timestamp())},
            "types": PAYOUT_EVENTS,
            "limit": PAGE_ITEMS,
        }
        with translated():
            events = self._client.v1.events.list(params, {"stripe_account": account})
            for event in _in_time(events.auto_paging_iter()):
                # Asked for by its account, an event need not name it.
                yield replace(parsing.event_of(event.to_dict(for_json=True)), account=account)

    def list_balance_transactions(self, *, created_after: datetime) -> Iterator[BalanceTxn]:
        """Every movement of our balance since then, newest first."""
        with translated():
            txns = self._client.v1.balance_transactions.list(
                {"created": {"gte": int(created_after.timestamp())}, "limit": PAGE_ITEMS}
            )
            for txn in _in_time(txns.auto_paging_iter()):
                yield parsing.balance_txn_of(txn)

    def get_balance_cents(self) -> int:
        """Our balance at Stripe in US cents, available and pending together."""
        with translated():
            balance = self._client.v1.balance.retrieve()
            available = sum(part.amount for part in balance.available if part.currency == USD)
            return available + sum(part.amount for part in balance.pending if part.currency == USD)
