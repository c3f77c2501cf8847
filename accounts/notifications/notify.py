"""Telling people what happened to them.

The verb that causes the news writes one row for each person, in its own transaction. What follows from it by mail or
webhook is the business of `notices.routing`, so nothing here waits and nothing can fail the verb. Open pages hear of it
at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import override

from accounts.models import Notification, Preference, User
from accounts.models.notifications import SUBJECT_CHARS_MAX, TEXT_CHARS_MAX
from accounts.notifications.preferences import without_badge
from accounts.notifications.topics import subject_of, topic_of
from core.languages import supported
from core.live.pubsub import ring_for
from core.text import cut, one_line
from core.words import Words, in_language_of


def notify(
    users: Iterable[User],
    *,
    kind: str,
    text: Words,
    href: str,
    now: datetime,
    subject: Words = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Leave the same plain-text note for each of `users`, in their language; `href` is a path on this site.

    `text` is lazy, so that it is said to each as they read. `subject` heads the mail, else the kind's own; `data` says
    for programs what it is about (JSON).
    """
    people = list(users)
    if not people:
        return
    silent = without_badge(people, topic_of(kind))
    notes = []
    for user in people:
        with in_language_of(user):
            head, body = _heading(subject or subject_of(kind)), _body(text)
        # Who wants no number finds it in the list, as read.
        read_at = now if user.pk in silent else None
        told = {"subject": head, "text": body, "href": href, "data": data or {}}
        notes.append(Notification(user=user, kind=kind, **told, created_at=now, read_at=read_at))
    Notification.objects.bulk_create(notes)
    ring_for(user.pk for user in people if user.pk not in silent)


def _heading(subject: Words) -> str:
    return cut(one_line(str(subject)), SUBJECT_CHARS_MAX)


def _body(text: Words) -> str:
    return cut(str(text), TEXT_CHARS_MAX)


def notify_all(
    people: QuerySet[User], *, kind: str, text: Words, href: str, now: datetime, subject: Words, data: dict[str, Any]
) -> None:
    """As `notify`, for everybody whom a query finds, each in their language: one statement however many."""
    silent = Preference.objects.filter(user=OuterRef("pk"), topic=topic_of(kind).slug, bell=False)
    query, parameters = people.order_by().values_list("pk", Exists(silent), "language").query.sql_with_params()
    default = supported(settings.LANGUAGE_CODE)
    worded, languages = [], [language for language, _name in settings.LANGUAGES]
    for language in languages:
        with override(language):
            worded.append([language, _heading(subject), _body(text)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO accounts_notification (user_id, kind, subject, text, href, data, created_at, read_at)
                SELECT id, %s, words.subject, words.text, %s, %s::jsonb, %s,
                    CASE WHEN is_silent THEN %s::timestamptz END
                FROM ({query}) AS people (id, is_silent, language)
                JOIN (VALUES {", ".join(["(%s, %s, %s)"] * len(worded))}) AS words (language, subject, text)
                ON words.language = CASE WHEN people.language = ANY(%s) THEN people.language ELSE %s END
                RETURNING user_id, read_at IS NULL""",  # noqa: S608  (made by Django, with its parameters beside it)
            [kind, href, json.dumps(data), now, now, *parameters, *chain(*worded), languages, default],
        )
        ring_for(user_id for user_id, is_unread in cursor.fetchall() if is_unread)


def mark_read(*, user: User, now: datetime, only: int | None = None) -> int:
    """Mark the user's notes as read, or the one with the id `only`; how many there were."""
    unread = Notification.objects.filter(user=user, read_at__isnull=True)
    if only is not None:
        unread = unread.filter(pk=only)
    were_unread = unread.update(read_at=now)
    if were_unread:
        ring_for([user.pk])
    return were_unread
