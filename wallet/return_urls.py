"""Where Stripe sends people back to. Absolute, because Stripe is another site."""

from __future__ import annotations

from typing import TypedDict

from django.urls import reverse

# Stripe puts the session's id in place of this.
SESSION = "{CHECKOUT_SESSION_ID}"


class Pages(TypedDict):
    success_url: str
    cancel_url: str


def topup_pages(site: str) -> Pages:
    """Where a top-up ends; `site` is our address without a slash at its end."""
    back = f"{site}{reverse('topup_return')}"
    return {"success_url": f"{back}?session_id={SESSION}", "cancel_url": f"{site}{reverse('wallet')}"}


def card_pages(site: str) -> Pages:
    back = f"{site}{reverse('card_return')}"
    return {"success_url": f"{back}?session_id={SESSION}", "cancel_url": f"{site}{reverse('wallet')}"}


def onboarding_pages(site: str) -> dict[str, str]:
    """`refresh_url` makes a new link for whoever is logged in; `return_url` proves nothing and asks Stripe."""
    return {"refresh_url": f"{site}{reverse('payouts')}", "return_url": f"{site}{reverse('payouts_return')}"}


def portal_page(site: str) -> str:
    return f"{site}{reverse('card_return')}"
