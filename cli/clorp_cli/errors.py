"""Failures that end a command: one sentence, until when, what to do next, and an exit code by kind."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import Any

from clorp_cli.words import gettext as _


class Exit(IntEnum):
    """Exit codes. docs/cli.md has the same table."""

    DONE = 0
    BUG = 1
    USAGE = 2
    SIGN_IN = 3
    NOT_FOUND = 4
    REFUSED = 5
    MONEY = 6
    LATER = 7
    AWAY = 8
    ENDED = 9
    INTERRUPTED = 130


BY_STATUS = {
    400: Exit.USAGE,
    401: Exit.SIGN_IN,
    402: Exit.MONEY,
    404: Exit.NOT_FOUND,
    408: Exit.LATER,
    413: Exit.USAGE,
    415: Exit.USAGE,
    422: Exit.USAGE,
    429: Exit.LATER,
}


class Failure(Exception):
    """A command that did not do what it was asked. `document` is what a program is given on stdout."""

    def __init__(
        self,
        message: str,
        exit_code: Exit,
        *,
        code: str = "",
        next_step: str = "",
        until: datetime | None = None,
        fields: list[tuple[str, str]] | None = None,
        document: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.exit_code, self.next_step, self.until = message, exit_code, next_step, until
        self.fields = fields or []
        self.code = code or exit_code.name.lower()
        self.document = document or {"error": message, "code": self.code, "next_step": next_step}


def wrong_usage(message: str, next_step: str = "") -> Failure:
    return Failure(message, Exit.USAGE, next_step=next_step)


def refusal(status: int, document: dict[str, Any], *, until: datetime | None) -> Failure:
    """Return the failure that a problem document of the site tells of."""
    exit_code = BY_STATUS.get(status, Exit.AWAY if status >= 500 else Exit.REFUSED)
    if exit_code in {Exit.AWAY, Exit.REFUSED} and "retryable" in document:
        exit_code = Exit.LATER if document["retryable"] else Exit.REFUSED
    next_step = str(document.get("next_step") or "")
    if status == 401:
        next_step = _("Sign in: clorp login")
    if status == 402 and document.get("id"):
        short = _cents(document.get("required")) - _cents(document.get("available"))
        next_step = _("clorp wallet topup {dollars}, then clorp pay {id}. The drop waits unpaid.").format(
            dollars=f"{max(short, 500) / 100:.2f}", id=document["id"]
        )
    return Failure(
        str(document.get("error") or document.get("detail") or _("The site answered {status}.").format(status=status)),
        exit_code,
        code=str(document.get("code") or ""),
        next_step=next_step,
        until=until,
        fields=_fields(document.get("errors")),
        document=document,
    )


def _cents(told: Any) -> int:
    return told if isinstance(told, int) else 0


def _fields(told: Any) -> list[tuple[str, str]]:
    """Return what is wrong by field, as far as this is what was told."""
    errors = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return [(str(one.get("field")), str(one.get("error"))) for one in errors]
