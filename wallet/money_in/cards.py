"""Customers and their saved cards. The card itself is at Stripe; we only know whether there is one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import require_good_standing
from core.errors import Refused
from core.periodic import RUN_SECONDS_MAX, in_time
from wallet import gateway
from wallet.gateway import Gateway, RejectedByStripe, Session
from wallet.models import PaymentProfile, Topup
from wallet.notifications import tell
from wallet.outages import StripeUnavailable, stripe_failures_as_refusals
from wallet.rate_limit import require_within_rate_limit

CARDS_ASKED_MAX = 200


class NoCards(Refused):
    code = "no_cards"
    message = _("You have no saved card yet.")
    next_step = _("Save a card first.")


def signs_of_cards(user: User) -> list[str]:
    """Return what stands for the cards that have paid for the user's top-ups; equal for whoever else has them."""
    used = Topup.objects.of(user).exclude(fingerprint="")
    return list(used.order_by().values_list("fingerprint", flat=True).distinct())


def require_customer(*, user: User, stripe: Gateway) -> str:
    """The user's customer at Stripe, made where there is none. Two at once make one."""
    profile, _rest = PaymentProfile.objects.get_or_create(user=user)
    if profile.stripe_customer_id:
        return profile.stripe_customer_id
    # A key stands for one request: who has changed their address meanwhile asks with another.
    digest = sha256(f"{user.email}\n{user.name}".encode()).hexdigest()[:12]
    customer_id = stripe.create_customer(
        user_id=user.pk, email=user.email, name=user.name, key=f"customer:{user.pk}:{profile.customers_lost}:{digest}"
    )
    PaymentProfile.objects.filter(user=user, stripe_customer_id=None).update(stripe_customer_id=customer_id)
    profile.refresh_from_db()
    assert profile.stripe_customer_id
    return profile.stripe_customer_id


def start_card_setup(*, user: User, success_url: str, cancel_url: str, now: datetime, key: str | None = None) -> str:
    """The address of Stripe's page on which the user saves a card.

    Raises NotConfigured, StripeUnavailable, Suspended, TooManyPages.
    """
    stripe = gateway.connect()
    require_good_standing(user)
    require_within_rate_limit(user, now)
    with stripe_failures_as_refusals(), customer_checked(user, now):
        customer = require_customer(user=user, stripe=stripe)
        session = stripe.create_setup_session(
            user_id=user.pk,
            customer=customer,
            success_url=success_url,
            cancel_url=cancel_url,
            key=f"setup:{key or uuid4()}",
        )
    if session.url is None:
        raise StripeUnavailable
    return session.url


def open_portal(*, user: User, return_url: str, now: datetime) -> str:
    """The address of Stripe's page on which the user changes and removes cards.

    Raises NoCards, NotConfigured, StripeUnavailable, TooManyPages.
    """
    stripe = gateway.connect()
    require_within_rate_limit(user, now)
    customer = PaymentProfile.of(user).stripe_customer_id
    if customer is None:
        raise NoCards
    with stripe_failures_as_refusals(), customer_checked(user, now):
        return stripe.create_portal_url(customer=customer, return_url=return_url)


@contextmanager
def customer_checked(user: User, now: datetime) -> Iterator[None]:
    """Forget a customer that Stripe no longer knows, so that the next try makes a new one."""
    try:
        yield
    except RejectedByStripe as refused:
        customer = PaymentProfile.of(user).stripe_customer_id if refused.code == "resource_missing" else None
        if customer:
            forget_customer(customer=customer, now=now)
        raise


def forget_customer(*, customer: str, now: datetime) -> None:
    """The customer is gone at Stripe, and the cards with it; automatic top-ups end, and the user is told."""
    for profile in PaymentProfile.objects.filter(stripe_customer_id=customer).select_related("user"):
        _lose_card(profile, now, stripe_customer_id=None, customers_lost=F("customers_lost") + 1)


@transaction.atomic
def _lose_card(profile: PaymentProfile, now: datetime, **changes: Any) -> None:
    """There is no card any more. Of two who notice at once one tells."""
    was_on = profile.auto_topup_enabled
    same = PaymentProfile.objects.filter(
        pk=profile.pk, stripe_customer_id=profile.stripe_customer_id, auto_topup_enabled=was_on
    )
    changed = same.update(has_payment_method=False, auto_topup_enabled=False, **changes)
    if was_on and changed:
        text = _("Your saved card was removed, so automatic top-up is off.")
        tell(user=profile.user, kind="auto_topup_off", subject=_("Automatic top-up is off"), text=text, now=now)


def keep_card(*, session: Session) -> None:
    """A setup session is complete: its customer has a card now."""
    if session.status == "complete" and session.customer and session.payment_method:
        PaymentProfile.objects.filter(stripe_customer_id=session.customer).update(has_payment_method=True)


def refresh_card(*, customer: str, now: datetime) -> bool:
    """Ask Stripe whether the customer has a card. Without one automatic top-ups end, and the user is told."""
    profiles = PaymentProfile.objects.filter(stripe_customer_id=customer)
    has_one = gateway.connect().default_payment_method(customer, now=now) is not None
    if has_one:
        profiles.update(has_payment_method=True)
        return True
    for profile in profiles.select_related("user"):
        _lose_card(profile, now)
    return False


def return_with_card(*, user: User, now: datetime) -> bool:
    """The user is back from Stripe's page for cards: whether they have one now, as far as Stripe can be asked."""
    customer = PaymentProfile.of(user).stripe_customer_id
    if customer is None:
        return False
    with stripe_failures_as_refusals():
        return refresh_card(customer=customer, now=now)


def refresh_all_cards(*, now: datetime) -> int:
    """Ask Stripe about the saved cards, those first that would be charged by themselves; how many are gone.

    Those for which the time does not reach are asked about when they are charged.
    """
    having = PaymentProfile.objects.filter(has_payment_method=True).exclude(stripe_customer_id=None)
    customers = having.order_by("-auto_topup_enabled", "pk").values_list("stripe_customer_id", flat=True)
    asked = in_time(customers[:CARDS_ASKED_MAX], RUN_SECONDS_MAX)
    return sum(not refresh_card(customer=customer, now=now) for customer in asked if customer)
