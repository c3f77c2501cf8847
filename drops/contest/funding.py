"""A drop that waits for its money: a top-up is begun for it, and once that has arrived the drop opens by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import Forbidden, Refused
from core.periodic import each
from core.text import apart, uuid_of
from drops.contest import rules, sender_rules
from drops.contest.eligibility import Eligibility
from drops.contest.posting import pay_for_drop
from drops.models import Drop
from drops.notifications import tell
from wallet.books import ledger
from wallet.models import Topup
from wallet.money import format_cents_lazy
from wallet.money_in import topups


class NothingMissing(Refused):
    code = "nothing_missing"
    message = _("Your wallet holds all of the prize.")
    next_step = _("Pay for the drop on its page.")


@dataclass(frozen=True)
class Bill:
    """The price that a sender has to pay for a drop, in cents, and the newest top-up that was begun for it."""

    price_cents: int
    balance_cents: int
    topup: Topup | None

    @property
    def after_cents(self) -> int:
        return self.balance_cents - self.price_cents

    @property
    def shortfall_cents(self) -> int:
        return max(0, -self.after_cents)

    @property
    def topup_cents(self) -> int:
        """The shortfall, within what one payment may be; 0 where nothing is missing."""
        least, most = settings.TOPUP_CENTS_MIN, settings.TOPUP_CENTS_MAX
        return min(max(self.shortfall_cents, least), most) if self.shortfall_cents else 0


def bill_for(drop: Drop) -> Bill:
    meant = Topup.objects.of(drop.sender).filter(reference=drop.reference)
    return Bill(drop.price_cents, ledger.balance_cents(drop.sender), meant.order_by("-created_at").first())


def fund_drop(
    *,
    drop: Drop,
    sender: User,
    keep_card: bool,
    success_url: str,
    cancel_url: str,
    now: datetime,
    terms_as_of: datetime | None = None,
    idempotency_key: str | None = None,
) -> str:
    """The address of Stripe's page for what is missing; once it is paid the drop opens by itself.

    The same key finds the same page; `terms_as_of` is as in `pay_for_drop`. Raises NothingMissing, IllegalTransition,
    TermsChanged, and what `topups.start_topup` raises.
    """
    rules.check_pay(drop, Eligibility(user=sender, now=now))
    sender_rules.require_terms_seen(drop, terms_as_of)
    cents = bill_for(drop).topup_cents
    if not cents:
        raise NothingMissing
    _rest, url = topups.start_topup(
        user=sender,
        amount_cents=cents,
        keep_card=keep_card,
        success_url=success_url,
        cancel_url=cancel_url,
        now=now,
        idempotency_key=idempotency_key,
        reference=drop.reference,
    )
    return url


def open_funded(*, drop: Drop, now: datetime) -> Drop:
    """Pay for a drop out of what has arrived for it, and tell its sender.

    Raises what `pay_for_drop` raises, InsufficientFunds where the money went elsewhere meanwhile. What arrived has had
    its turn then: other money is not meant for the drop, which its sender pays by hand.
    """
    meant = Topup.objects.of(drop.sender).still_meant().filter(reference=drop.reference)
    tried = list(meant.values_list("pk", flat=True))
    try:
        return _open(drop, now)
    except (ledger.InsufficientFunds, Forbidden) as refusal:
        # Who owes or is disputed may be short as well. Who is not can't spend the money elsewhere, so it stays meant.
        if isinstance(refusal, ledger.InsufficientFunds) or bill_for(drop).shortfall_cents:
            Topup.objects.filter(pk__in=tried).update(fell_short_at=now)
        raise


@transaction.atomic
def _open(drop: Drop, now: datetime) -> Drop:
    opened = pay_for_drop(drop=drop, sender=drop.sender, now=now)
    prize = format_cents_lazy(drop.price_cents)
    text = format_lazy(
        _("Your payment arrived, so “{drop}” is open. Its prize of {prize} is in escrow."),
        drop=apart(drop.heading),
        prize=prize,
    )
    tell([drop.sender], drop, kind="drop-opened", text=text, now=now)
    return opened


def hear_of_topup(*, topup: Topup, now: datetime, **_rest: Any) -> None:
    """Open the drop that a top-up was for, at once; a periodic task finds what this misses."""
    waiting = Drop.objects.paid_in_advance().filter(sender=topup.user_id, pk=uuid_of(topup.reference))
    each(waiting.select_related("sender"), lambda drop: open_funded(drop=drop, now=now))
