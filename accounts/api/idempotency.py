"""Idempotency-Key: a POST that is sent twice is done once and answered twice.

A long answer is not kept: its view tells it anew to a repeat, as things stand by then (`retell`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import IdempotencyKey, User
from accounts.remembering import KEPT_FOR
from core import clock
from core.api.fields import Body
from core.errors import Invalid, Refused
from core.json import dump
from core.text import kept_within

# A first request that has not answered after this long has died; the next one takes its place.
IN_FLIGHT_MAX = timedelta(seconds=60)
# So it is at once, almost, where the first may still be running for all we know: its verb finds by the reservation what
# the other one made, or stands on a state that only one of them can leave. The shortest window is a minute, and whoever
# repeats a submit that was killed must not wait past its bell.
SHORT_LEASE = timedelta(seconds=5)
KEY = re.compile(r"[\x21-\x7e]{1,200}\Z")
# When to ask again whether it has answered.
ASK_AGAIN_AFTER = timedelta(seconds=1)
# Of an answer. Longer ones hold texts, which are kept once already, where they belong.
KEPT_BYTES_MAX = 8192
# Of an account, and of an agent that belongs to nobody yet.
ANSWERS_MAX, ANSWERS_OF_NOBODY_MAX = 5000, 200


class KeyReused(Refused):
    code = "idempotency_key_reused"
    status = 422
    message = gettext_lazy("This Idempotency-Key came with another request before.")
    next_step = gettext_lazy("Use a new key for a new request.")


class StillInFlight(Refused):
    code = "idempotency_in_flight"
    retryable = True
    message = gettext_lazy("The first request with this Idempotency-Key is still being worked on.")
    next_step = gettext_lazy("Wait a moment, then send it again.")


class TooManyAnswers(Refused):
    code = "too_many_idempotency_keys"
    status = 429
    retryable = True
    message = gettext_lazy("You used as many different Idempotency-Keys within 24 hours as are remembered.")
    next_step = gettext_lazy("Send it without one, or wait. What was sent before can still be repeated.")


Post = Callable[..., HttpResponseBase]


def idempotent(body: type[Body] | None = None, *, lease: timedelta = IN_FLIGHT_MAX) -> Callable[[Post], Post]:
    """Make a `post` handler give its first success again to a repeat with the same key and body.

    `body` is what the handler reads, so that a key that is no key is told together with what is wrong in the body.
    `lease` is how long a request that does not answer keeps its repeat waiting.
    """

    def decorate(post: Post) -> Post:
        @wraps(post)
        def wrapper(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            key = request.headers.get("Idempotency-Key")
            if key is not None and not KEY.match(key):
                raise faults_with_key(view, body)
            if key is None or not request.user.is_authenticated:
                return post(view, request, *args, **kwargs)
            now = clock.now()
            row = reserve(user=request.user, key=key, fingerprint=fingerprint(request), now=now, lease=lease)
            request.idempotency_row = row.pk  # type: ignore[attr-defined]
            if row.status is not None:
                return replay(row, lambda: view.retell(request, *args, **kwargs))
            try:
                response = post(view, request, *args, **kwargs)
            except Exception as error:
                response = view.handle_exception(error)
            record(row, response, may_retell=hasattr(view, "retell"))
            return response

        wrapper.is_idempotent = True  # type: ignore[attr-defined]
        return wrapper

    return decorate


def faults_with_key(view: Any, body: type[Body] | None) -> Exception:
    """Return the refusal of a request whose key is none, which names what is wrong with its body too."""
    view.faults_besides = {"Idempotency-Key": _("A key has up to 200 printable ASCII characters and no spaces.")}
    read = view.shape
    if body is not None:
        try:
            read(body)
        except ValidationError as error:
            return error
    return Invalid(view.faults_besides)


def shown_once(body: dict[str, Any], *, status: int, **secret: str) -> Response:
    """An answer with a secret, stored nowhere: a repeat with the same Idempotency-Key gets null in its place."""
    response = Response({**body, **secret}, status=status)
    response.kept = {**body, **dict.fromkeys(secret)}  # type: ignore[attr-defined]
    return response


def nothing_done(body: dict[str, Any]) -> Response:
    """An answer that only tells something: it is kept for no repeat, which may ask anew."""
    response = Response(body)
    response.did_nothing = True  # type: ignore[attr-defined]
    return response


def verb_key(request: Request) -> str | None:
    """This request's reservation, as the unique key of what a verb creates; None without an Idempotency-Key.

    Not the caller's own text: a day later the same text may stand for another request, which must not be answered
    with what the first one made.
    """
    row = getattr(request, "idempotency_row", None)
    return None if row is None else f"api:{row}"


def fingerprint(request: Request) -> str:
    """SHA-256 of method, path and body, with its texts as they are kept; of a file, its name and its bytes."""
    weighed = {name: _weigh(value) for name, value in request.FILES.items()}
    try:
        packed = orjson.dumps(weighed or kept_within(request.data), default=str, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise ParseError(_("This body is nested too deeply.")) from error
    return hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + packed).hexdigest()


def _weigh(upload: UploadedFile) -> list[str]:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return [upload.name or "", digest.hexdigest()]


def reserve(
    *, user: User, key: str, fingerprint: str, now: datetime, lease: timedelta = IN_FLIGHT_MAX
) -> IdempotencyKey:
    """The row of this key: new (without status) for a first request, else with its answer.

    Raises KeyReused, StillInFlight, TooManyAnswers.
    """
    IdempotencyKey.objects.filter(user=user, created_at__lte=now - KEPT_FOR).delete()
    row, made = IdempotencyKey.objects.get_or_create(
        user=user, key=key, defaults={"request_sha256": fingerprint, "created_at": now}
    )
    if made:
        _require_room(row)
        return row
    if row.request_sha256 != fingerprint:
        raise KeyReused
    if row.status is None:
        dead = IdempotencyKey.objects.filter(pk=row.pk, status=None, created_at__lte=now - lease)
        if not dead.update(created_at=now):
            raise StillInFlight(retry_at=now + ASK_AGAIN_AFTER)
        row.created_at = now
    return row


def _require_room(row: IdempotencyKey) -> None:
    kept = IdempotencyKey.objects.filter(user=row.user)
    if kept.count() > (ANSWERS_OF_NOBODY_MAX if row.user.is_provisional else ANSWERS_MAX):
        row.delete()
        raise TooManyAnswers(retry_at=kept.earliest("created_at").created_at + KEPT_FOR)


def record(row: IdempotencyKey, response: Any, *, may_retell: bool = False) -> None:
    """Keep a success (or what the view says may be kept of it). What was refused is tried again by a repeat."""
    if response.status_code >= 400:
        # Money comes, seats come free, minutes end. The row stays, for the verb may have been done in part before it
        # was refused, or in full before things went wrong: the repeat takes over at once, and finds what it made.
        # Not where one has already: its lease is its own.
        ours = IdempotencyKey.objects.filter(pk=row.pk, created_at=row.created_at, status=None)
        ours.update(created_at=row.created_at - IN_FLIGHT_MAX)
        return
    if getattr(response, "did_nothing", False):
        row.delete()
        return
    row.status = response.status_code
    row.content_type = response.content_type or "application/json"
    kept = getattr(response, "kept", response.data)
    row.body = b"" if kept is None else dump(kept)
    if may_retell and len(row.body) > KEPT_BYTES_MAX:
        row.body = b""
    row.save(update_fields=["status", "content_type", "body"])


def replay(row: IdempotencyKey, retell: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Answer a repeat: as the first was, or by `retell` where that was too long to keep."""
    response: HttpResponseBase
    if row.body or row.status == HTTPStatus.NO_CONTENT:
        response = HttpResponse(bytes(row.body), status=row.status, content_type=row.content_type)
    else:
        response = retell()
    response["Idempotent-Replayed"] = "true"
    return response
