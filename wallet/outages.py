"""Shared by all calls to Stripe: how long to wait between tries, and how trouble is told to people."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.queue import Queued, back_off
from wallet.gateway import OutcomeUnknown, StripeFailure, TryLater
from wallet.signals import came_to_wait

log = logging.getLogger(__name__)

Row = TypeVar("Row", bound=Queued)


class StripeUnavailable(Refused):
    code = "stripe_away"
    status = 503
    message = _("Stripe did not answer as it should.")
    next_step = _("Try again in a few minutes.")


def try_again_later(row: Queued, failure: TryLater | OutcomeUnknown, now: datetime, **changes: Any) -> None:
    """Put a leased row back after a call that decided nothing: later each time, and not before Stripe asked for."""
    at = back_off(now, row.tries)
    if isinstance(failure, TryLater):
        at = max(at, now + timedelta(seconds=failure.retry_after_seconds))
    row.put_back(at, str(failure), tries=row.tries + 1, **changes)


def leave_to_a_person(row: Row, at: datetime | None, error: str, now: datetime) -> Row:
    """Put a leased row back for staff to look at; it is tried again by itself at most `at` that time."""
    row.put_back(at, error)
    came_to_wait.send(sender=type(row), row=row, now=now)
    return row


@contextmanager
def stripe_failures_as_refusals() -> Iterator[None]:
    """For calls a person waits for: trouble at Stripe becomes a refusal, and a line in the log for us."""
    try:
        yield
    except StripeFailure as failure:
        log.warning("stripe failed a visitor", extra={"failure": str(failure), "stripe_request": failure.request_id})
        raise StripeUnavailable from failure
