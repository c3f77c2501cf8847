"""The browsers that show somebody's notifications: adding one, trying it, taking it away."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.changes import require_few_changes
from accounts.models import PushDelivery, PushSubscription, User
from accounts.models.push import AUTH_CHARS, ENDPOINT_CHARS_MAX, LABEL_CHARS_MAX, P256DH_CHARS
from accounts.notifications.notify import notify
from accounts.permissions import require_good_standing
from accounts.push import base64url
from accounts.push.encrypting import AUTH_BYTES, read_public_key
from accounts.webhooks.guard import require_valid_url
from core.errors import Invalid, Refused
from core.text import apart, cut, one_line

SUBSCRIPTIONS_MAX = 10
# Under which name a session knows the subscription of its browser.
IN_SESSION = "push_subscription"
TEST = "test"
TEST_EVERY = timedelta(seconds=10)
PAGE = "/me/notifications/settings"


ADDED = gettext_lazy(
    "{browser} shows your notifications from now on. If that wasn't you, remove it and end its session."
)


class TooManyBrowsers(Refused):
    code = "too_many_browsers"
    message = format_lazy(gettext_lazy("Notifications can be on in at most {most} browsers."), most=SUBSCRIPTIONS_MAX)
    next_step = gettext_lazy("Remove one that you no longer use, under Notification settings.")


class NoSuchBrowser(Refused):
    code = "no_such_browser"
    status = 404
    message = gettext_lazy("This browser doesn't show your notifications any more.")


class PushTestedJustNow(Refused):
    code = "push_tested_just_now"
    status = 429
    message = format_lazy(gettext_lazy("One test every {seconds} seconds is enough."), seconds=TEST_EVERY.seconds)


@transaction.atomic
def add_browser(
    *, user: User, endpoint: str, p256dh: str, auth: str, label: str, now: datetime, session_key: str = ""
) -> PushSubscription:
    """Show the user's notifications in a browser from now on, which its push service knows as `endpoint`.

    A browser shows one account's: whoever turns it on last. The user is told by mail: it may have been somebody else.
    Raises Invalid, TooManyBrowsers, TooManyChanges, Suspended.
    """
    require_good_standing(user)
    endpoint = _require_valid(endpoint, p256dh, auth)
    # One at a time for each user, or two requests at once could both pass the limit.
    User.objects.lock(user.pk)
    PushSubscription.objects.filter(endpoint=endpoint).exclude(user=user).delete()
    others = PushSubscription.objects.filter(user=user).exclude(endpoint=endpoint)
    if others.count() >= SUBSCRIPTIONS_MAX:
        raise TooManyBrowsers
    known = {"p256dh": p256dh, "auth": auth, "session_key": session_key, "failing_since": None}
    new = {"label": cut(one_line(label), LABEL_CHARS_MAX), "created_at": now}
    row, is_new = PushSubscription.objects.update_or_create(
        endpoint=endpoint, user=user, defaults=known, create_defaults={**known, **new}
    )
    if is_new:
        require_few_changes(user=user, kind="push-added", now=now)
        text = format_lazy(ADDED, browser=apart(row.label))
        notify([user], kind="push-added", text=text, href=PAGE, now=now)
    return row


def _require_valid(endpoint: str, p256dh: str, auth: str) -> str:
    try:
        endpoint = require_valid_url(endpoint, chars_max=ENDPOINT_CHARS_MAX)
    except Invalid as invalid:
        raise Invalid({"endpoint": invalid.errors["url"]}) from None
    errors = {}
    try:
        read_public_key(base64url.decode(p256dh))
        is_point = len(p256dh) == P256DH_CHARS
    except ValueError:
        is_point = False
    if not is_point:
        errors["p256dh"] = _("Invalid browser key.")
    try:
        is_secret = len(base64url.decode(auth)) == AUTH_BYTES and len(auth) == AUTH_CHARS
    except ValueError:
        is_secret = False
    if not is_secret:
        errors["auth"] = _("Invalid browser secret.")
    if errors:
        raise Invalid(errors)
    return endpoint


def remove_browser(*, user: User, subscription_id: UUID) -> None:
    """Show nothing there any more, with what waits for it. Raises NoSuchBrowser."""
    deleted, _by_model = PushSubscription.objects.filter(user=user, pk=subscription_id).delete()
    if not deleted:
        raise NoSuchBrowser


def forget_browser_of_session(*, user: User, session_key: str) -> None:
    """Show nothing in a browser whose session ends: whoever uses it next is perhaps somebody else."""
    if session_key:
        PushSubscription.objects.filter(user=user, session_key=session_key).delete()


@transaction.atomic
def forget_other_browsers(*, user: User, kept: str, session_key: str) -> None:
    """Show nothing where a new password has ended the session: everywhere but in the browser it was set in.

    `kept` is that one's subscription, if it has one, and `session_key` the new name of its session.
    """
    mine = PushSubscription.objects.filter(user=user)
    if kept and session_key:
        mine.filter(pk=kept).update(session_key=session_key)
    mine.exclude(session_key="").exclude(session_key=session_key).delete()


def forget_browsers_without_session(*, now: datetime) -> int:
    """Show nothing in browsers whose sessions have run out. Returns how many rows went."""
    live = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    ended = PushSubscription.objects.exclude(session_key="").filter(~Exists(live))
    return ended.delete()[0]


@transaction.atomic
def send_test_push(*, user: User, subscription_id: UUID, now: datetime) -> PushDelivery:
    """Put a message that says it is a test into the queue. Raises NoSuchBrowser, PushTestedJustNow, Suspended."""
    require_good_standing(user)
    mine = PushSubscription.objects.select_for_update(no_key=True).filter(user=user, pk=subscription_id)
    subscription = mine.first()
    if subscription is None:
        raise NoSuchBrowser
    last = subscription.deliveries.filter(kind=TEST).order_by("-created_at").first()
    if last is not None and now < last.created_at + TEST_EVERY:
        raise PushTestedJustNow(retry_at=last.created_at + TEST_EVERY)
    body = json.dumps({"id": TEST, "title": "clorp", "text": _("It works: this is a test."), "path": PAGE})
    return PushDelivery.objects.create(
        subscription=subscription, kind=TEST, body=body, created_at=now, next_attempt_at=now
    )
