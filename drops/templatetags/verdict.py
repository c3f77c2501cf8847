"""`{% load verdict %}{{ reason|in_words|quoting }}`: what was found about an entry, in the reader's language."""

from django import template
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import pgettext

from accounts.models import User
from core.words import Words
from drops import verdict_words
from drops.models import Drop
from drops.models.rounds import JudgeKind

register = template.Library()
register.filter("in_words", verdict_words.in_words)


def judged_it(drop: Drop, reader: User | AnonymousUser) -> bool:
    return drop.judged_by == JudgeKind.SENDER and drop.sender_id == reader.pk


@register.filter
def judge_for(drop: Drop, reader: User | AnonymousUser) -> Words:
    """Return who gave the verdict that stands, as its `reader` calls them."""
    return pgettext("who judged, to themselves", "you") if judged_it(drop, reader) else drop.judge_in_words


@register.filter
def sureness_for(drop: Drop, reader: User | AnonymousUser) -> str:
    """Return how clear the verdict was, one of three words; nothing to whoever gave it, since they know."""
    return "" if judged_it(drop, reader) else verdict_words.sureness(drop.confidence)
