"""Somebody at their wallet: what they do there, on Stripe's pages, and what the world does meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import requests

from accounts.models import User
from core import clock
from tests.journeys.people import Visitor
from tests.stripe_double import StripeDouble
from tests.wallet.stripe_play import Play

SHAPE = "() => [document.querySelectorAll('h1').length, document.documentElement.scrollWidth <= innerWidth]"


class Teller:
    """A visitor with a wallet. Every verb gives the teller back, so that a story reads as one line."""

    def __init__(
        self, visitor: Visitor, double: StripeDouble, site: str, ring_bells: Callable[[], None], user: User
    ) -> None:
        self.visitor, self.page, self.double, self.user = visitor, visitor.page, double, user
        self.site, self._ring_bells = site, ring_bells
        double.shelf.frozen_at = None

    def given(self, *, cents: int = 0, earned: int = 0, connected: bool = False) -> Teller:
        """Set up the start of the story."""
        play = Play(self.double, now=clock.now())
        self.double.shelf.frozen_at = None
        if cents:
            play.topped_up(self.user, cents)
        if earned:
            play.earned(self.user, earned)
        self.double.shelf.frozen_at = None
        if connected:
            play.connected(self.user)
        return self

    # --- on our pages ---

    def opens(self, path: str) -> Teller:
        self.visitor.opens(path)
        return self

    def presses(self, name: str) -> Teller:
        self.visitor.presses(name)
        return self

    def sees(self, text: str) -> Teller:
        self.visitor.sees(text)
        return self

    def leaves_by(self, name: str) -> Teller:
        """Press a button that leads to Stripe: our page about that goes on by itself."""
        self.page.get_by_role("button", name=name).click()
        self.page.wait_for_url(f"{self.double.url}/**")
        return self

    def adds(self, dollars: str) -> Teller:
        self.opens("/wallet").page.get_by_label("How much, in dollars").fill(dollars)
        return self.leaves_by("Continue to payment")

    def keeps_filled(self, dollars: str, threshold: str) -> Teller:
        self.page.get_by_label("Keep my wallet filled").check()
        self.page.get_by_label("How much to add, in dollars").fill(dollars)
        self.page.get_by_label("When less than this is left").fill(threshold)
        return self.presses("Save")

    def withdraws(self, dollars: str) -> Teller:
        self.opens("/wallet/earnings").page.get_by_label("How much, in dollars").fill(dollars)
        self.page.get_by_role("button", name="Withdraw", exact=True).click()
        return self

    def is_in_good_shape(self) -> Teller:
        """One heading, and nothing wider than the screen."""
        assert self.page.evaluate(SHAPE) == [1, True]
        return self

    # --- elsewhere ---

    def at_stripe(self, name: str) -> Teller:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).first.click()
        return self

    def news_arrives(self) -> Teller:
        """Deliver to the site what happened at Stripe, and let it be worked on."""
        assert set(self.double.deliver(self.post)) <= {200}
        return self.bells()

    def bells(self) -> Teller:
        self._ring_bells()
        return self

    def post(self, body: bytes, signature: str) -> int:
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
        return requests.post(f"{self.site}/api/stripe/webhook", data=body, headers=headers, timeout=60).status_code
