"""Refunds, disputes, events and the balance, as the API offers them. They are made by people, not by calls."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from stripe import params as typed
from stripe.params.v2 import core as typed_v2

from tests.stripe_double.calls import Call, route
from tests.stripe_double.errors import ApiError
from tests.stripe_double.shelf import Shelf, Thing


@route("GET", "/v1/charges/{}", typed.ChargeRetrieveParams)
def get_charge(call: Call) -> Thing:
    return call.shelf.get(call.ids[0], "charge")


@route("GET", "/v1/refunds", typed.RefundListParams)
def list_refunds(call: Call) -> Thing:
    charge, payment = call.params.get("charge"), call.params.get("payment_intent")
    things = call.shelf.all(
        "refund", lambda one: charge in (None, one["charge"]) and payment in (None, one["payment_intent"])
    )
    return call.shelf.page(things, call.params, call.path)


@route("POST", "/v1/refunds", typed.RefundCreateParams)
def create_refund(call: Call) -> Thing:
    charge = call.shelf.get(call.params["charge"], "charge")
    left = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"]:
        raise ApiError(400, "This charge has been charged back.", code="charge_disputed")
    if not left:
        raise ApiError(400, "Charge has already been refunded.", code="charge_already_refunded")
    amount = call.params.get("amount", left)
    if amount > left:
        raise ApiError(400, "Refund amount is greater than unrefunded amount on charge.", param="amount")
    return refund(call.shelf, charge, amount, "succeeded", call.params.get("metadata", {}))


def refund(shelf: Shelf, charge: Thing, amount: int, status: str, metadata: Thing) -> Thing:
    back = shelf.put(
        "re",
        "refund",
        amount=amount,
        currency="usd",
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        status=status,
        failure_balance_transaction=None,
        metadata=metadata,
    )
    back["balance_transaction"] = shelf.book("refund", "refund", -amount, back["id"])["id"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    shelf.tell("refund.created", back)
    shelf.tell("charge.refunded", charge)
    return back


@route("GET", "/v1/refunds/{}", typed.RefundRetrieveParams)
def get_refund(call: Call) -> Thing:
    return call.shelf.get(call.ids[0], "refund")


@route("GET", "/v1/disputes", typed.DisputeListParams)
def list_disputes(call: Call) -> Thing:
    charge = call.params.get("charge")
    things = call.shelf.all("dispute", lambda one: charge in (None, one["charge"]))
    return call.shelf.page(things, call.params, call.path)


@route("GET", "/v1/disputes/{}", typed.DisputeRetrieveParams)
def get_dispute(call: Call) -> Thing:
    return call.shelf.get(call.ids[0], "dispute")


@route("POST", "/v1/disputes/{}", typed.DisputeUpdateParams)
def update_dispute(call: Call) -> Thing:
    dispute = call.shelf.get(call.ids[0], "dispute")
    if dispute["status"] not in ("needs_response", "warning_needs_response", "under_review"):
        raise ApiError(400, "This dispute is closed.")
    if any(len(text) > 20_000 for text in call.params.get("evidence", {}).values()):
        raise ApiError(400, "Evidence fields have at most 20000 characters.", param="evidence")
    dispute["evidence"] = call.params.get("evidence", {})
    if call.params.get("submit", True):
        dispute["status"] = "under_review"
        call.shelf.tell("charge.dispute.updated", dispute)
    return dispute


@route("GET", "/v1/radar/early_fraud_warnings/{}", typed.radar.EarlyFraudWarningRetrieveParams)
def get_fraud_warning(call: Call) -> Thing:
    return _asked_anew(call.shelf, call.shelf.get(call.ids[0], "radar.early_fraud_warning"))


def _asked_anew(shelf: Shelf, warning: Thing) -> Thing:
    charge = shelf.get(warning["charge"], "charge")
    warning["actionable"] = not charge["refunded"] and not charge["disputed"]
    return warning


@route("GET", "/v1/radar/early_fraud_warnings", typed.radar.EarlyFraudWarningListParams)
def list_fraud_warnings(call: Call) -> Thing:
    charge = call.params.get("charge")
    things = call.shelf.all("radar.early_fraud_warning", lambda one: charge in (None, one["charge"]))
    things = [_asked_anew(call.shelf, one) for one in things]
    return call.shelf.page(things, call.params, call.path)


@route("GET", "/v1/balance", typed.BalanceRetrieveParams)
def get_balance(call: Call) -> Thing:
    parts = {
        status: [{"amount": call.shelf.balance(status), "currency": "usd", "source_types": {}}]
        for status in ("available", "pending")
    }
    return {"object": "balance", "livemode": False, **parts}


@route("GET", "/v1/balance_transactions", typed.BalanceTransactionListParams)
def list_balance_transactions(call: Call) -> Thing:
    kind, source = call.params.get("type"), call.params.get("source")
    things = call.shelf.all(
        "balance_transaction", lambda txn: kind in (None, txn["type"]) and source in (None, txn["source"])
    )
    return call.shelf.page(things, call.params, call.path)


@route("GET", "/v1/balance_transactions/{}", typed.BalanceTransactionRetrieveParams)
def get_balance_transaction(call: Call) -> Thing:
    return call.shelf.get(call.ids[0], "balance_transaction")


# --- events ---


@route("GET", "/v1/events", typed.EventListParams)
def list_events(call: Call) -> Thing:
    delivered, kind, kinds = (call.params.get(name) for name in ("delivery_success", "type", "types"))
    things = call.shelf.all(
        "event",
        # What happens on connected accounts is listed for them, not for the platform.
        lambda event: (
            event.get("account") == call.account
            and delivered in (None, event["_delivered"])
            and kind in (None, event["type"])
            and (kinds is None or event["type"] in kinds)
        ),
    )
    return call.shelf.page(things, call.params, call.path)


@route("GET", "/v1/events/{}", typed.EventRetrieveParams)
def get_event(call: Call) -> Thing:
    return call.shelf.get(call.ids[0], "event")


@route("GET", "/v2/core/events", typed_v2.EventListParams, frozenset({"page"}))
def list_thin_events(call: Call) -> Thing:
    given = call.params
    since, kinds = given.get("created", {}).get("gte"), given.get("types")
    events = call.shelf.all(
        "v2.core.event",
        lambda event: (
            (since is None or datetime.fromisoformat(event["created"]) >= datetime.fromisoformat(since))
            and (kinds is None or event["type"] in kinds)
            and given.get("object_id") in (None, event["related_object"]["id"])
        ),
    )
    start, limit = int(given.get("page", 0)), given.get("limit", 20)
    more = start + limit < len(events)
    query = {"page": start + limit, "limit": limit}
    query |= {"created[gte]": since} if since else {}
    query |= {f"types[{place}]": kind for place, kind in enumerate(kinds or [])}
    return {
        "data": [call.shelf.show(event) for event in events[start : start + limit]],
        "next_page_url": f"{call.path}?{urlencode(query)}" if more else None,
        "previous_page_url": None,
    }


@route("GET", "/v2/core/events/{}", typed_v2.EventRetrieveParams)
def get_thin_event(call: Call) -> Thing:
    event = call.shelf.things.get(call.ids[0])
    if event is None or event["object"] != "v2.core.event":
        raise ApiError(404, "No such event.", code="not_found")
    return event
