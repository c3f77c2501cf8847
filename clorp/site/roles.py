"""The page of roles: which role may do what, read from the groups as they stand. Nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import MODERATE
from core.admin_base import ReadOnlyAdmin, VerbAdmin
from core.words import Words
from drops.models import JUDGE_RIGHTS
from drops.moderation.roles import ROLES

PEOPLE_OF_A_ROLE_MAX = 100


@dataclass(frozen=True)
class Line:
    """One thing that staff do, and for each role whether it may."""

    label: Words
    may: list[bool]


@dataclass(frozen=True)
class Chapter:
    """The acts on one kind of row."""

    title: Words
    lines: list[Line]


def matrix(held: dict[str, set[str]]) -> list[Chapter]:
    """Return who may do what, by roles in the order of `ROLES`; `held` are the rights of each."""

    def line(label: Words, *rights: str) -> Line:
        return Line(label, [any(right in held.get(role, ()) for right in rights) for role in ROLES])

    verdict = line(_("Give the verdict on drops that wait for staff"), *JUDGE_RIGHTS)
    everywhere = Chapter(_("Everywhere"), [line(_("Read lists, pages and histories"), MODERATE), verdict])
    return [everywhere, *(Chapter(title, [line(*each) for each in verbs]) for title, verbs in _verbs())]


def _verbs() -> Iterator[tuple[Words, list[tuple[Words, str]]]]:
    """Yield what each page offers, with the right that it takes."""
    for page in admin.site._registry.values():
        if isinstance(page, VerbAdmin) and page.verbs:
            yield page.opts.verbose_name_plural or "", [(verb.label, verb.permission) for verb in page.verbs]


class GroupAdmin(ReadOnlyAdmin):
    """The roles. The code says what each may; who has one is decided on a person's page."""

    change_list_template = "admin/roles.html"
    list_display = ("name",)
    fields = ("name", "permissions")
    search_fields = ("name",)
    ordering = ("name",)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        groups = Group.objects.filter(name__in=ROLES).prefetch_related("permissions__content_type", "user_set")
        held = {
            group.name: {f"{right.content_type.app_label}.{right.codename}" for right in group.permissions.all()}
            for group in groups
        }
        people = {group.name: list(group.user_set.all())[:PEOPLE_OF_A_ROLE_MAX] for group in groups}
        told = {
            "title": _("Roles"),
            "roles": [(role, people.get(role.name, [])) for role in ROLES.values()],
            "chapters": matrix(held),
        }
        return super().changelist_view(request, {**told, **(extra_context or {})})
