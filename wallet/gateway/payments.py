"""Money in: customers, Checkout, cards and charging them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import stripe

from wallet.gateway import parsing
from wallet.gateway.failures import translated
from wallet.gateway.values import Payment, Session, StripeRefund
from wallet.models import USD

PAGE_ITEMS = 100
WITH_CHARGE = "latest_charge.balance_transaction"
CONFIRMED: stripe.params.checkout.SessionCreateParamsPaymentMethodOptions = {"card": {"request_three_d_secure": "any"}}
SESSION_PARTS = [f"payment_intent.{WITH_CHARGE}", "setup_intent"]


def _item_of(amount_cents: int) -> stripe.params.checkout.SessionCreateParamsLineItem:
    price: stripe.params.checkout.SessionCreateParamsLineItemPriceData = {
        "currency": USD,
        "unit_amount": amount_cents,
        "product_data": {"name": "Wallet top-up"},
    }
    return {"quantity": 1, "price_data": price}


def _ways_to_pay(*, keep_card: bool, is_careful: bool) -> stripe.params.checkout.SessionCreateParams:
    ways: stripe.params.checkout.SessionCreateParams = {}
    if keep_card:
        ways["allowed_payment_method_types"] = ["card"]
    if is_careful:
        ways["payment_method_options"] = CONFIRMED
    return ways


class Payments:
    """Every method calls Stripe and ends in a value or in one of the failures of `wallet.gateway`."""

    _client: stripe.StripeClient

    def create_customer(self, *, user_id: UUID, email: str, name: str | None, key: str) -> str:
        """The new customer's id."""
        params: stripe.params.CustomerCreateParams = {"email": email, "metadata": {"user_id": str(user_id)}}
        if name:
            params["name"] = name
        with translated():
            return self._client.v1.customers.create(params, {"idempotency_key": key}).id

    def create_topup_session(
        self,
        *,
        topup_id: UUID,
        customer: str,
        amount_cents: int,
        keep_card: bool,
        is_careful: bool,
        success_url: str,
        cancel_url: str,
        expires_at: datetime,
        key: str,
    ) -> Session:
        """A page of Stripe's on which `customer` pays. Stripe wants `expires_at` 30 minutes to 24 hours away.

        What is kept can only be a card: automatic top-ups charge no other. A careful page has the bank confirm it.
        """
        noted = {"topup_id": str(topup_id)}
        payment: stripe.params.checkout.SessionCreateParamsPaymentIntentData = {"metadata": noted}
        if keep_card:
            payment["setup_future_usage"] = "off_session"
        with translated():
            session = self._client.v1.checkout.sessions.create(
                {
                    **_ways_to_pay(keep_card=keep_card, is_careful=is_careful),
                    "mode": "payment",
                    "customer": customer,
                    "client_reference_id": str(topup_id),
                    "metadata": noted,
                    "line_items": [_item_of(amount_cents)],
                    "payment_intent_data": payment,
                    # Unless asked, Stripe offers only cards whose owner said "show it to me again" on its own page.
                    "saved_payment_method_options": {"allow_redisplay_filters": ["always", "limited", "unspecified"]},
                    "success_url": success_url,
                    "cancel_url": cancel_url,
                    "expires_at": int(expires_at.timestamp()),
                    "expand": SESSION_PARTS,
                },
                {"idempotency_key": key},
            )
            return parsing.session_of(session)

    def create_setup_session(
        self, *, user_id: UUID, customer: str, success_url: str, cancel_url: str, key: str
    ) -> Session:
        """A page of Stripe's on which `customer` saves a card for later, and pays nothing."""
        with translated():
            session = self._client.v1.checkout.sessions.create(
                {
                    "mode": "setup",
                    "currency": USD,
                    "customer": customer,
                    "client_reference_id": str(user_id),
                    "allowed_payment_method_types": ["card"],
                    "payment_method_options": CONFIRMED,
                    "success_url": success_url,
                    "cancel_url": cancel_url,
                    "expand": SESSION_PARTS,
                },
                {"idempotency_key": key},
            )
            return parsing.session_of(session)

    def get_session(self, session_id: str) -> Session:
        """With its payment, charge and fee, as far as there are any."""
        with translated():
            session = self._client.v1.checkout.sessions.retrieve(session_id, {"expand": SESSION_PARTS})
            return parsing.session_of(session)

    def create_portal_url(self, *, customer: str, return_url: str) -> str:
        """A link to Stripe's own page for changing and removing cards. Whoever has it is let in."""
        with translated():
            return self._client.v1.billing_portal.sessions.create({"customer": customer, "return_url": return_url}).url

    def charge_off_session(
        self, *, topup_id: UUID, customer: str, payment_method: str, amount_cents: int, key: str
    ) -> Payment:
        """Charge a saved card while nobody is there. Raises Declined, also where the bank wants to see its owner."""
        with translated():
            intent = self._client.v1.payment_intents.create(
                {
                    "amount": amount_cents,
                    "currency": USD,
                    "customer": customer,
                    "payment_method": payment_method,
                    "off_session": True,
                    "confirm": True,
                    # Without a browser there is nobody to send anywhere; Stripe refuses to confirm unless told so.
                    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                    "metadata": {"topup_id": str(topup_id)},
                    "expand": [WITH_CHARGE],
                },
                {"idempotency_key": key},
            )
            return parsing.payment_of(intent)

    def get_payment(self, payment_id: str) -> Payment:
        with translated():
            return parsing.payment_of(
                self._client.v1.payment_intents.retrieve(payment_id, {"expand": [WITH_CHARGE]}),
            )

    def find_payments(self, *, customer: str, topup_id: UUID) -> list[Payment]:
        """All of the customer's payments that were made for this top-up, newest first."""
        with translated():
            intents = self._client.v1.payment_intents.list(
                {"customer": customer, "limit": PAGE_ITEMS, "expand": [f"data.{WITH_CHARGE}"]}
            )
            payments = [parsing.payment_of(intent) for intent in intents.auto_paging_iter()]
        return [payment for payment in payments if payment.topup_id == str(topup_id)]

    def refund_charge(self, *, charge: str, amount_cents: int, card_refund_id: UUID, key: str) -> StripeRefund:
        """Send part of a payment back to its card. Raises RejectedByStripe where it can't be refunded (any more)."""
        noted = {"card_refund_id": str(card_refund_id)}
        with translated():
            refund = self._client.v1.refunds.create(
                {"charge": charge, "amount": amount_cents, "reason": "requested_by_customer", "metadata": noted},
                {"idempotency_key": key},
            )
            return parsing.refund_of(refund)

    def refund_fraud(self, *, charge: str, warning_id: str, key: str) -> StripeRefund:
        """Send back what is left of a payment that its bank calls a fraud, and say so. Raises as `refund_charge`."""
        with translated():
            refund = self._client.v1.refunds.create(
                {"charge": charge, "reason": "fraudulent", "metadata": {"fraud_warning_id": warning_id}},
                {"idempotency_key": key},
            )
            return parsing.refund_of(refund)

    def default_payment_method(self, customer: str, *, now: datetime) -> str | None:
        """The saved card to charge: the one chosen in the portal, else the newest. None where none is good."""
        with translated():
            try:
                owner = self._client.v1.customers.retrieve(customer)
                if getattr(owner, "deleted", False):
                    return None
                cards = list(
                    self._client.v1.customers.payment_methods.list(
                        customer, {"type": "card", "limit": PAGE_ITEMS}
                    ).auto_paging_iter()
                )
            except stripe.InvalidRequestError as error:
                if error.code == "resource_missing":
                    return None
                raise
        cards = [one for one in cards if one.card and (one.card.exp_year, one.card.exp_month) >= (now.year, now.month)]
        chosen = parsing.id_of(owner.invoice_settings.default_payment_method) if owner.invoice_settings else None
        if any(card.id == chosen for card in cards):
            return chosen
        return max(cards, key=lambda card: card.created).id if cards else None
