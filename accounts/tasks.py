"""The periodic tasks of what people are told: routing, daily mails, mails, webhooks; and the nightly cleaning.

Running twice, late or never costs seconds. The same functions serve the recovery commands.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from celery import shared_task

from accounts.models import Mail
from accounts.notifications import cleaning, mailing, routing
from accounts.webhooks import delivering
from core import clock
from core.periodic import each

log = logging.getLogger(__name__)

MAILS_AT_ONCE = 10
# One ring works no longer than this (and the slowest call), so that what is slow outside costs one thread for a while.
RING_SECONDS_MAX = 10.0
# The threads of a worker also close windows: at most one of them waits for mail servers and strangers' addresses.
_ringing = threading.Lock()


@shared_task(name="clorp.accounts.tasks.deliver_notices")
def deliver_notices() -> int:
    """One pass over everything that people are to be told outside of the site. Returns how many rows were worked on."""
    if not _ringing.acquire(blocking=False):
        return 0
    try:
        done = _until_empty(lambda: routing.route_notices(now=clock.now()))
        done += routing.make_digests(now=clock.now())
        return done + _until_empty(_send_mails) + _until_empty(lambda: delivering.deliver_batch(clock=clock.now))
    finally:
        _ringing.release()


def _until_empty(work: Callable[[], int]) -> int:
    """Do `work` until nothing is left of it, or its time is up."""
    done, stop = 0, time.monotonic() + RING_SECONDS_MAX
    while time.monotonic() < stop and (batch := work()):
        done += batch
    return done


def _send_mails() -> int:
    due = Mail.objects.oldest_due(clock.now(), MAILS_AT_ONCE)
    return each(due, lambda pk: mailing.send_mail(mail_id=pk, now=clock.now()))


@shared_task(name="clorp.accounts.tasks.clean_up_notices")
def clean_up_notices() -> int:
    """Delete what was told and sent long ago. Returns how many rows."""
    return cleaning.clean_up(now=clock.now())
