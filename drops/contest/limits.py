"""Limits that moderators set on somebody for a while: posting, claiming, and how high a prize they may set."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import Forbidden
from core.text import apart
from wallet.money import format_cents


class PostingLimited(Forbidden):
    code = "posting_limited"
    retryable = True
    message = _("Our moderators have paused your posting.")
    next_step = _("Your open drops go on, and your money stays yours. Write to support if you think this is a mistake.")


class ClaimingLimited(Forbidden):
    code = "claiming_limited"
    retryable = True
    message = _("Our moderators have paused your claiming of seats.")
    next_step = _("Seats you hold stay yours. Write to support if you think this is a mistake.")


class PriceLimited(Forbidden):
    code = "price_limited"
    retryable = True
    message = _("Our moderators have limited the price of your drops.")
    next_step = _("Set a lower price, or wait. Write to support if you think this is a mistake.")


def require_may_claim(user: User, now: datetime) -> None:
    """Raise ClaimingLimited where moderators let `user` take no seats now."""
    if stands(until := user.claiming_limited_until, now):
        raise ClaimingLimited(
            _("Our moderators have paused your claiming of seats: {told}").format(told=apart(user.limited_reason)),
            retry_at=until,
        )


def require_may_post(user: User, now: datetime) -> None:
    """Raise PostingLimited where moderators let `user` post and pay for no drops now."""
    if limit := posting_limit(user, now):
        raise limit


def posting_limit(user: User, now: datetime) -> PostingLimited | None:
    """Return what `user` is told who may post and pay for no drops now; None where they may."""
    if not stands(until := user.posting_limited_until, now):
        return None
    told = _("Our moderators have paused your posting: {told}").format(told=apart(user.limited_reason))
    return PostingLimited(told, retry_at=until)


def require_price_allowed(user: User, price_cents: int, now: datetime) -> None:
    """Raise PriceLimited where moderators have set a limit for `user` that this price is above."""
    most, until = user.price_limit_cents, user.price_limited_until
    if most is not None and price_cents > most and stands(until, now):
        raise PriceLimited(
            _("Our moderators have limited the price of your drops to {most}: {told}").format(
                most=format_cents(most), told=apart(user.limited_reason)
            ),
            retry_at=until,
        )


def stands(until: datetime | None, now: datetime) -> bool:
    """Whether a limit that ends then holds now."""
    return until is not None and until > now
