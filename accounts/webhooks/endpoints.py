"""A user's own webhook addresses: adding, trying, changing the secret of, and taking them away."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.changes import require_few_changes
from accounts.keys import Maker, within_reach
from accounts.models import User, WebhookDelivery, WebhookEndpoint
from accounts.notifications.notify import notify
from accounts.notifications.routing import body_of
from accounts.permissions import require_good_standing
from accounts.webhooks.guard import require_valid_url
from accounts.webhooks.signing import secret_of
from core.errors import Refused

ENDPOINTS_MAX = 5
OLD_SECRET_GOOD_FOR = timedelta(hours=24)
TEST_EVERY = timedelta(seconds=10)
TEST = "test"
PAGE = "/me/webhooks"


class TooManyWebhooks(Refused):
    code = "too_many_webhooks"
    message = format_lazy(gettext_lazy("You have {most} webhooks, the most allowed."), most=ENDPOINTS_MAX)
    next_step = gettext_lazy("Remove one that you no longer use.")


class DoubledWebhook(Refused):
    code = "doubled_webhook"
    message = gettext_lazy("You have a webhook with this address already.")


class NoSuchWebhook(Refused):
    code = "no_such_webhook"
    status = 404
    message = gettext_lazy("You have no such webhook; it may have been removed already.")


class WebhookIsOff(Refused):
    code = "webhook_is_off"
    message = gettext_lazy("This webhook is turned off, because its address did not answer for days.")
    next_step = gettext_lazy("Turn it on again first.")


class TestedJustNow(Refused):
    code = "tested_just_now"
    status = 429
    message = format_lazy(gettext_lazy("One test every {seconds} seconds is enough."), seconds=TEST_EVERY.seconds)


@transaction.atomic
def add_webhook(*, user: User, url: str, now: datetime, by: Maker | None = None) -> tuple[WebhookEndpoint, str]:
    """A new address and its secret, which is shown once. The user is told by mail: it may have been a stolen key.

    `by` is the key or the token that asks, if one does.

    Raises Invalid, TooManyWebhooks, DoubledWebhook, TooManyChanges, Suspended.
    """
    require_good_standing(user)
    url = require_valid_url(url)
    # One at a time for each user, or two requests at once could both pass the limit.
    User.objects.lock(user.pk)
    mine = WebhookEndpoint.objects.filter(user=user)
    if mine.filter(url=url).exists():
        raise DoubledWebhook
    if mine.count() >= ENDPOINTS_MAX:
        raise TooManyWebhooks
    require_few_changes(user=user, kind="webhook-added", now=now)
    endpoint = WebhookEndpoint.objects.create(
        user=user, url=url, created_at=now, program="" if by is None else by.program
    )
    text = gettext_lazy(
        "A webhook was added to your account: from now on your notifications are sent there. If that was not you, "
        "remove it, and revoke your keys."
    )
    notify([user], kind="webhook-added", text=text, href=PAGE, data={"webhook_id": str(endpoint.pk)}, now=now)
    return endpoint, secret_of(endpoint.secret_id)


def find_webhook(*, user: User, endpoint_id: UUID, by: Maker | None = None) -> WebhookEndpoint:
    """One of the user's own that `by` may change. Raises NoSuchWebhook."""
    endpoint = WebhookEndpoint.objects.filter(**within_reach(user, by), pk=endpoint_id).first()
    if endpoint is None:
        raise NoSuchWebhook
    return endpoint


def remove_webhook(*, user: User, endpoint_id: UUID, by: Maker | None = None) -> None:
    """Take an address away, with what waits for it. Raises NoSuchWebhook."""
    find_webhook(user=user, endpoint_id=endpoint_id, by=by).delete()


@transaction.atomic
def renew_secret(
    *, user: User, endpoint_id: UUID, now: datetime, by: Maker | None = None
) -> tuple[WebhookEndpoint, str]:
    """A new secret; for a day messages are signed with the old one too. The user is told by mail, as of a new webhook.

    Raises NoSuchWebhook, TooManyChanges, Suspended.
    """
    require_good_standing(user)
    endpoint = _lock(user, endpoint_id, by)
    require_few_changes(user=user, kind="webhook-secret", now=now)
    endpoint.old_secret_id, endpoint.old_secret_until = endpoint.secret_id, now + OLD_SECRET_GOOD_FOR
    endpoint.secret_id = uuid.uuid4()
    endpoint.save(update_fields=["secret_id", "old_secret_id", "old_secret_until"])
    text = gettext_lazy(
        "A webhook of yours has a new secret; the old one is good for another day. If that was not you, revoke your "
        "keys, and make another secret."
    )
    notify([user], kind="webhook-secret", text=text, href=PAGE, data={"webhook_id": str(endpoint.pk)}, now=now)
    return endpoint, secret_of(endpoint.secret_id)


@transaction.atomic
def turn_on(*, user: User, endpoint_id: UUID, now: datetime) -> WebhookEndpoint:
    """Send to an address again that was turned off, from the next message on. Raises NoSuchWebhook, Suspended."""
    require_good_standing(user)
    endpoint = _lock(user, endpoint_id)
    endpoint.disabled_at, endpoint.disabled_reason = None, ""
    endpoint.failures, endpoint.failing_since = 0, None
    endpoint.save(update_fields=["disabled_at", "disabled_reason", "failures", "failing_since"])
    return endpoint


@transaction.atomic
def send_test(*, user: User, endpoint_id: UUID, now: datetime, by: Maker | None = None) -> WebhookDelivery:
    """Put a message of the type `test` into the queue. Raises NoSuchWebhook, WebhookIsOff, TestedJustNow, Suspended."""
    require_good_standing(user)
    endpoint = _lock(user, endpoint_id, by)
    if endpoint.is_disabled:
        raise WebhookIsOff
    last = endpoint.deliveries.filter(kind=TEST).order_by("-created_at").first()
    if last is not None and now < last.created_at + TEST_EVERY:
        raise TestedJustNow(retry_at=last.created_at + TEST_EVERY)
    data: dict[str, Any] = {"webhook_id": str(endpoint.pk), "text": _("This is a test.")}
    return WebhookDelivery.objects.create(
        endpoint=endpoint, kind=TEST, body=body_of(TEST, now, data), created_at=now, next_attempt_at=now
    )


def _lock(user: User, endpoint_id: UUID, by: Maker | None = None) -> WebhookEndpoint:
    held = WebhookEndpoint.objects.select_for_update(no_key=True)
    endpoint = held.filter(**within_reach(user, by), pk=endpoint_id).first()
    if endpoint is None:
        raise NoSuchWebhook
    return endpoint
