"""Who of the staff reads what is noted: nobody what it says of themselves, or of an account that seems to be theirs.

The rooms above know which accounts those are, and what else is about them; each says so here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import AuditEvent, User

PeopleOf = Callable[[User], Collection[UUID]]
# Of accounts, the names of what is about them, as records call it (`kind:id`).
TargetsOf = Callable[[Collection[UUID]], Iterable[str]]

_people: list[PeopleOf] = []
_targets: list[TargetsOf] = []


def register_people(source: PeopleOf) -> None:
    """Let `source(user)` name the accounts that seem to be the same person's."""
    _people.append(source)


def register_targets(source: TargetsOf) -> None:
    """Let `source(people)` name what is about these accounts, besides themselves."""
    _targets.append(source)


def people_of(staff: User) -> set[UUID]:
    """Return the accounts that seem to be theirs, their own included."""
    return {staff.pk}.union(*(source(staff) for source in _people))


def targets_about(staff: User) -> set[str]:
    """Return the names of all whose notes are not theirs to read."""
    people = people_of(staff)
    return {f"user:{pk}" for pk in people}.union(*(source(people) for source in _targets))


def events_for(staff: User) -> QuerySet[AuditEvent]:
    """Return the records that are theirs to read: all but those about themselves."""
    return AuditEvent.objects.exclude(target__in=targets_about(staff))
