"""Telling people about their money: a note on the site at once, and a mail by the queue."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail

from clorp.accounts.models import User
from clorp.accounts.notifications import notify
from wallet.models import Letter
from wallet.outbound import back_off

TRIES_MAX = 12


def tell(*, user: User, kind: str, subject: str, text: str, now: datetime, href: str = "/wallet") -> Letter:
    """Leave a note and write a letter, in the caller's transaction. The letter goes out with the next bell."""
    notify([user], kind=kind, text=text, href=href, now=now)
    return Letter.objects.create(user=user, subject=subject, text=text, created_at=now, next_attempt_at=now)


def send_letter(*, letter_id: int, now: datetime) -> bool:
    """Mail one letter. Where the mail server does not answer it waits; a crash right after sending repeats it."""
    letter = Letter.objects.take(letter_id, now)
    if letter is None:
        return False
    body = f"Hello {letter.user.display_name},\n\n{letter.text}\n\nYou find every movement in your wallet.\n\nclorp\n"
    tries = letter.tries + 1
    try:
        send_mail(letter.subject, body, settings.DEFAULT_FROM_EMAIL, [letter.user.email])
    except OSError as error:
        letter.put_back(back_off(now, tries) if tries < TRIES_MAX else None, type(error).__name__, tries=tries)
        return False
    return bool(letter.put_back(None, tries=tries, sent_at=now))
