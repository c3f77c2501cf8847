"""Acts of buyers at Stripe: they pay, or do not, and keep cards."""

from __future__ import annotations

import uuid
from typing import Any

from tests.stripe_double import money_in
from tests.stripe_double.shelf import Shelf, Thing


def name_of(thing: Any) -> str:
    """An id, given as such or as anything that has one."""
    return thing if isinstance(thing, str) else thing["id"] if isinstance(thing, dict) else thing.id


class Buyer:
    """The person before Checkout's page, and their cards."""

    shelf: Shelf

    def save_card(self, customer: Any, *, declines_with: str | None = None, number: str | None = None) -> str:
        """The id of a new card of the customer's; `declines_with` is its bank's word for every charge.

        Cards with the same `number` are one, whoever saves them; without one it is like no other.
        """
        with self.shelf.lock:
            return self._card(name_of(customer), declines_with, number)["id"]

    def _card(self, customer: str | None, declines_with: str | None = None, number: str | None = None) -> Thing:
        fingerprint = f"fp_{number or uuid.uuid4().hex[:16]}"
        card = self.shelf.put(
            "pm",
            "payment_method",
            type="card",
            customer=customer,
            card={"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2099, "fingerprint": fingerprint},
            _declines_with=declines_with,
        )
        if customer:
            self.shelf.tell("payment_method.attached", card)
        return card

    def choose_card(self, customer: Any, card: Any) -> None:
        """As the portal does: from now on this card first."""
        with self.shelf.lock:
            owner = self.shelf.get(name_of(customer), "customer")
            owner["invoice_settings"]["default_payment_method"] = name_of(card)
            self.shelf.tell("customer.updated", owner)

    def detach_card(self, card: Any) -> None:
        with self.shelf.lock:
            stored = self.shelf.get(name_of(card), "payment_method")
            before, stored["customer"] = {"customer": stored["customer"]}, None
            self.shelf.tell("payment_method.detached", stored, before=before)

    def delete_customer(self, customer: Any) -> None:
        with self.shelf.lock:
            owner = self.shelf.get(name_of(customer), "customer")
            owner["deleted"] = True
            for card in self.shelf.all("payment_method", lambda card: card["customer"] == owner["id"]):
                card["customer"] = None
            self.shelf.tell("customer.deleted", owner)

    def pay(
        self,
        session: Any,
        *,
        amount: int | None = None,
        declines_with: str | None = None,
        number: str | None = None,
    ) -> Thing:
        """Pay, or save the card where that is what the session is for. `amount` lies about the total."""
        with self.shelf.lock:
            stored = self._open(session)
            if stored["mode"] == "setup":
                return self._set_up(stored, declines_with)
            if amount is not None:
                stored["amount_total"] = amount
            intent = self._intent(stored, declines_with, number)
            money_in.succeed_intent(self.shelf, intent)
            return self._complete(stored, "paid")

    def decline(self, session: Any, decline_code: str = "generic_decline") -> Thing:
        """A card is tried and refused; the session stays open for another one."""
        with self.shelf.lock:
            stored = self._open(session)
            money_in.fail_intent(self.shelf, self._intent(stored, None), decline_code)
            return stored

    def expire(self, session: Any) -> Thing:
        with self.shelf.lock:
            stored = self._open(session)
            stored.update(status="expired", url=None)
            self.shelf.tell("checkout.session.expired", stored)
            return stored

    def pay_later(self, session: Any) -> Thing:
        """Pay in a way that takes days: the session is complete, the money is not here. `clear` or `bounce` ends it."""
        with self.shelf.lock:
            stored = self._open(session)
            self._intent(stored, None)["status"] = "processing"
            return self._complete(stored, "unpaid")

    def clear(self, session: Any) -> Thing:
        with self.shelf.lock:
            stored = self.shelf.get(name_of(session), "checkout.session")
            money_in.succeed_intent(self.shelf, self.shelf.get(stored["payment_intent"], "payment_intent"))
            stored["payment_status"] = "paid"
            self.shelf.tell("checkout.session.async_payment_succeeded", stored)
            return stored

    def bounce(self, session: Any) -> Thing:
        with self.shelf.lock:
            stored = self.shelf.get(name_of(session), "checkout.session")
            intent = self.shelf.get(stored["payment_intent"], "payment_intent")
            money_in.fail_intent(self.shelf, intent, "insufficient_funds")
            self.shelf.tell("checkout.session.async_payment_failed", stored)
            return stored

    def _open(self, session: Any) -> Thing:
        stored = self.shelf.get(name_of(session), "checkout.session")
        assert stored["status"] == "open", f"Nobody can act on a session that is {stored['status']}."
        assert stored["expires_at"] > self.shelf.now(), "The session has run out."
        return stored

    def _intent(self, session: Thing, declines_with: str | None, number: str | None = None) -> Thing:
        """The session's payment, with a card that is kept if the session asks for it."""
        given = session["_payment_intent_data"]
        if not session["payment_intent"]:
            intent = money_in.new_intent(
                self.shelf, session["amount_total"], session["customer"], given.get("metadata", {})
            )
            session["payment_intent"] = intent["id"]
            kept = given.get("setup_future_usage") == "off_session"
            intent["payment_method"] = self._card(session["customer"] if kept else None, declines_with, number)["id"]
            self.shelf.tell("payment_intent.created", intent)
        return self.shelf.get(session["payment_intent"], "payment_intent")

    def _set_up(self, session: Thing, declines_with: str | None) -> Thing:
        setup = self.shelf.get(session["setup_intent"], "setup_intent")
        setup.update(status="succeeded", payment_method=self._card(session["customer"], declines_with)["id"])
        self.shelf.tell("setup_intent.succeeded", setup)
        return self._complete(session, "no_payment_required")

    def _complete(self, session: Thing, payment_status: str) -> Thing:
        session.update(status="complete", url=None, payment_status=payment_status)
        self.shelf.tell("checkout.session.completed", session)
        return session
