"""How a call to Stripe can end badly, as the four cases a caller must tell apart.

The SDK's own exceptions end here: they carry whole answers, and their frames carry our key.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from math import ceil
from typing import Any

import stripe
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.retry_after import seconds_asked

RETRY_AFTER_SECONDS = 10


class NotConfigured(Refused):
    code = "stripe_not_configured"
    status = 503
    retryable = False
    message = _("Payments are not set up on this site yet.")
    next_step = _("Come back later.")


class BadWebhook(Refused):
    """Nobody we know has sent this: forged, tampered with, too old, or not an event at all."""

    code = "bad_webhook"
    status = 400
    message = _("This is not an event that Stripe has signed for us.")


class StripeFailure(Exception):
    """The base of all four. `request_id` is Stripe's, for asking them about it."""

    def __init__(self, text: str, *, request_id: str | None = None) -> None:
        super().__init__(text)
        self.request_id = request_id


class Declined(StripeFailure):
    """The card said no; no money moved. `payment_id` is the PaymentIntent that stays behind, unpaid."""

    def __init__(
        self,
        code: str,
        decline_code: str | None = None,
        needs_authentication: bool = False,
        *,
        payment_id: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(f"Card declined: {decline_code or code}.", request_id=request_id)
        self.code = code
        self.decline_code = decline_code
        self.needs_authentication = needs_authentication
        self.payment_id = payment_id


class RejectedByStripe(StripeFailure):
    """Stripe refused this request, did nothing, and will refuse it again under the same key."""

    def __init__(self, code: str, message: str = "", *, request_id: str | None = None) -> None:
        super().__init__(f"Stripe refused ({code}): {message}", request_id=request_id)
        self.code = code
        self.message = message


class IdempotencyMismatch(RejectedByStripe):
    """The idempotency key belongs to a request with other parameters: a bug of ours."""


class OutcomeUnknown(StripeFailure):
    """No answer, or none that says what happened. Only the same key, or a look at Stripe, can tell."""


class TryLater(StripeFailure):
    """Nothing happened. The same request with the same key is welcome later."""

    def __init__(self, retry_after_seconds: int = RETRY_AFTER_SECONDS, *, request_id: str | None = None) -> None:
        super().__init__(f"Stripe asks to wait {retry_after_seconds} s.", request_id=request_id)
        self.retry_after_seconds = retry_after_seconds


class ApiKeyRejected(TryLater):
    """Stripe does not know our API key (401). Nothing happened, and nothing will before an operator mends it."""


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn the SDK's exceptions into ours, and show none of them in the traceback."""
    try:
        yield
    except stripe.StripeError as error:
        # Chained, the SDK's frames would be reported along with ours, and their variables hold our key.
        raise translate(error) from None


def translate(error: stripe.StripeError) -> StripeFailure:
    """The one of the four cases that `error` is. Whatever is not surely a refusal is an unknown outcome."""
    status = error.http_status
    fault = _fault_in(error)
    if status is None or status >= 500 or not fault:
        return OutcomeUnknown(f"{type(error).__name__}, HTTP {status}.", request_id=error.request_id)
    code = str(fault.get("code") or fault.get("type") or "")
    if status == 401:
        return ApiKeyRejected(request_id=error.request_id)
    if _comes_too_early(error, code):
        return TryLater(_retry_after(error), request_id=error.request_id)
    if isinstance(error, stripe.CardError):
        return _declined(code, fault, error.request_id)
    refusal = IdempotencyMismatch if isinstance(error, stripe.IdempotencyError) else RejectedByStripe
    return refusal(code, str(fault.get("message") or ""), request_id=error.request_id)


def _comes_too_early(error: stripe.StripeError, code: str) -> bool:
    """Too many at once, or the first request under this key is still being worked on."""
    if error.http_status == 429 or code in {"rate_limit", "lock_timeout", "idempotency_key_in_use"}:
        return True
    return error.http_status == 409 and not isinstance(error, stripe.IdempotencyError)


def _fault_in(error: stripe.StripeError) -> dict[str, Any]:
    """The body's `error` member; empty where something else than Stripe answered, as a proxy does."""
    body = error.json_body
    fault = body.get("error") if isinstance(body, dict) else None
    return fault if isinstance(fault, dict) else {}


def _declined(code: str, fault: dict[str, Any], request_id: str | None) -> Declined:
    decline_code = fault.get("decline_code")
    intent = fault.get("payment_intent")
    return Declined(
        code,
        decline_code,
        "authentication_required" in (code, decline_code),
        payment_id=intent.get("id") if isinstance(intent, dict) else None,
        request_id=request_id,
    )


def _retry_after(error: stripe.StripeError) -> int:
    given = {name.lower(): value for name, value in (error.headers or {}).items()}.get("retry-after")
    asked = seconds_asked(given)
    return RETRY_AFTER_SECONDS if asked is None else ceil(asked)
