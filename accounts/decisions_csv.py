"""The decisions of staff as a file for whoever audits them. That it was taken, by whom and why, is one of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import AuditEvent, User, record_audit
from accounts.not_theirs import events_for
from accounts.permissions import require_moderator
from core.cells import Echo, plain
from core.db.walking import walk
from core.errors import Invalid

RIGHT = "accounts.view_auditevent"
DAYS_MAX = 366
COLUMNS = ("when (UTC)", "who", "act", "on", "reason, or note for moderators", "they were told", "changed")


@transaction.atomic
def export_decisions(*, staff: User, first: date, last: date, reason: str, now: datetime) -> Iterator[str]:
    """Return the lines of a CSV of all that staff did or read from the `first` to the `last` day (UTC), oldest first;
    but for what is about themselves.

    The export is on record before a line is given. Raises Forbidden, Invalid.
    """
    require_moderator(staff, reason, right=RIGHT)
    if not first <= last:
        raise Invalid({"last": _("The last day is not before the first.")})
    if (last - first).days >= DAYS_MAX:
        raise Invalid({"last": _("Take at most {days} days at once.").format(days=DAYS_MAX)})
    record_audit(actor=staff, action="export-decisions", target=f"decisions:{first}..{last}", reason=reason, now=now)
    # Behind the last day of the calendar there is none.
    after = min(last, date.max - timedelta(days=1)) + timedelta(days=1)
    begin, end = (datetime.combine(day, time(), UTC) for day in (first, after))
    events = events_for(staff).filter(created_at__gte=begin, created_at__lt=end).select_related("actor")
    return _lines(walk(events))


def _lines(events: Iterator[AuditEvent]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    for event in events:
        changes = dict(event.changes)
        told = changes.pop("told", ["", ""])[-1]
        texts = [event.actor.email, event.action, event.target, event.reason, str(told or "")]
        changed = json.dumps(changes, ensure_ascii=False, sort_keys=True) if changes else ""
        yield writer.writerow([f"{event.created_at:%Y-%m-%dT%H:%M:%SZ}", *(plain(one) for one in (*texts, changed))])
