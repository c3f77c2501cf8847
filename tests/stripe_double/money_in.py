"""Customers, Checkout, cards and payments, as the API offers them."""

from __future__ import annotations

from typing import Any

from stripe import params as typed

from tests.stripe_double.calls import Call, route
from tests.stripe_double.errors import ApiError, bad_parameter, declined
from tests.stripe_double.faults import Fault
from tests.stripe_double.shelf import Shelf, Thing

FEE_SHARE = 0.029
FEE_FLAT = 30
AMOUNT_MIN = 50


def fee_of(amount: int) -> int:
    return round(amount * FEE_SHARE) + FEE_FLAT


@route("POST", "/v1/customers", typed.CustomerCreateParams)
def create_customer(call: Call) -> Thing:
    customer = call.shelf.put(
        "cus",
        "customer",
        email=call.params.get("email"),
        name=call.params.get("name"),
        metadata=call.params.get("metadata", {}),
        invoice_settings={"default_payment_method": None},
    )
    call.shelf.tell("customer.created", customer)
    return customer


@route("GET", "/v1/customers/{}", typed.CustomerRetrieveParams)
def get_customer(call: Call) -> Thing:
    customer = call.shelf.get(call.ids[0], "customer")
    if customer.get("deleted"):
        return {"id": customer["id"], "object": "customer", "deleted": True}
    return customer


@route("GET", "/v1/customers/{}/payment_methods", typed.CustomerPaymentMethodListParams)
def list_cards(call: Call) -> Thing:
    customer = alive(call.shelf, call.ids[0])
    kind = call.params.get("type")
    cards = call.shelf.all(
        "payment_method", lambda card: card["customer"] == customer["id"] and kind in (None, card["type"])
    )
    return call.shelf.page(cards, call.params, call.path)


def alive(shelf: Shelf, customer: str) -> Thing:
    stored = shelf.get(customer, "customer")
    if stored.get("deleted"):
        raise ApiError(400, f"No such customer: '{customer}'", code="resource_missing", param="customer")
    return stored


# --- Checkout ---


@route("POST", "/v1/checkout/sessions", typed.checkout.SessionCreateParams)
def create_session(call: Call) -> Thing:
    given = call.params
    alive(call.shelf, given["customer"])
    mode = given.get("mode", "payment")
    amount = _total(given) if mode == "payment" else None
    expires_at = given.get("expires_at", call.shelf.now() + 86_400)
    if not 1_790 <= expires_at - call.shelf.now() <= 86_410:
        raise bad_parameter("expires_at is 30 minutes to 24 hours away.", code=None, param="expires_at")
    session = call.shelf.put(
        "cs_test",
        "checkout.session",
        mode=mode,
        status="open",
        payment_status="unpaid" if mode == "payment" else "no_payment_required",
        ui_mode=given.get("ui_mode", "hosted_page"),
        amount_total=amount,
        currency="usd" if mode == "payment" else given.get("currency"),
        client_reference_id=given.get("client_reference_id"),
        metadata=given.get("metadata", {}),
        customer=given["customer"],
        payment_intent=None,
        setup_intent=None,
        success_url=given.get("success_url"),
        cancel_url=given.get("cancel_url"),
        expires_at=expires_at,
        _payment_intent_data=given.get("payment_intent_data", {}),
    )
    session["url"] = f"{call.shelf.url}/pay/{session['id']}"
    if mode == "setup":
        session["setup_intent"] = call.shelf.put(
            "seti", "setup_intent", status="requires_payment_method", payment_method=None, customer=given["customer"]
        )["id"]
    return session


def _total(given: Thing) -> int:
    if not given.get("line_items"):
        raise bad_parameter("Missing required param: line_items.", code="parameter_missing", param="line_items")
    if any("unit_amount" not in item.get("price_data", {}) for item in given["line_items"]):
        raise bad_parameter("The double knows prices by unit_amount only.", code=None, param="line_items")
    if any(item["price_data"]["currency"] != "usd" for item in given["line_items"]):
        raise ApiError(400, "The double knows US dollars only.", code="currency_not_supported")
    total = sum(item.get("quantity", 1) * item["price_data"]["unit_amount"] for item in given["line_items"])
    if total < AMOUNT_MIN:
        raise ApiError(400, "Amount must be at least $0.50 usd.", code="amount_too_small")
    return total


@route("GET", "/v1/checkout/sessions/{}", typed.checkout.SessionRetrieveParams)
def get_session(call: Call) -> Thing:
    return call.shelf.get(call.ids[0], "checkout.session")


