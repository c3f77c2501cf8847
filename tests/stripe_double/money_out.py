"""Connected accounts and transfers to them, as the API offers them."""

from __future__ import annotations

from stripe import params as typed
from stripe.params.v2 import core as typed_v2

from tests.stripe_double.calls import Call, route
from tests.stripe_double.errors import ApiError, bad_parameter
from tests.stripe_double.shelf import Shelf, Thing

ACCOUNT = "v2.core.account"
PARTS = ("configuration", "requirements", "identity", "defaults")


@route("POST", "/v2/core/accounts", typed_v2.AccountCreateParams)
def create_account(call: Call) -> Thing:
    given = call.params
    wanted = given.get("configuration", {}).get("recipient", {}).get("capabilities", {})
    requested = wanted.get("stripe_balance", {}).get("stripe_transfers", {}).get("requested", False)
    if given.get("dashboard") == "express" and not given.get("defaults", {}).get("responsibilities"):
        raise bad_parameter("defaults.responsibilities is required.", code="parameter_missing", param="defaults")
    account = call.shelf.put(
        "acct",
        ACCOUNT,
        contact_email=given.get("contact_email"),
        dashboard=given.get("dashboard"),
        metadata=given.get("metadata", {}),
        closed=False,
        identity=given.get("identity"),
        defaults=given.get("defaults"),
        configuration={"recipient": {"applied": True, "capabilities": _capabilities(requested)}},
        requirements={"entries": [entry("identity.individual.given_name"), entry("external_account")]},
    )
    return show_account(call.shelf, account, given.get("include", []))


@route("POST", "/v1/accounts", typed.AccountCreateParams)
def create_account_v1(call: Call) -> Thing:
    given = call.params
    requested = given.get("capabilities", {}).get("transfers", {}).get("requested") in (True, "true")
    account = call.shelf.put(
        "acct",
        ACCOUNT,
        contact_email=given.get("email"),
        dashboard=given["controller"]["stripe_dashboard"]["type"],
        metadata=given.get("metadata", {}),
        closed=False,
        identity={"country": given["country"].lower()},
        defaults=None,
        service_agreement=given.get("tos_acceptance", {}).get("service_agreement", "full"),
        configuration={"recipient": {"applied": True, "capabilities": _capabilities(requested)}},
        requirements={"entries": [entry("identity.individual.given_name"), entry("external_account")]},
    )
    return {"id": account["id"], "object": "account", "email": given.get("email"), "country": given["country"]}


def _capabilities(requested: bool) -> Thing:
    if not requested:
        return {"stripe_balance": None}
    return {"stripe_balance": {"stripe_transfers": {"status": "restricted", "status_details": []}}}


def entry(description: str) -> Thing:
    return {
        "awaiting_action_from": "user",
        "description": description,
        "errors": [],
        "minimum_deadline": {"status": "currently_due"},
    }


def show_account(shelf: Shelf, account: Thing, include: list[str]) -> Thing:
    """v2 leaves out what was not asked for."""
    shown = shelf.show(account)
    for part in PARTS:
        if not any(name.split(".")[0] == part for name in include):
            shown[part] = None
    return shown


@route("GET", "/v2/core/accounts/{}", typed_v2.AccountRetrieveParams)
def get_account(call: Call) -> Thing:
    return show_account(call.shelf, call.shelf.get(call.ids[0], ACCOUNT), call.params.get("include", []))


@route("POST", "/v2/core/account_links", typed_v2.AccountLinkCreateParams)
def create_account_link(call: Call) -> Thing:
    account = call.shelf.get(call.params["account"], ACCOUNT)
    use = call.params["use_case"]
    if use["type"] not in use:
        raise bad_parameter("use_case names no such flow.", code="parameter_missing", param=use["type"])
    link = call.shelf.put("acctlnk", "v2.core.account_link", account=account["id"], use_case=use)
    link["url"] = f"{call.shelf.url}/onboard/{link['id']}"
    link["expires_at"] = "2100-01-01T00:00:00.000Z"
    return link


@route("GET", "/v1/accounts/{}/external_accounts", typed.AccountExternalAccountListParams)
def list_external_accounts(call: Call) -> Thing:
    account = call.shelf.get(call.ids[0], ACCOUNT)
    banks = call.shelf.all("bank_account", lambda bank: bank["account"] == account["id"])
    return call.shelf.page(banks, call.params, call.path)


