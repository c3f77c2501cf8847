"""By which channels somebody hears of what: the unread badge in the header, mail, their own webhooks, browsers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import MailChoice, Notification, Preference, User
from accounts.notifications.topics import TOPICS, Topic, kinds_of, topics_for


@dataclass(frozen=True)
class Channels:
    """How somebody hears of a topic."""

    bell: bool
    mail: MailChoice
    webhook: bool
    push: bool = True


class Preferences:
    """The preferences of some users about all topics, read in one query."""

    def __init__(self, users: Collection[Any]) -> None:
        self._rows = {(row.user_id, row.topic): row for row in Preference.objects.filter(user__in=users)}

    def channels(self, user_id: UUID, topic: Topic) -> Channels:
        row = self._rows.get((user_id, topic.slug))
        if row is None:
            return default_channels(topic)
        chosen = Channels(row.bell, MailChoice(row.mail), row.webhook, row.push)
        return replace(chosen, mail=MailChoice.AT_ONCE) if topic.is_always_mailed else chosen


def default_channels(topic: Topic) -> Channels:
    """A browser interrupts, so by itself it shows what is worth a mail at once."""
    return Channels(bell=True, mail=topic.mail, webhook=True, push=topic.mail == MailChoice.AT_ONCE)


def without_badge(users: Iterable[User], topic: Topic) -> set[UUID]:
    """Who of them wants no number in the header for this topic."""
    silent = Preference.objects.filter(user__in=[user.pk for user in users], topic=topic.slug, bell=False)
    return set(silent.values_list("user_id", flat=True))


@transaction.atomic
def choose_channels(*, user: User, channels: Mapping[str, Channels]) -> None:
    """Store what the user chose, by topic. Topics that are not theirs to choose by are left alone."""
    for topic in topics_for(user):
        if topic.slug in channels:
            _store(user, topic, channels[topic.slug])


@transaction.atomic
def stop_mails(*, user: User, topics: Collection[str]) -> list[Topic]:
    """No more mails about these topics, as far as they can be turned off; which ones that were."""
    preferences = Preferences([user.pk])
    stopped = [TOPICS[slug] for slug in topics if slug in TOPICS and not TOPICS[slug].is_always_mailed]
    for topic in stopped:
        _store(user, topic, replace(preferences.channels(user.pk, topic), mail=MailChoice.NEVER))
    return stopped


def _store(user: User, topic: Topic, channels: Channels) -> None:
    mail = MailChoice.AT_ONCE if topic.is_always_mailed else channels.mail
    chosen = {"bell": channels.bell, "mail": mail, "webhook": channels.webhook, "push": channels.push}
    Preference.objects.update_or_create(user=user, topic=topic.slug, defaults=chosen)
    if mail != MailChoice.DAILY:
        # What waits for the daily mail was to come that way; it stays on the site.
        waiting = Notification.objects.filter(user=user, digest_at__isnull=False, kind__in=kinds_of(topic))
        waiting.update(digest_at=None)
