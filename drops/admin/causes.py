"""Where a line of the ledger comes from: a link to what caused it, made of its reason alone."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from core.text import uuid_of
from wallet.models import Entry, Transfer

Kind = Transfer.Kind
DROPS = {Kind.JOB, Kind.PAYOUT, Kind.PAYOUT_RETURNED, Kind.REFUND, Kind.FEE}
# By the kind of movement, the page of the row that its subject is the id of.
PAGES = {
    **dict.fromkeys(DROPS, "drops_drop"),
    **dict.fromkeys((Kind.WITHDRAWAL, Kind.WITHDRAWAL_SENT, Kind.WITHDRAWAL_FAILED), "wallet_withdrawal"),
    **dict.fromkeys((Kind.CARD_REFUND, Kind.CARD_REFUND_FAILED), "wallet_cardrefund"),
}
DISPUTES = {Kind.DISPUTE, Kind.DISPUTE_WON, Kind.DISPUTE_FEE}


def cause_of(entry: Entry) -> str:
    """Return a link to what caused a line: its drop, withdrawal, payment or dispute, else the transfer itself."""
    kind, _colon, rest = entry.reason.partition(":")
    subject = rest.partition(":")[0]
    page = PAGES.get(Kind(kind)) if kind in Kind.values else None
    if page is not None and uuid_of(subject):
        return _link(reverse(f"admin:{page}_change", args=[subject]), f"{_noun(page)} {subject[:8]}")
    if kind == Kind.ADJUST and uuid_of(subject):
        return _link(
            reverse("admin:wallet_approval_change", args=[subject]), _("correction {id}").format(id=subject[:8])
        )
    if kind in DISPUTES and subject.startswith("du_"):
        return _link(reverse("admin:wallet_dispute_change", args=[subject]), subject)
    if kind == Kind.TOPUP and not subject.startswith("play_"):
        topups = reverse("admin:wallet_topup_changelist")
        return _link(f"{topups}?{urlencode({'q': subject})}", _("top-up {id}").format(id=subject[:14]))
    transfer = reverse("admin:wallet_transfer_change", args=[entry.transfer_id])
    return _link(transfer, _("transfer {id}").format(id=entry.transfer_id))


def _noun(page: str) -> str:
    nouns = {"drops_drop": _("drop"), "wallet_withdrawal": _("withdrawal"), "wallet_cardrefund": _("refund to card")}
    return nouns[page]


def _link(url: str, words: str) -> str:
    return format_html('<a href="{}">{}</a>', url, words)