# --- transfers ---


def can_receive(account: Thing) -> bool:
    balance = account["configuration"]["recipient"]["capabilities"]["stripe_balance"]
    return bool(balance) and balance["stripe_transfers"]["status"] == "active" and not account["closed"]


@route("POST", "/v1/transfers", typed.TransferCreateParams)
def create_transfer(call: Call) -> Thing:
    given, shelf = call.params, call.shelf
    account = shelf.things.get(given["destination"])
    if account is None or account["object"] != ACCOUNT or account["closed"]:
        message = f"No such destination: '{given['destination']}'"
        raise ApiError(400, message, code="resource_missing", param="destination")
    if not can_receive(account):
        message = "Your destination account needs the `transfers` capability."
        raise ApiError(400, message, code="insufficient_capabilities_for_transfer")
    if given["amount"] < 1:
        raise ApiError(400, "Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if shelf.funds_limited and shelf.balance("available") < given["amount"]:
        raise ApiError(400, "You have insufficient available funds.", code="balance_insufficient")
    transfer = shelf.put(
        "tr",
        "transfer",
        amount=given["amount"],
        amount_reversed=0,
        reversed=False,
        currency=given["currency"],
        destination=account["id"],
        metadata=given.get("metadata", {}),
        transfer_group=given.get("transfer_group"),
    )
    list_reversals_in(shelf, transfer)
    transfer["balance_transaction"] = shelf.book("transfer", "transfer", -given["amount"], transfer["id"])["id"]
    shelf.tell("transfer.created", transfer)
    return transfer


def list_reversals_in(shelf: Shelf, transfer: Thing) -> None:
    """The newest ten come along with the transfer."""
    path = f"/v1/transfers/{transfer['id']}/reversals"
    transfer["reversals"] = shelf.page(_reversals_of(shelf, transfer), {}, path)


def _reversals_of(shelf: Shelf, transfer: Thing) -> list[Thing]:
    return shelf.all("transfer_reversal", lambda back: back["transfer"] == transfer["id"])


@route("GET", "/v1/transfers", typed.TransferListParams)
def list_transfers(call: Call) -> Thing:
    group, to = call.params.get("transfer_group"), call.params.get("destination")
    things = call.shelf.all(
        "transfer", lambda one: group in (None, one["transfer_group"]) and to in (None, one["destination"])
    )
    return call.shelf.page(things, call.params, call.path)


@route("GET", "/v1/transfers/{}", typed.TransferRetrieveParams)
def get_transfer(call: Call) -> Thing:
    return call.shelf.get(call.ids[0], "transfer")


@route("POST", "/v1/transfers/{}/reversals", typed.TransferReversalCreateParams)
def create_reversal(call: Call) -> Thing:
    """Only as far as the account can bear it: what it has paid out to its owner's bank is gone."""
    sent = call.shelf.get(call.ids[0], "transfer")
    amount = call.params.get("amount", sent["amount"] - sent["amount_reversed"])
    if amount > sent["amount"] - sent["amount_reversed"]:
        raise ApiError(400, "Reversal amount is greater than the amount left.", param="amount")
    if sent["destination"] in call.shelf.paid_out:
        raise ApiError(400, "Insufficient funds in the destination account.", code="balance_insufficient")
    return reverse(call.shelf, sent, amount)


def reverse(shelf: Shelf, sent: Thing, amount: int) -> Thing:
    back = shelf.put("trr", "transfer_reversal", amount=amount, currency="usd", transfer=sent["id"], metadata={})
    back["balance_transaction"] = shelf.book("transfer_refund", "transfer_reversal", amount, back["id"])["id"]
    sent["amount_reversed"] += amount
    sent["reversed"] = sent["amount_reversed"] == sent["amount"]
    list_reversals_in(shelf, sent)
    shelf.tell("transfer.reversed", sent)
    return back


@route("GET", "/v1/transfers/{}/reversals", typed.TransferReversalListParams)
def list_reversals(call: Call) -> Thing:
    transfer = call.shelf.get(call.ids[0], "transfer")
    return call.shelf.page(_reversals_of(call.shelf, transfer), call.params, call.path)
