"""The one connection to Stripe, made from the settings."""

from __future__ import annotations

import functools

import stripe
from django.conf import settings

from wallet.gateway.connect import Connect
from wallet.gateway.failures import NotConfigured
from wallet.gateway.history import History
from wallet.gateway.payments import Payments

# The SDK would otherwise write an id of this machine into the home directory and send it along.
stripe.enable_telemetry = False


class Gateway(Payments, Connect, History):
    """Stripe, as far as clorp uses it. Not to be called inside a transaction: it waits on the network.

    Bad ends are Declined, RejectedByStripe, OutcomeUnknown and TryLater; reading methods raise the last three only.
    Every `key` is an idempotency key of the caller's, made from the id of the row that wants the effect.
    """

    def __init__(self, client: stripe.StripeClient, *, livemode: bool) -> None:
        self._client = client
        self.livemode = livemode

    def __repr__(self) -> str:
        return f"Gateway(livemode={self.livemode})"


def connect() -> Gateway:
    """The gateway for the configured key. Raises NotConfigured where there is none. Makes no call."""
    key = settings.STRIPE_SECRET_KEY
    if not key:
        raise NotConfigured
    return _gateway(
        key,
        settings.STRIPE_API_BASE,
        (settings.STRIPE_CONNECT_SECONDS_MAX, settings.STRIPE_ANSWER_SECONDS_MAX),
        settings.STRIPE_RETRIES_MAX,
    )


def is_live() -> bool:
    """Whether the configured key moves real money, and not a sandbox's."""
    key: str = settings.STRIPE_SECRET_KEY
    return key.startswith(("sk_live_", "rk_live_"))


@functools.lru_cache(maxsize=4)
def _gateway(key: str, base: str, seconds_max: tuple[float, float], retries_max: int) -> Gateway:
    """Kept, because a new client would shake hands anew for every call."""
    client = stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else {},
        max_network_retries=retries_max,
        http_client=stripe.RequestsClient(timeout=seconds_max),
    )
    return Gateway(client, livemode=is_live())
