"""Everything the double remembers: objects by id, the balance, and what it has told about them."""

from __future__ import annotations

import copy
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.stripe_double.errors import ApiError, missing

Thing = dict[str, Any]
EXPAND_DEPTH_MAX = 4


class Shelf:
    """Objects in Stripe's wire form. Names that begin with an underscore are the double's own."""

    def __init__(self, version: str, url: str) -> None:
        self.version = version
        self.url = url
        self.lock = threading.RLock()
        self.things: dict[str, Thing] = {}
        self.frozen_at: datetime | None = None
        self.funds_on_hold = False
        self.funds_limited = False
        self.paid_out: set[str] = set()  # Accounts whose money has gone on to their owner's bank.

    def now(self) -> int:
        return int(self.frozen_at.timestamp()) if self.frozen_at else int(time.time())

    def put(self, prefix: str, kind: str, **fields: Any) -> Thing:
        """A new object, made now."""
        thing = {
            "id": f"{prefix}_{uuid.uuid4().hex[:24]}",
            "object": kind,
            "created": self.now(),
            "livemode": False,
            **fields,
        }
        self.things[thing["id"]] = thing
        return thing

    def get(self, thing_id: str, kind: str) -> Thing:
        thing = self.things.get(thing_id)
        if thing is None or thing["object"] != kind:
            raise missing(kind, thing_id)
        return thing

    def all(self, kind: str, keep: Callable[[Thing], bool] = lambda thing: True) -> list[Thing]:
        """Newest first."""
        return [thing for thing in reversed(self.things.values()) if thing["object"] == kind and keep(thing)]

    # --- what goes over the wire ---

    def show(self, thing: Thing, expand: list[str] | None = None) -> Thing:
        """A copy as Stripe would send it, with what was asked for expanded."""
        shown = _without_own(copy.deepcopy(thing))
        for path in expand or []:
            steps = path.split(".")
            if len(steps) > EXPAND_DEPTH_MAX:
                raise ApiError(400, "You can't expand more than 4 levels.", code="property_expansion_max_depth")
            self._expand(shown, steps)
        return shown

    def _expand(self, shown: Any, steps: list[str]) -> None:
        if isinstance(shown, list):
            for each in shown:
                self._expand(each, steps)
            return
        first, *rest = steps
        if first not in shown:
            raise ApiError(400, f"This property cannot be expanded ({first}).", param="expand")
        if isinstance(shown[first], str):
            shown[first] = self.show(self.things[shown[first]])
        if rest and shown[first] is not None:
            self._expand(shown[first], rest)

    def page(self, things: list[Thing], params: Thing, path: str) -> Thing:
        """One page of a v1 list."""
        created = params.get("created")
        if created is not None:
            things = [thing for thing in things if _in_time(thing["created"], created)]
        after = params.get("starting_after")
        if after:
            places = [place for place, thing in enumerate(things) if thing["id"] == after]
            if not places:
                raise missing("object", after)
            things = things[places[0] + 1 :]
        limit = params.get("limit", 10)
        if not 1 <= limit <= 100:
            raise ApiError(400, "limit is 1 to 100.", code="parameter_invalid_integer", param="limit")
        listed = {"object": "list", "data": things[:limit], "has_more": len(things) > limit, "url": path}
        return self.show(listed, params.get("expand"))

    # --- balance and events ---

    def book(self, kind: str, category: str, amount: int, source: str, fee: int = 0) -> Thing:
        """A line in the balance."""
        pending = self.funds_on_hold and amount > 0
        return self.put(
            "txn",
            "balance_transaction",
            type=kind,
            reporting_category=category,
            amount=amount,
            fee=fee,
            fee_details=[],
            net=amount - fee,
            currency="usd",
            source=source,
            status="pending" if pending else "available",
            available_on=self.now() + (172_800 if pending else 0),
            balance_type="payments",
            description=None,
            exchange_rate=None,
        )

    def balance(self, status: str) -> int:
        return sum(txn["net"] for txn in self.all("balance_transaction", lambda txn: txn["status"] == status))

    def tell(
        self, kind: str, about: Thing, account: str | None = None, *, before: dict[str, Any] | None = None
    ) -> Thing:
        """A snapshot event: the object as it is now, and what of it was otherwise `before`."""
        shown = self.show(about)
        event = self.put(
            "evt",
            "event",
            type=kind,
            api_version=self.version,
            data={"object": shown, **({"previous_attributes": before} if before else {})},
            pending_webhooks=1,
            request={"id": None, "idempotency_key": None},
            _delivered=False,
        )
        if account:
            event["account"] = account
        return event

    def tell_thin(self, kind: str, about: Thing, url: str, **more: Any) -> Thing:
        """A thin event: only whom it is about."""
        created = datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        return self.put(
            "evt_test",
            "v2.core.event",
            type=kind,
            created=created,
            context=None,
            reason=None,
            related_object={"id": about["id"], "type": about["object"], "url": url},
            _delivered=False,
            **more,
        )


def _without_own(shown: Any) -> Any:
    if isinstance(shown, list):
        return [_without_own(each) for each in shown]
    if isinstance(shown, dict):
        return {name: _without_own(value) for name, value in shown.items() if not name.startswith("_")}
    return shown


def _in_time(created: int, wanted: int | dict[str, int]) -> bool:
    if isinstance(wanted, int):
        return created == wanted
    tests = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}
    return all(tests[name](created, value) for name, value in wanted.items())
