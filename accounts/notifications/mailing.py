"""Mails out of the queue: what they say, and what becomes of the row."""

from __future__ import annotations

import logging
import re
import smtplib
from datetime import datetime
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Mail, MailChoice, Notification
from accounts.notifications.preferences import Preferences
from accounts.notifications.shown import as_shown
from accounts.notifications.topics import still_news, topic_of
from accounts.notifications.unsubscribing import path_for
from core.queue import back_off
from core.words import in_language_of

log = logging.getLogger(__name__)

TRIES_MAX = 12
NOTES_MAX = 40
# What many servers say of why (RFC 3463), and which of that is about the mailbox or the letter: the address, unless it
# is ours (5.1.7, 5.1.8), the mailbox, the size, the content.
WHY = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
ABOUT_LETTER = re.compile(r"5\.(1\.(?![78]$)\d+|2\.\d+|3\.4|6\.\d+)")


def send_mail(*, mail_id: UUID, now: datetime) -> bool:
    """Send one mail; whether it went out. What fails waits longer each time; what is refused for good waits no more.

    A crash right after sending repeats it, under the same Message-ID.
    """
    mail = Mail.objects.take(mail_id, now)
    if mail is None:
        return False
    notes = _still_wanted(mail, now)
    if not notes:
        mail.put_back(None, "no longer wanted")
        return False
    tries = mail.tries + 1
    try:
        with in_language_of(mail.user):
            letter = compose(mail, notes)
        letter.send()
    except Exception as error:  # Also what is wrong with the mail itself: it must not come back every five minutes.
        for_good = _is_refused_for_good(error) or tries >= TRIES_MAX
        log.warning("mail not sent", extra={"mail": str(mail.pk), "failure": type(error).__name__, "tries": tries})
        mail.put_back(None if for_good else back_off(now, tries, jitter=0.2), type(error).__name__, tries=tries)
        return False
    return bool(mail.put_back(None, tries=tries, sent_at=now))


def _is_refused_for_good(error: Exception) -> bool:
    """The mail server knows of no such mailbox, or does not take this letter (RFC 5321, 4.2.1; RFC 3463). Any other
    refusal may be our fault, which an operator may mend: our address is on a list, our quota is used up."""
    if isinstance(error, smtplib.SMTPDataError):
        return _is_final(error.smtp_code, error.smtp_error, if_unsaid=False)
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        _is_final(code, reply, if_unsaid=True) for code, reply in error.recipients.values()
    )


def _is_final(code: int, reply: bytes | str, *, if_unsaid: bool) -> bool:
    """Whether a server's answer is a 5xx about the mailbox or the letter, and `if_unsaid` of one that says not why."""
    if not 500 <= code < 600:
        return False
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    why = WHY.match(text)
    return if_unsaid if why is None else ABOUT_LETTER.fullmatch(why[1]) is not None


def _still_wanted(mail: Mail, now: datetime) -> list[Notification]:
    """Return the mail's notifications, without those its owner has turned off since, and without what is no news."""
    if not mail.user.is_active:
        return []
    preferences = Preferences([mail.user_id])
    notes = list(mail.notes.order_by("pk"))
    news = still_news(notes, now)
    notes = [note for note in as_shown(notes) if note.pk in news]
    return [note for note in notes if preferences.channels(mail.user_id, topic_of(note.kind)).mail != MailChoice.NEVER]


def compose(mail: Mail, notes: list[Notification]) -> EmailMultiAlternatives:
    """The mail with its two parts and, where it can be turned off, the headers for that (RFC 2369, RFC 8058)."""
    optional = [topic for topic in {topic_of(note.kind) for note in notes} if not topic.is_always_mailed]
    unsubscribe = settings.SITE_URL + path_for(mail.user_id, optional) if optional else ""
    context = {
        "notes": notes[:NOTES_MAX],
        "more": max(0, len(notes) - NOTES_MAX),
        "name": mail.user.display_name,
        "site": settings.SITE_URL,
        "subject": _subject(mail, notes),
        "topics": sorted(str(topic.label) for topic in optional),
        "unsubscribe": unsubscribe,
    }
    letter = EmailMultiAlternatives(
        context["subject"], render_to_string("mail/notes.txt", context), to=[mail.user.email], headers=_headers(mail)
    )
    letter.attach_alternative(render_to_string("mail/notes.html", context), "text/html")
    if unsubscribe:
        letter.extra_headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        letter.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return letter


def _subject(mail: Mail, notes: list[Notification]) -> str:
    if mail.is_digest:
        whole_day = ngettext(
            "Your day on clorp: {count} thing happened", "Your day on clorp: {count} things happened", len(notes)
        )
        return whole_day.format(count=len(notes))
    if len(notes) == 1:
        return notes[0].subject or _("News from clorp")
    many = ngettext("{count} thing happened on clorp", "{count} things happened on clorp", len(notes))
    return many.format(count=len(notes))


def _headers(mail: Mail) -> dict[str, str]:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    return {"Message-ID": f"<{mail.pk.hex}@{domain}>", "Auto-Submitted": "auto-generated"}