@route("POST", "/v1/billing_portal/sessions", typed.billing_portal.SessionCreateParams)
def create_portal(call: Call) -> Thing:
    customer = alive(call.shelf, call.params["customer"])
    portal = call.shelf.put(
        "bps", "billing_portal.session", customer=customer["id"], return_url=call.params.get("return_url")
    )
    portal["url"] = f"{call.shelf.url}/portal/{portal['id']}"
    return portal


# --- payments ---


@route("POST", "/v1/payment_intents", typed.PaymentIntentCreateParams)
def create_payment(call: Call) -> Thing:
    given, shelf = call.params, call.shelf
    alive(shelf, given["customer"])
    card = shelf.get(given["payment_method"], "payment_method")
    if card["customer"] != given["customer"]:
        raise ApiError(400, "The PaymentMethod belongs to no or another customer.", code="payment_method_unexpected")
    if given.get("confirm") and _may_redirect(given):
        raise ApiError(400, "To confirm, provide a return_url or set allow_redirects to never.")
    if given["amount"] < AMOUNT_MIN:
        raise ApiError(400, "Amount must be at least $0.50 usd.", code="amount_too_small")
    intent = new_intent(shelf, given["amount"], given["customer"], given.get("metadata", {}))
    intent["payment_method"] = card["id"]
    shelf.tell("payment_intent.created", intent)
    no = _verdict(call, card)
    if no:
        fail_intent(shelf, intent, no)
        raise declined(shelf.show(intent), decline_code=no)
    return succeed_intent(shelf, intent)


def _may_redirect(given: Thing) -> bool:
    """Whether a way of paying might need a browser that nobody said where to send back."""
    chosen = given.get("automatic_payment_methods", {}).get("allow_redirects", "always")
    return chosen == "always" and not given.get("return_url") and not given.get("allowed_payment_method_types")


def _verdict(call: Call, card: Thing) -> str | None:
    """The bank's decline code, from the fault that was injected or from the card's nature."""
    trouble = call.trouble
    if trouble and trouble.fault is Fault.DECLINE:
        return trouble.details.get("decline_code", "generic_decline")
    if trouble and trouble.fault is Fault.NEEDS_AUTHENTICATION:
        return "authentication_required"
    return card["_declines_with"]


def new_intent(shelf: Shelf, amount: int, customer: str, metadata: dict[str, str]) -> Thing:
    return shelf.put(
        "pi",
        "payment_intent",
        amount=amount,
        currency="usd",
        customer=customer,
        status="requires_payment_method",
        payment_method=None,
        latest_charge=None,
        last_payment_error=None,
        metadata=dict(metadata),
    )


def succeed_intent(shelf: Shelf, intent: Thing) -> Thing:
    """The money is here: charge, fee, two events."""
    charge = _charge(shelf, intent, "succeeded")
    booked = shelf.book("charge", "charge", intent["amount"], charge["id"], fee_of(intent["amount"]))
    charge["balance_transaction"] = booked["id"]
    intent.update(status="succeeded", latest_charge=charge["id"], last_payment_error=None)
    shelf.tell("charge.succeeded", charge)
    shelf.tell("payment_intent.succeeded", intent)
    return intent


def fail_intent(shelf: Shelf, intent: Thing, decline_code: str) -> Thing:
    code = "authentication_required" if decline_code == "authentication_required" else "card_declined"
    charge = _charge(shelf, intent, "failed")
    intent.update(
        status="requires_payment_method",
        latest_charge=charge["id"],
        last_payment_error={"type": "card_error", "code": code, "decline_code": decline_code, "message": "Declined."},
    )
    shelf.tell("charge.failed", charge)
    shelf.tell("payment_intent.payment_failed", intent)
    return intent


def _charge(shelf: Shelf, intent: Thing, status: str) -> Thing:
    method = shelf.things.get(intent["payment_method"] or "")
    details = {"type": method["type"], method["type"]: dict(method[method["type"]])} if method else None
    return shelf.put(
        "ch",
        "charge",
        amount=intent["amount"],
        amount_refunded=0,
        refunded=False,
        disputed=False,
        currency="usd",
        customer=intent["customer"],
        payment_intent=intent["id"],
        balance_transaction=None,
        status=status,
        paid=status == "succeeded",
        metadata=intent["metadata"],
        payment_method_details=details,
    )


@route("GET", "/v1/payment_intents", typed.PaymentIntentListParams)
def list_payments(call: Call) -> Thing:
    customer: Any = call.params.get("customer")
    intents = call.shelf.all("payment_intent", lambda intent: customer in (None, intent["customer"]))
    return call.shelf.page(intents, call.params, call.path)


@route("GET", "/v1/payment_intents/{}", typed.PaymentIntentRetrieveParams)
def get_payment(call: Call) -> Thing:
    return call.shelf.get(call.ids[0], "payment_intent")
