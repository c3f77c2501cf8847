"""Where a user's winnings go: their own account at Stripe, and whether it can take money yet."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import require_good_standing
from core.errors import Invalid, Refused
from wallet import gateway
from wallet.gateway import Gateway, RejectedByStripe, StripeFailure
from wallet.models import USD, PaymentProfile, StripeEvent
from wallet.notifications import tell, tell_of_payout_account
from wallet.outages import stripe_failures_as_refusals
from wallet.rate_limit import require_within_rate_limit
from wallet.signals import signs_known

log = logging.getLogger(__name__)

PAYOUTS_SHOWN = 10
PLACES_MAX = 50
COUNTRY = re.compile(r"[A-Z]{2}\Z")
AccountStatus = PaymentProfile.AccountStatus


class NotConnected(Refused):
    code = "not_connected"
    message = gettext_lazy("Winnings are paid out to your account at Stripe, and you have none yet that can take them.")
    next_step = gettext_lazy("Set up payouts on your wallet's page; it takes a few minutes.")


def start_onboarding(
    *, user: User, refresh_url: str, return_url: str, now: datetime, country: str | None = None
) -> str:
    """The address of Stripe's onboarding for this user, good once and for minutes; they are told of it. Their account
    is made once.

    `country` is an ISO 3166-1 code of two letters, asked for where the account is new. Raises Invalid, NotConfigured,
    StripeUnavailable, Suspended, TooManyPages.
    """
    stripe = gateway.connect()
    require_good_standing(user)
    require_within_rate_limit(user, now)
    where = (country or settings.CONNECT_COUNTRY).strip().upper()
    if not COUNTRY.match(where):
        raise Invalid({"country": _("A country is two letters, such as US.")})
    if settings.CONNECT_COUNTRIES and where not in settings.CONNECT_COUNTRIES:
        *most, last = sorted(settings.CONNECT_COUNTRIES)
        named = _("{countries} and {last}").format(countries=", ".join(most), last=last) if most else last
        fault = _("Payouts go to {countries} so far. Your prizes stay yours and can be spent on drops.")
        raise Invalid({"country": fault.format(countries=named)})
    profile, _is_new = PaymentProfile.objects.get_or_create(user=user)
    with stripe_failures_as_refusals():
        if profile.stripe_account_id is None:
            made = _create_account(stripe, user, where)
            PaymentProfile.objects.filter(user=user, stripe_account_id=None).update(
                stripe_account_id=made, stripe_account_status=AccountStatus.PENDING
            )
            profile.refresh_from_db()
        assert profile.stripe_account_id
        account = profile.stripe_account_id
        url = stripe.create_account_link(account=account, refresh_url=refresh_url, return_url=return_url)
    tell_of_payout_account(user=user, now=now)
    return url


def _create_account(stripe: Gateway, user: User, where: str) -> str:
    key = f"connect:{user.pk}:{where}:{user.email}"
    try:
        if where in settings.CONNECT_RECIPIENT_COUNTRIES:
            return stripe.create_recipient(user_id=user.pk, email=user.email, country=where, key=f"{key}:recipient")
        return stripe.create_account(user_id=user.pk, email=user.email, country=where, key=key)
    except RejectedByStripe as refused:
        log.warning("no payout account", extra={"country": where, "failure": str(refused)})
        sentence = _(
            "Stripe would not set up payouts for {where}. Check the two letters: it is not everywhere."
        ).format(where=where)
        raise Invalid({"country": sentence}) from None


def refresh_account(*, account: str, now: datetime) -> PaymentProfile | None:
    """Ask Stripe whether this account can take money, and what is still missing. None if it is nobody's here."""
    profile = PaymentProfile.objects.filter(stripe_account_id=account).select_related("user").first()
    if profile is None:
        return None
    stripe_account = gateway.connect().get_account(account)
    set_status(
        profile=profile, active=stripe_account.can_receive, requirements=list(stripe_account.requirements), now=now
    )
    try:
        refresh_payout_places(account=account, now=now)
    except StripeFailure as failure:  # Whether the account can take money does not hang on it.
        log.warning("payout places not seen", extra={"account": account, "failure": str(failure)})
    return profile


