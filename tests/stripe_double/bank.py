"""Acts of banks, connected accounts and their owners at Stripe: money comes back, onboarding is done, payouts fail."""

from __future__ import annotations

from typing import Any

from tests.stripe_double import books, money_out
from tests.stripe_double.buyer import name_of
from tests.stripe_double.money_out import ACCOUNT
from tests.stripe_double.shelf import Shelf, Thing

DISPUTE_FEE = 1500


class Bank:
    """Refunds, disputes, reversals, payouts, and connected accounts' fortunes."""

    shelf: Shelf

    def charge_of(self, paid: Any) -> Thing:
        """The charge behind a session, a payment or a charge."""
        stored = self.shelf.things[name_of(paid)]
        while stored["object"] != "charge":
            stored = self.shelf.things[stored["payment_intent" if "payment_intent" in stored else "latest_charge"]]
        return stored

    def refund(self, paid: Any, amount: int | None = None, *, status: str = "succeeded") -> Thing:
        """All that is left of the charge, or `amount` of it."""
        with self.shelf.lock:
            charge = self.charge_of(paid)
            left = charge["amount"] - charge["amount_refunded"]
            amount = left if amount is None else amount
            assert 0 < amount <= left, "More than was paid cannot be refunded."
            return books.refund(self.shelf, charge, amount, status, {})

    def fail_refund(self, refund: Any) -> Thing:
        """The buyer's bank sends it back to us."""
        with self.shelf.lock:
            back = self.shelf.get(name_of(refund), "refund")
            returned = self.shelf.book("refund_failure", "refund_failure", back["amount"], back["id"])
            back.update(status="failed", failure_balance_transaction=returned["id"], failure_reason="unknown")
            charge = self.shelf.get(back["charge"], "charge")
            charge["amount_refunded"] -= back["amount"]
            charge["refunded"] = False
            self.shelf.tell("refund.updated", back)
            self.shelf.tell("refund.failed", back)
            return back

    def warn(self, paid: Any) -> Thing:
        """The card's bank says that its owner knows nothing of the payment."""
        with self.shelf.lock:
            charge = self.charge_of(paid)
            warning = self.shelf.put(
                "issfr",
                "radar.early_fraud_warning",
                charge=charge["id"],
                payment_intent=charge["payment_intent"],
                actionable=not charge["refunded"] and not charge["disputed"],
                fraud_type="card_never_received",
            )
            return self.shelf.tell("radar.early_fraud_warning.created", warning)

    def dispute(self, paid: Any, amount: int | None = None, *, inquiry: bool = False) -> Thing:
        """The buyer's bank takes the money back, or only asks. `win`, `lose` or `drop_inquiry` ends it."""
        with self.shelf.lock:
            charge = self.charge_of(paid)
            claim = self.shelf.put(
                "du",
                "dispute",
                amount=charge["amount"] if amount is None else amount,
                currency="usd",
                charge=charge["id"],
                payment_intent=charge["payment_intent"],
                status="warning_needs_response" if inquiry else "needs_response",
                reason="fraudulent",
                balance_transactions=[],
                metadata={},
            )
            charge["disputed"] = True
            if not inquiry:
                self._withdraw(claim)
            self.shelf.tell("charge.dispute.created", claim)
            if not inquiry:
                self.shelf.tell("charge.dispute.funds_withdrawn", claim)
            return claim

    def escalate(self, dispute: Any) -> Thing:
        """An inquiry becomes a dispute."""
        with self.shelf.lock:
            claim = self.shelf.get(name_of(dispute), "dispute")
            claim["status"] = "needs_response"
            self._withdraw(claim)
            self.shelf.tell("charge.dispute.updated", claim)
            self.shelf.tell("charge.dispute.funds_withdrawn", claim)
            return claim

    def _withdraw(self, claim: Thing) -> None:
        taken = self.shelf.book("adjustment", "dispute", -claim["amount"], claim["id"], DISPUTE_FEE)
        claim["balance_transactions"].append(taken)

    def book_again(self, dispute: Any, amount: int, fee: int) -> Thing:
        """Another line of the same dispute: its own fee, a second sum, or one that comes back."""
        with self.shelf.lock:
            claim = self.shelf.get(name_of(dispute), "dispute")
            line = self.shelf.book("adjustment", "dispute", amount, claim["id"], fee)
            claim["balance_transactions"].append(line)
            self.shelf.tell("charge.dispute.updated", claim)
            return line

    def win(self, dispute: Any, amount: int | None = None, *, fee_returned: int = 0) -> Thing:
        """All that was taken comes back, or `amount` of it."""
        with self.shelf.lock:
            claim = self.shelf.get(name_of(dispute), "dispute")
            amount = claim["amount"] if amount is None else amount
            given = self.shelf.book("adjustment", "dispute_reversal", amount, claim["id"], -fee_returned)
            claim["balance_transactions"].append(given)
            claim["status"] = "won"
            self.shelf.tell("charge.dispute.closed", claim)
            self.shelf.tell("charge.dispute.funds_reinstated", claim)
            return claim

    def lose(self, dispute: Any) -> Thing:
        return self._close(dispute, "lost")

    def drop_inquiry(self, dispute: Any) -> Thing:
        return self._close(dispute, "warning_closed")

    def _close(self, dispute: Any, status: str) -> Thing:
        with self.shelf.lock:
            claim = self.shelf.get(name_of(dispute), "dispute")
            claim["status"] = status
            self.shelf.tell("charge.dispute.closed", claim)
            return claim

    def reverse(self, transfer: Any, amount: int | None = None) -> Thing:
        with self.shelf.lock:
            sent = self.shelf.get(name_of(transfer), "transfer")
            left = sent["amount"] - sent["amount_reversed"]
            amount = left if amount is None else amount
            assert 0 < amount <= left, "More than was sent cannot come back."
            return money_out.reverse(self.shelf, sent, amount)

    # --- connected accounts ---

    def activate_account(self, account: Any) -> Thing:
        """Its owner has told Stripe everything."""
        return self._capability(account, "active", [])

    def bank_at(self, account: Any, number: str) -> Thing:
        """The account's owner says which bank account their money goes to."""
        with self.shelf.lock:
            bank = self.shelf.put(
                "ba", "bank_account", account=name_of(account), fingerprint=f"bank_{number}", last4=number[-4:]
            )
            self.shelf.tell("account.external_account.created", bank, account=name_of(account))
            return bank

    def restrict_account(self, account: Any, requirement: str = "identity.individual.documents") -> Thing:
        return self._capability(account, "restricted", [requirement])

    def _capability(self, account: Any, status: str, wanted: list[str]) -> Thing:
        with self.shelf.lock:
            stored = self.shelf.get(name_of(account), ACCOUNT)
            stored["configuration"]["recipient"]["capabilities"]["stripe_balance"] = {
                "stripe_transfers": {"status": status, "status_details": []}
            }
            stored["requirements"]["entries"] = [money_out.entry(each) for each in wanted]
            self._tell_account("v2.core.account[requirements].updated", stored)
            self._tell_account("v2.core.account[configuration.recipient].capability_status_updated", stored)
            return stored

    def close_account(self, account: Any) -> Thing:
        with self.shelf.lock:
            stored = self.shelf.get(name_of(account), ACCOUNT)
            stored["closed"] = True
            self._tell_account("v2.core.account.closed", stored)
            return stored

    def deauthorize(self, account: Any) -> Thing:
        """The owner cuts us off; the account is no longer ours to send to."""
        with self.shelf.lock:
            stored = self.shelf.get(name_of(account), ACCOUNT)
            stored["closed"] = True
            application = {"id": "ca_double", "object": "application", "name": "clorp"}
            return self.shelf.tell("account.application.deauthorized", application, account=stored["id"])

    def _tell_account(self, kind: str, account: Thing) -> None:
        self.shelf.tell_thin(kind, account, f"/v2/core/accounts/{account['id']}")

    def fail_payout(self, account: Any, amount: int = 1000) -> Thing:
        """The agent's own bank refuses what Stripe pays out to it."""
        return self._payout(account, amount, "failed")

    def pay_out(self, account: Any, amount: int = 1000) -> Thing:
        return self._payout(account, amount, "paid")

    def _payout(self, account: Any, amount: int, status: str) -> Thing:
        with self.shelf.lock:
            failure = "account_closed" if status == "failed" else None
            if status == "paid":
                self.shelf.paid_out.add(name_of(account))
            payout = self.shelf.put("po", "payout", amount=amount, currency="usd", status=status, failure_code=failure)
            return self.shelf.tell(f"payout.{status}", payout, account=name_of(account))
