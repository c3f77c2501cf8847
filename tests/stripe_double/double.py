"""The double itself: a small Stripe on loopback, with the people around it."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import stripe

from tests.stripe_double import books, money_in, money_out  # noqa: F401 (importing them fills the table of calls)
from tests.stripe_double.bank import Bank
from tests.stripe_double.buyer import Buyer
from tests.stripe_double.faults import Fault, Faults, Gate
from tests.stripe_double.keys import Keys
from tests.stripe_double.permissions import Permissions
from tests.stripe_double.post import Post
from tests.stripe_double.server import Seen, Server
from tests.stripe_double.shelf import Shelf


class StripeDouble(Buyer, Bank, Post):
    """`with StripeDouble() as double:` and point STRIPE_API_BASE at `double.url`.

    Money is available at once and unlimited, unless `hold_funds` and `limit_funds` say otherwise. `requests` holds
    every call that came in, `lost_patience` whether each caller who got no answer was the one who hung up, `mistakes`
    what the double itself stumbled over.
    """

    def __init__(self) -> None:
        self.api_key = f"sk_test_{secrets.token_hex(12)}"
        self.webhook_secret = f"whsec_{secrets.token_hex(12)}"
        self.connect_webhook_secret = f"whsec_{secrets.token_hex(12)}"
        self.keys = Keys()
        self.faults = Faults()
        self.permissions: Permissions | None = None
        self.requests: list[Seen] = []
        self.mistakes: list[BaseException | None] = []
        self.lost_patience: list[bool] = []
        self.in_flight: list[Callable[[], Any]] = []
        self.closing = threading.Event()
        self._server = Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.shelf = Shelf(stripe.api_version, self.url)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> StripeDouble:
        self._thread.start()
        return self

    def __exit__(self, *unused: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings a process needs to talk to this Stripe."""
        return {
            "STRIPE_SECRET_KEY": self.api_key,
            "STRIPE_WEBHOOK_SECRET": self.webhook_secret,
            "STRIPE_CONNECT_WEBHOOK_SECRET": self.connect_webhook_secret,
            "STRIPE_API_BASE": self.url,
        }

    def next(self, route: str, fault: Fault, *, times: int = 1, **details: Any) -> None:
        """The next `times` calls of `route` meet the fault, e.g. `"POST /v1/transfers"`; `*` stands for anything.

        Details: `decline_code` for DECLINE, `code` for REFUSED, `retry_after_seconds` for RATE_LIMITED.
        """
        self.faults.add(fault, route, times, details)

    def pause(self, route: str, *, after_effect: bool = False) -> Gate:
        """Hold the next call of `route` before or after its effect until the gate is opened."""
        gate = Gate(after_effect)
        self.faults.add(gate, route, 1, {})
        return gate

    def land(self) -> None:
        """The requests that were thought lost arrive."""
        while self.in_flight:
            self.in_flight.pop(0)()

    def restrict(self, permissions: Permissions | None) -> None:
        """From now on the key may do no more than this, as `charge_read` or `charge_write`; None: everything."""
        self.permissions = permissions

    def calls(self, route: str) -> list[Seen]:
        return [seen for seen in self.requests if seen.route == route]

    def at(self, moment: datetime) -> None:
        """Stop Stripe's clock here; what is made from now on carries this time."""
        self.shelf.frozen_at = moment

    def hold_funds(self) -> None:
        """From now on money that comes in is pending, until it is released."""
        self.shelf.funds_on_hold = True

    def release_funds(self) -> None:
        with self.shelf.lock:
            self.shelf.funds_on_hold = False
            for txn in self.shelf.all("balance_transaction"):
                txn["status"] = "available"

    def limit_funds(self) -> None:
        """From now on transfers need available balance."""
        self.shelf.funds_limited = True
