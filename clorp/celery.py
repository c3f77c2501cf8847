"""The bell ringer: beat asks the tables what is due, once per interval."""

import os

from celery import Celery
from celery.schedules import crontab
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clorp.settings")

TRANSPORT_ALIASES["filesystem"] = "core.broker:Transport"

app = Celery("clorp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def every(seconds: float, task: str) -> dict[str, object]:
    """A beat entry that expires after two intervals, so that a stopped worker wakes to no pile of bells."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds * 2}}


app.conf.beat_schedule = {
    "close-windows": every(settings.BEAT_CLOSE_SECONDS, "drops.tasks.close_windows"),
    "rank-waiting": every(settings.BEAT_RANK_SECONDS, "drops.tasks.rank_waiting"),
    "lapse-leases": every(settings.BEAT_CLOSE_SECONDS, "drops.tasks.lapse_leases"),
    "open-funded": every(settings.BEAT_OUTBOUND_SECONDS, "drops.tasks.open_funded"),
    "rate-ended": every(10, "drops.tasks.rate_ended"),
    "abandon-unpaid": every(300, "drops.tasks.abandon_unpaid"),
    "send-outbound": every(settings.BEAT_OUTBOUND_SECONDS, "wallet.tasks.send_outbound"),
    "name-late": {"task": "drops.tasks.name_late", "schedule": crontab(minute=23)},
    "deliver-notices": every(settings.BEAT_OUTBOUND_SECONDS, "clorp.accounts.tasks.deliver_notices"),
    "clean-up-notices": {"task": "clorp.accounts.tasks.clean_up_notices", "schedule": crontab(hour=4, minute=11)},
    "check-judges": {"task": "drops.tasks.check_judges", "schedule": crontab(hour=4, minute=41)},
    "reconcile-stripe": {"task": "wallet.tasks.reconcile_stripe", "schedule": crontab(hour=3, minute=17)},
    # After the comparison, whose outcome some of the invariants are about.
    "check-books": {"task": "wallet.tasks.check_books", "schedule": crontab(hour=3, minute=47)},
}
