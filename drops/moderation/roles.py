"""The roles of staff, as data: who may do what. Groups carry them, and the code alone says what a group may."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ERASE, GIVE_ROLES, User
from core.models import PAUSE, SEE_SWITCHES
from core.words import Words
from drops.desk.deciders import WORK
from drops.models import JUDGE_DROP
from wallet.models import ADJUST, APPROVE_RIGHT

SEES_ALL_OF = ("drops", "wallet")
SEES_OF_PEOPLE = ("moderate", "view_user", "view_agent", "view_auditevent", "view_notification", "view_note")
# Everybody but viewers works from the queue, on the cases that they may decide.
WORKS = (WORK, APPROVE_RIGHT)
ACTS = (
    "drops.change_drop",
    "drops.change_submission",
    "drops.change_report",
    "drops.change_appeal",
    "accounts.change_user",
)
DECIDES_ON = ("topup", "heldpayout", "withdrawal", "stripeevent", "dispute")
DECIDES = (*(f"wallet.change_{model}" for model in DECIDES_ON), ADJUST)


@dataclass(frozen=True)
class Role:
    """A role of the staff; `acts` are the rights that it has beside reading."""

    name: str
    label: Words
    meaning: Words
    acts: tuple[str, ...]


ROLES = {
    role.name: role
    for role in (
        Role("viewer", _("Viewer"), _("Reads the game and the books, and changes nothing."), ()),
        Role(
            "moderator", _("Moderator"), _("Acts on drops, entries, reports and people, and judges."), (*ACTS, *WORKS)
        ),
        Role("judge", _("Judge"), _("Gives verdicts on the drops that wait for staff."), (JUDGE_DROP, *WORKS)),
        Role(
            "finance",
            _("Finance"),
            _("Decides about money that stopped or is in doubt, and corrects wallets."),
            (*DECIDES, *WORKS),
        ),
        Role(
            "lead",
            _("Lead"),
            _("Does all of that, gives and takes roles, erases accounts, and pauses parts of the site."),
            (*ACTS, JUDGE_DROP, *DECIDES, *WORKS, GIVE_ROLES, ERASE, PAUSE, SEE_SWITCHES),
        ),
    )
}


def group_of(role: str) -> Group:
    """The group that carries a role, with exactly what the role may; made, or brought up to date, when asked for."""
    group, _rest = Group.objects.get_or_create(name=role)
    group.permissions.set(Permission.objects.filter(_rights_of(ROLES[role])))
    return group


def renew_rights(**unused: object) -> None:
    """Bring every role up to date after a migration: what a new table adds reaches those who have it already."""
    for role in ROLES:
        group_of(role)


def roles_of(user: User) -> list[Role]:
    """Return the roles that somebody has, in the order of `ROLES`."""
    held = set(user.groups.values_list("name", flat=True))
    return [role for role in ROLES.values() if role.name in held]


def _rights_of(role: Role) -> Q:
    seen = Q(content_type__app_label__in=SEES_ALL_OF, codename__startswith="view_")
    seen |= Q(content_type__app_label="accounts", codename__in=SEES_OF_PEOPLE)
    return seen | _named(role.acts)


def _named(rights: Collection[str]) -> Q:
    named = Q(pk__in=[])
    for right in rights:
        app_label, codename = right.split(".")
        named |= Q(content_type__app_label=app_label, codename=codename)
    return named