def refresh_payout_places(*, account: str, now: datetime) -> None:
    """Keep what stands for the bank accounts that an account is paid to, also of those it no longer is."""
    profile = PaymentProfile.objects.filter(stripe_account_id=account).select_related("user").first()
    if profile is None:
        return
    seen = gateway.connect().list_payout_fingerprints(account)
    known = [*dict.fromkeys([*profile.payout_fingerprints, *seen])][-PLACES_MAX:]
    PaymentProfile.objects.filter(pk=profile.pk).update(payout_fingerprints=known)
    if known != profile.payout_fingerprints:
        signs_known.send(sender=PaymentProfile, user=profile.user, now=now)


def signs_of_payouts(user: User) -> list[str]:
    """Return what stands for the bank accounts that the user was ever paid to; equal for whoever else has them."""
    return list(PaymentProfile.of(user).payout_fingerprints)


def return_from_onboarding(*, user: User, now: datetime) -> PaymentProfile | None:
    """The user is back from Stripe, which proves nothing: ask. None where they have no account."""
    account = PaymentProfile.of(user).stripe_account_id
    if account is None:
        return None
    with stripe_failures_as_refusals():
        return refresh_account(account=account, now=now)


def disconnect_account(*, account: str, now: datetime) -> None:
    """Its owner has cut us off: nothing can be sent there until they connect again."""
    profile = PaymentProfile.objects.filter(stripe_account_id=account).select_related("user").first()
    if profile is not None:
        set_status(profile=profile, active=False, requirements=[], now=now)


def set_status(*, profile: PaymentProfile, active: bool, requirements: list[str], now: datetime) -> None:
    """Store what the account can do; its owner is told where it lost something."""
    before = profile.stripe_account_status
    status = AccountStatus.ACTIVE if active else AccountStatus.PENDING
    changed = PaymentProfile.objects.filter(pk=profile.pk, stripe_account_status=before).update(
        stripe_account_status=status, stripe_account_requirements=requirements
    )
    profile.stripe_account_status, profile.stripe_account_requirements = status, requirements
    if changed and before == AccountStatus.ACTIVE and not active:
        tell(
            user=profile.user,
            kind="payouts_paused",
            subject=gettext_lazy("Payouts are paused"),
            text=gettext_lazy("Stripe can't take payouts for you right now. Open your wallet to see what is missing."),
            now=now,
        )


def tell_payout_failed(*, account: str, now: datetime) -> None:
    """The owner's bank refused what Stripe paid out. The money is in their account at Stripe, no longer with us."""
    profile = PaymentProfile.objects.filter(stripe_account_id=account).select_related("user").first()
    if profile is not None:
        text = gettext_lazy(
            "Your bank refused a payout from Stripe. The money waits in your account at Stripe; correct your bank "
            "details there."
        )
        tell(
            user=profile.user,
            kind="payout_failed",
            subject=gettext_lazy("Your bank refused a payout"),
            text=text,
            now=now,
        )


@dataclass(frozen=True)
class Payout:
    """A payout from the user's account at Stripe to their bank; `cents` is None where it was not in dollars."""

    at: datetime
    cents: int | None
    failed: bool


def payouts_of(user: User) -> list[Payout]:
    """The newest payouts, each as it was last heard of. It is no money of ours any more, so no ledger has them."""
    account = PaymentProfile.of(user).stripe_account_id
    if account is None:
        return []
    newest: dict[str | None, Payout] = {}
    for event in StripeEvent.objects.payouts_of(account).order_by("-created", "-received_at")[:PAYOUTS_SHOWN]:
        payout = (event.payload.get("data") or {}).get("object") or {}
        cents = payout.get("amount") if payout.get("currency") == USD else None
        newest.setdefault(event.object_id, Payout(event.created, cents, event.type.endswith("failed")))
    return list(newest.values())


def profile_of(user: User) -> PaymentProfile:
    """The user's profile, or one that says: nothing set up."""
    return PaymentProfile.of(user)


def connection_of(user: User) -> str:
    """`not_connected`, `pending` or `active`."""
    return profile_of(user).stripe_account_status or "not_connected"
