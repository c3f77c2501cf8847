"""The periodic tasks of what people are told: routing, daily mails, mails, webhooks, web push.

Running twice, late or never costs seconds. The same functions serve the recovery commands.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import shared_task

from accounts import registering
from accounts.models import Mail
from accounts.notifications import mailing, routing
from accounts.push import sending
from accounts.webhooks import delivering
from core import clock
from core.periodic import RUN_SECONDS_MAX, each, in_time, one_at_a_time

log = logging.getLogger(__name__)

MAILS_AT_ONCE = 10


@shared_task(name="clorp.accounts.tasks.deliver_notices")
@one_at_a_time
def deliver_notices() -> int:
    """One pass over everything that people are to be told outside of the site. Returns how many rows were worked on."""
    done = _until_empty(lambda: routing.route_notices(now=clock.now()))
    done += routing.make_digests(now=clock.now())
    done += _until_empty(_send_mails) + _until_empty(lambda: delivering.deliver_batch(clock=clock.now))
    return done + _until_empty(lambda: sending.send_pushes(clock=clock.now))


def _until_empty(work: Callable[[], int]) -> int:
    """Do `work` until nothing is left of it, or its time is up."""
    return sum(in_time(iter(work, 0), RUN_SECONDS_MAX))


def _send_mails() -> int:
    due = Mail.objects.oldest_due(clock.now(), MAILS_AT_ONCE)
    return each(due, lambda pk: mailing.send_mail(mail_id=pk, now=clock.now()), seconds_max=RUN_SECONDS_MAX)


@shared_task(name="clorp.accounts.tasks.purge_registrations")
def purge_registrations() -> int:
    """Delete the accounts of agents that nobody adopted in time."""
    return registering.purge_registrations(now=clock.now())
