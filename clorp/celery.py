"""The periodic tasks: beat asks the tables what is due, once per interval.

No task depends on what a machine takes for the time: beat keeps its pace by a counter, and a message carries no hour
after which it is thrown away.
"""

import logging
import math
import os
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from celery import Celery, Task
from celery.beat import PersistentScheduler, ScheduleEntry
from celery.schedules import crontab
from celery.signals import worker_init
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from kombu.transport import TRANSPORT_ALIASES

from core import clock
from core.tracing import start_tracing, traced_task

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clorp.settings")

TRANSPORT_ALIASES["filesystem"] = "core.broker:Transport"

# Of the file that is touched: what comes behind the schedule's name.
TICKS = ".ticks"

log = logging.getLogger(__name__)

# Of its interval: a message that comes sooner after the last one is of a pile. Beat is never so far off its pace.
PILE_SHARE = 0.25
# Some half a minute of all tasks: a worker that was away as long finds all of its work in the tables.
WAITING_MAX = 200


def messages_waiting(producer: Any) -> int:
    """How many messages lie in the queue, by the broker's own count; 0 where it cannot say."""
    try:
        declared = producer.channel.queue_declare(app.conf.task_default_queue, passive=True)
    except Exception:
        # No queue yet, or no broker, in whichever state its loss has left the channel: sending mends that, or says so.
        return 0
    return int(declared.message_count)


class PeriodicTask(Task):
    """A task. Where beat's message names its interval, one that was begun a moment ago is not begun again.

    So a worker that was stopped wakes to a pile of messages and runs once, and none is too old to count.
    """

    begun_at = -math.inf
    turn = threading.Lock()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        interval_seconds = (self.request.headers or {}).get("interval_seconds", 0)
        if self.was_just_begun(interval_seconds * PILE_SHARE):
            return None
        with traced_task(self.name):
            return super().__call__(*args, **kwargs)

    def was_just_begun(self, seconds: float) -> bool:
        """Return whether this process began the task less than so many seconds ago; if not, it does now."""
        with self.turn:
            counted = clock.count_seconds()
            if 0 <= counted - self.begun_at < seconds:
                return True
            self.begun_at = counted
            return False


class Beat(PersistentScheduler):
    """Beat, which takes no last run for true that lies ahead: a clock wrote it down that has been put back since.

    While it ticks it touches a file beside its schedule, for whoever watches it (`clorp.probe`).
    Nor does it ring on where nobody hears: while so many messages wait, no worker runs, and the broker would fill up.
    """

    def tick(self, *args: Any, **kwargs: Any) -> float:
        Path(self.schedule_filename + TICKS).touch()
        return float(super().tick(*args, **kwargs))

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        comes_again_soon = "interval_seconds" in (entry.options.get("headers") or {})
        if comes_again_soon and messages_waiting(producer) >= WAITING_MAX:
            log.warning("nobody works off what beat sends", extra={"task": entry.task})
        else:
            super().apply_entry(entry, producer=producer)

    def setup_schedule(self) -> None:
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = min(entry.last_run_at, entry.default_now())


class Clorp(Celery):
    task_cls = PeriodicTask

    def now(self) -> datetime:
        """Beat's time: setting the machine's clock neither stops periodic tasks nor runs them all at once."""
        return clock.steady()


@worker_init.connect
def trace_tasks(**unused: object) -> None:
    start_tracing()


@worker_init.connect
def look_at_the_pooler(**unused: object) -> None:
    """A worker that would lose its statements ends before it takes any work."""
    from clorp.pooler import require_carried_statements

    try:
        require_carried_statements()
    except ImproperlyConfigured as error:
        # Of anything but this, Celery would write a line and go on.
        raise SystemExit(f"clorp: {error}") from error


app = Clorp("clorp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def every(seconds: float, task: str) -> dict[str, object]:
    """Return a beat entry, whose messages name their interval."""
    return {"task": task, "schedule": seconds, "options": {"headers": {"interval_seconds": seconds}}}


app.conf.beat_scheduler = "clorp.celery:Beat"
app.conf.beat_schedule = {
    "close-windows": every(settings.BEAT_CLOSE_SECONDS, "drops.tasks.close_windows"),
    "rank-waiting": every(settings.BEAT_RANK_SECONDS, "drops.tasks.rank_waiting"),
    "lapse-leases": every(settings.BEAT_CLOSE_SECONDS, "drops.tasks.lapse_leases"),
    "tell-followers": every(settings.BEAT_CLOSE_SECONDS, "drops.tasks.tell_followers"),
    "open-funded": every(settings.BEAT_OUTBOUND_SECONDS, "drops.tasks.open_funded"),
    "rate-ended": every(10, "drops.tasks.rate_ended"),
    "abandon-unpaid": every(300, "drops.tasks.abandon_unpaid"),
    "send-outbound": every(settings.BEAT_OUTBOUND_SECONDS, "wallet.tasks.send_outbound"),
    "tend-cases": every(60, "drops.tasks.tend_cases"),
    "mark-risks": every(20, "drops.tasks.mark_risks"),
    "build-exports": every(settings.BEAT_OUTBOUND_SECONDS, "drops.tasks.build_exports"),
    "tend-people": every(300, "drops.tasks.tend_people"),
    "name-late": {"task": "drops.tasks.name_late", "schedule": crontab(minute=23)},
    # Again in case that a copy of somebody's data was being built; what is done already takes no time.
    "clean-up-game": {"task": "drops.tasks.clean_up", "schedule": crontab(hour=4, minute="1,11,21")},
    "take-pulse": every(settings.BEAT_OUTBOUND_SECONDS, "core.tasks.take_pulse"),
    "deliver-notices": every(settings.BEAT_OUTBOUND_SECONDS, "clorp.accounts.tasks.deliver_notices"),
    "forget-old": {"task": "drops.tasks.forget_old", "schedule": crontab(hour=3, minute="1,11,21")},
    "purge-registrations": {
        "task": "clorp.accounts.tasks.purge_registrations",
        "schedule": crontab(hour=4, minute=31),
    },
    "check-judges": {"task": "drops.tasks.check_judges", "schedule": crontab(hour=4, minute=41)},
    "mark-drift": {"task": "drops.tasks.mark_drift", "schedule": crontab(hour=4, minute=51)},
    "reconcile-stripe": {"task": "wallet.tasks.reconcile_stripe", "schedule": crontab(minute=17)},
    # After the comparison, whose outcome some of the invariants are about.
    "check-books": {"task": "wallet.tasks.check_books", "schedule": crontab(hour=3, minute=47)},
}
