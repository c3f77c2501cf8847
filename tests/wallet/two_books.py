"""Our ledger and the double's own book, held against each other line by line, by other code than the reconciliation."""

from __future__ import annotations

from tests.stripe_double.shelf import Shelf, Thing
from wallet.models import Account, Transfer

KINDS = {"refund": "topup_refund", "refund_failure": "topup_refund_failed", "transfer_refund": "withdrawal_reversed"}
CLEARING = Account.Kind.STRIPE_CLEARING


def compare(shelf: Shelf) -> None:
    """Each line of Stripe's is in our ledger to the cent, or has not reached us at all; and ours holds no other."""
    posted = ours()
    for line in shelf.all("balance_transaction"):
        amounts = [posted.pop(name) for name in names_of(shelf, line) if name in posted]
        assert not amounts or sum(amounts) == line["net"], (line, amounts)
    assert posted == {}


def ours() -> dict[str, int]:
    """By reason, what each transfer added to what Stripe holds for us."""
    rows = Transfer.objects.values_list("reason", "amount", "debit__kind", "credit__kind")
    moved = {reason: cents * ((debit == CLEARING) - (credit == CLEARING)) for reason, cents, debit, credit in rows}
    return {reason: cents for reason, cents in moved.items() if cents}


def names_of(shelf: Shelf, line: Thing) -> list[str]:
    """Under which reasons the ledger may hold this line."""
    about = shelf.things[line["source"]]
    if line["type"] == "charge":
        payment = about["payment_intent"]
        paid = shelf.all("checkout.session", lambda one: one["payment_intent"] == payment)
        return [f"topup:{one['id']}" for one in paid] + [f"topup:{payment}", f"stripe_fee:{line['id']}"]
    if line["type"] == "transfer":
        return [f"withdrawal_sent:{about['metadata']['withdrawal_id']}"]
    if line["type"] == "adjustment":
        kind, fee = ("dispute", "") if line["net"] < 0 else ("dispute_won", ":back")
        return [f"{kind}:{about['id']}", f"{kind}:{about['id']}:debt", f"dispute_fee:{about['id']}{fee}"]
    return [f"{KINDS[line['type']]}:{about['id']}{part}" for part in ("", ":debt")]
