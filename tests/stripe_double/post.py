"""Webhooks: signs what has happened, and delivers it as well or as badly as a test wants."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from stripe import WebhookSignature

from tests.stripe_double.buyer import name_of
from tests.stripe_double.shelf import Shelf, Thing

THIN = "v2.core.event"


@dataclass(frozen=True)
class Delivery:
    """A request's body and its `Stripe-Signature` header."""

    event_id: str
    body: bytes
    signature: str

    def tampered(self) -> Delivery:
        """The same signature under other words."""
        return replace(self, body=self.body.replace(b'"livemode": false', b'"livemode":  false'))


class Post:
    shelf: Shelf
    webhook_secret: str
    connect_webhook_secret: str

    def events(self, kind: str | None = None, about: Any = None) -> list[Thing]:
        """Return the events so far, oldest first; of one type or about one object."""
        with self.shelf.lock:
            events = [thing for thing in self.shelf.things.values() if thing["object"] in ("event", THIN)]
            return [
                event
                for event in events
                if kind in (None, event["type"]) and (about is None or _about(event) == name_of(about))
            ]

    def sign(
        self, event: Any, *, secret: str | None = None, age_seconds: int = 0, livemode: bool = False, thin: bool = False
    ) -> Delivery:
        """The event as a delivery. A secret of somebody else's makes a forgery, 301 seconds of age a stale one.

        Events of connected accounts are signed for their own endpoint. `thin` sends the thin twin of a snapshot.
        """
        with self.shelf.lock:
            sent = self._thin_twin(event) if thin else self.shelf.things[name_of(event)]
            payload = self.shelf.show(sent)
        payload["livemode"] = livemode or payload["livemode"]
        connected = "account" in payload or payload["type"].startswith("v2.core.account")
        chosen = secret or (self.connect_webhook_secret if connected else self.webhook_secret)
        body = json.dumps(payload, indent=2)
        # The receiver reads the real clock, so we do.
        signed_at = int(time.time()) - age_seconds
        header = WebhookSignature.generate_signature_header(body, chosen, signed_at)
        return Delivery(sent["id"], body.encode(), header)

    def _thin_twin(self, event: Any) -> Thing:
        snapshot = self.shelf.get(name_of(event), "event")
        known = self.shelf.all(THIN, lambda thin: thin.get("snapshot_event") == snapshot["id"])
        about = snapshot["data"]["object"]
        url = f"/v1/{about['object'].replace('.', '/')}s/{about['id']}"
        more = {"snapshot_event": snapshot["id"], "context": snapshot.get("account")}
        return known[0] if known else self._tell_twin(snapshot["type"], about, url, more)

    def _tell_twin(self, kind: str, about: Thing, url: str, more: dict[str, Any]) -> Thing:
        context = more.pop("context")
        twin = self.shelf.tell_thin(f"v1.{kind}", about, url, **more)
        twin["context"] = context
        return twin

    def deliver(
        self,
        post: Callable[[bytes, str], int],
        events: Iterable[Any] | None = None,
        *,
        times: int = 1,
        backwards: bool = False,
        thin: bool = False,
    ) -> list[int]:
        """Send `events`, or all that have not arrived yet; `post(body, signature)` returns the HTTP status.

        `times` doubles them, `backwards` sends the newest first; to delay is to deliver later. What was answered
        with 2xx counts as arrived.
        """
        chosen = list(self.undelivered() if events is None else events)
        answers = []
        for event in reversed(chosen) if backwards else chosen:
            for _ in range(times):
                delivery = self.sign(event, thin=thin)
                answers.append(post(delivery.body, delivery.signature))
                if 200 <= answers[-1] < 300:
                    self.shelf.things[name_of(event)]["_delivered"] = True
        return answers

    def drop(self) -> None:
        """All that has not arrived yet never does, and counts as delivered: something answered in our place."""
        for event in self.undelivered():
            event["_delivered"] = True

    def undelivered(self) -> list[Thing]:
        return [event for event in self.events() if not event["_delivered"] and not event.get("snapshot_event")]


def _about(event: Thing) -> str | None:
    return event["related_object"]["id"] if event["object"] == THIN else event["data"]["object"].get("id")
