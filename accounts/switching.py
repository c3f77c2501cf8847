"""Pausing a part of the site, and letting it go on before its time. `core.switches` is asked by what is paused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEvent, User, record_audit
from accounts.permissions import require_moderator
from core import switches
from core.errors import Invalid, Refused
from core.models import PAUSE, Switch
from core.text import TOLD_CHARS_MAX, as_sentence, fault_in

MINUTES_MAX = 7 * 24 * 60
SAME_PRESS = timedelta(minutes=1)
END = "end-pause"


class SwitchUnchanged(Refused):
    """The part is already paused like that, or isn't paused."""

    code = "switch_unchanged"
    message = gettext_lazy("That has been done already.")
    next_step = gettext_lazy("Reload the page to see how things stand.")


@transaction.atomic
def pause(*, switch: Switch, minutes: int, staff: User, told: str, reason: str, now: datetime) -> Switch:
    """Pause a part of the site for so many minutes from now; one that is paused already gets the new end and words.

    `told` is what people read, `reason` the note among staff. Raises SwitchUnchanged where it stands like this,
    Invalid, Forbidden.
    """
    require_moderator(staff, reason, right=PAUSE)
    _require_valid(minutes, told)
    switch, until = _locked(switch), now + timedelta(minutes=minutes)
    stood, told = switch.paused_until if switch.is_paused(now) else None, as_sentence(told)
    if stood is not None and abs(stood - until) < SAME_PRESS and switch.told == told:
        raise SwitchUnchanged
    changes = _record_of(switch, now, until=until, told=told)
    switch.paused_at, switch.paused_until, switch.told = now, until, told
    _save(switch)
    record_audit(actor=staff, action="pause", target=_name_of(switch), reason=reason, changes=changes, now=now)
    return switch


@transaction.atomic
def resume(*, switch: Switch, staff: User, reason: str, now: datetime) -> Switch:
    """Let a paused part of the site go on before its time. Raises SwitchUnchanged where it is not paused, Forbidden."""
    require_moderator(staff, reason, right=PAUSE)
    switch = _locked(switch)
    if not switch.is_paused(now):
        raise SwitchUnchanged(_("It is not paused."))
    changes = _record_of(switch, now, until=None, told="")
    switch.paused_at, switch.paused_until, switch.told = None, None, ""
    _save(switch)
    record_audit(actor=staff, action=END, target=_name_of(switch), reason=reason, changes=changes, now=now)
    return switch


def ended_at(part: str, now: datetime) -> datetime | None:
    """Return when the last pause of that part ended, by its time or before it; None where none has."""
    by_time = Switch.objects.filter(pk=part, paused_until__lte=now).values_list("paused_until", flat=True)
    early = AuditEvent.objects.filter(action=END, target=f"switch:{part}", created_at__lte=now)
    ends: list[Any] = [*by_time, *early.order_by("-created_at").values_list("created_at", flat=True)[:1]]
    return max(ends, default=None)


def _require_valid(minutes: int, told: str) -> None:
    errors = {}
    if not 1 <= minutes <= MINUTES_MAX:
        errors["minutes"] = _("A pause takes 1 to {most} minutes.").format(most=MINUTES_MAX)
    if fault := fault_in(told, chars_max=TOLD_CHARS_MAX):
        errors["told"] = fault
    if errors:
        raise Invalid(errors)


def _locked(switch: Switch) -> Switch:
    return Switch.objects.select_for_update().get(pk=switch.pk)


def _save(switch: Switch) -> None:
    switch.save(update_fields=["paused_at", "paused_until", "told"])
    switches.forget()


def _record_of(switch: Switch, now: datetime, *, until: datetime | None, told: str) -> dict[str, list[Any]]:
    """Return (before, after) by field; a pause that is over by its time is none any more."""
    stood = switch.is_paused(now)
    return {
        "paused_until": [str(switch.paused_until) if stood else None, None if until is None else str(until)],
        "told": [switch.told if stood else "", told],
    }


def _name_of(switch: Switch) -> str:
    return f"switch:{switch.pk}"
