"""How Stripe says no, in its own shape."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer other than 200. `saved`: whether the idempotency key will replay it."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        saved: bool = True,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.saved = saved
        self.headers = headers or {}
        self.body: dict[str, Any] = {"error": {"type": kind, "message": message, **more}}
        if code:
            self.body["error"]["code"] = code


def bad_parameter(message: str, *, code: str | None, param: str) -> ApiError:
    """Refused before any work began, so the key stays free."""
    return ApiError(400, message, code=code, param=param, saved=False)


def missing(what: str, thing_id: str) -> ApiError:
    return ApiError(404, f"No such {what}: '{thing_id}'", code="resource_missing", param="id")


def declined(intent: dict[str, Any], *, decline_code: str) -> ApiError:
    """402, with the PaymentIntent that stays behind."""
    code = "authentication_required" if decline_code == "authentication_required" else "card_declined"
    return ApiError(
        402, "Your card was declined.", kind="card_error", code=code, decline_code=decline_code, payment_intent=intent
    )
