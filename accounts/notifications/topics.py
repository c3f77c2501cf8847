"""The kinds of notification, grouped in topics that people choose by. Each room registers its own at start."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import MailChoice, Notification, User
from core.words import Words

# Given notifications of a topic, says by id until when each is news; those that are none any more are left out.
NewsUntil = Callable[[Sequence[Notification], datetime], Mapping[int, datetime]]


@dataclass(frozen=True)
class Topic:
    """Kinds of news that are wanted or not wanted together. `mail` is what holds until somebody chooses.

    `is_always_mailed` is for money and safety: its mails can't be turned off. `for_staff` hides it from players.
    `news_until` is for what is no news any more after a while: it is sent nowhere then.
    """

    slug: str
    label: Words
    meaning: Words
    mail: MailChoice = MailChoice.AT_ONCE
    is_always_mailed: bool = False
    for_staff: bool = False
    news_until: NewsUntil | None = None


# What whoever reported something is told. It names them, so the admin leaves it out.
REPORT_HANDLED = "report-handled"

TOPICS: dict[str, Topic] = {}
_KINDS: dict[str, tuple[Topic, Words]] = {}

# For rows whose kind nobody names any more: shown on the site, sent nowhere.
FORGOTTEN = Topic("forgotten", _("Other"), _("What is no longer sent."), mail=MailChoice.NEVER)


def register(topic: Topic, kinds: Mapping[str, Words]) -> None:
    """Make a topic known with its kinds, each with the subject of its mail. Called again, it adds kinds."""
    TOPICS[topic.slug] = topic
    _KINDS.update({kind: (topic, subject) for kind, subject in kinds.items()})


def topic_of(kind: str) -> Topic:
    return _KINDS.get(kind, (FORGOTTEN, ""))[0]


def subject_of(kind: str) -> Words:
    """The subject of a mail about this kind, where the notification brings none."""
    return _KINDS.get(kind, (FORGOTTEN, _("News from clorp")))[1]


def kinds_of(topic: Topic) -> list[str]:
    return [kind for kind, (its, _subject) in _KINDS.items() if its == topic]


def still_news(notes: Iterable[Notification], now: datetime) -> dict[int, datetime | None]:
    """Return until when each is news, by id; None for good. One question for each topic, however many there are."""
    by_topic = defaultdict(list)
    for note in notes:
        by_topic[topic_of(note.kind)].append(note)
    until: dict[int, datetime | None] = {}
    for topic, its in by_topic.items():
        until.update(dict.fromkeys(note.pk for note in its) if topic.news_until is None else topic.news_until(its, now))
    return until


def topics_for(user: User) -> list[Topic]:
    """Return the topics that the user may set preferences for; those that leave least to choose come last."""
    mine = [topic for topic in TOPICS.values() if user.is_staff or not topic.for_staff]
    return sorted(mine, key=lambda topic: topic.is_always_mailed)


ACCOUNT = Topic(
    "account",
    _("Your account"),
    _(
        "How you sign in was changed, a key was made that may spend or move money, or by a program, a program was "
        "let in, a webhook was added, changed or turned off, a browser was told to show your notifications, "
        "moderators did something to your account, or a copy of your data or the end of your account was asked for."
    ),
    is_always_mailed=True,
)
register(
    ACCOUNT,
    {
        "password-changed": _("Your password was changed"),
        "email-changed": _("Your address was changed"),
        "factor-changed": _("Your second factor was changed"),
        "account-changed": _("How you sign in was changed"),
        "key-added": _("A key was made for your account"),
        "program-allowed": _("A program may act for your account"),
        "webhook-added": _("A webhook was added to your account"),
        "webhook-secret": _("A webhook of yours has a new secret"),
        "webhook-disabled": _("A webhook of yours was turned off"),
        "push-added": _("A browser shows your notifications"),
    },
)
