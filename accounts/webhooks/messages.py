"""The messages to a user's webhooks, whether or not they have one: their notifications, as they are sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from accounts.models import Notification, User
from accounts.notifications.preferences import Preferences
from accounts.notifications.routing import message_body
from accounts.notifications.shown import as_shown
from accounts.notifications.topics import TOPICS, kinds_of, still_news

# As long as somebody who listens may be away and still miss nothing.
KEPT = timedelta(days=3)
# Notifications are numbered when they are written and seen when their verb has committed: a number may be seen late.
LATE = timedelta(minutes=1)
AT_ONCE_MAX = 100


@dataclass(frozen=True)
class Message:
    """One message to a webhook: its id, the same each time, and the very text that is signed."""

    number: int
    id: str
    type: str
    created_at: datetime
    body: str


def notices_for(user: User, *, now: datetime) -> QuerySet[Notification]:
    """Return the notifications of the last days that the user wants webhooks to be sent."""
    preferences = Preferences({user.pk})
    kinds = [
        kind for topic in TOPICS.values() if preferences.channels(user.pk, topic).webhook for kind in kinds_of(topic)
    ]
    return Notification.objects.filter(user=user, kind__in=kinds, created_at__gt=now - KEPT)


def messages_of(notes: Iterable[Notification], *, now: datetime) -> list[Message]:
    """Return the messages of those that are news still."""
    notes = as_shown(list(notes))
    news = still_news(notes, now)
    return [
        Message(note.pk, f"msg_{note.pk}", note.kind.replace("-", "_"), note.created_at, message_body(note))
        for note in notes
        if note.pk in news
    ]


class Listener:
    """Somebody who is told each message once, as they come; `number` is the newest that they know of."""

    def __init__(self, user: User, number: int | None, *, now: datetime) -> None:
        """Begin behind `number`, or with what comes from now on."""
        self.user = user
        self.number = newest_number(user) if number is None else number
        self.told = set() if number is not None else self._late(now)

    def _late(self, now: datetime) -> set[int]:
        """Return what may have been written after a higher number, as far as it is seen already."""
        lately = Notification.objects.filter(user=self.user, created_at__gt=now - LATE)
        return set(lately.values_list("pk", flat=True))

    def next_messages(self, *, now: datetime) -> list[Message]:
        """Return what has come, oldest first; whoever begins behind a number may get its last minute again."""
        while notes := self._next_notes(now):
            self.told |= {note.pk for note in notes}
            self.number = max(self.number, *(note.pk for note in notes))
            # Where none of so many is news any more, there may be some behind them.
            if messages := messages_of(notes, now=now):
                return messages
        return []

    def _next_notes(self, now: datetime) -> list[Notification]:
        behind = (
            Notification.objects.filter(user=self.user, pk=self.number).values_list("created_at", flat=True).first()
        )
        since = Q(pk__gt=self.number) | Q(created_at__gt=(behind or now) - LATE)
        return list(
            notices_for(self.user, now=now).filter(since).exclude(pk__in=self.told).order_by("pk")[:AT_ONCE_MAX]
        )


def newest_number(user: User) -> int:
    newest = Notification.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0
