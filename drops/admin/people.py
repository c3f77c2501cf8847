"""People, and what moderators do to them."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import GIVE_ROLES, User
from accounts.models.finding import NAME_WORDS, begins_with
from accounts.profiles import NAME_CHARS_MAX
from core import clock
from core.addresses import address_or_none
from core.admin_base import ReadOnlyAdmin, Verb, VerbAdmin
from core.forms import TextField
from core.words import Words
from drops.admin.case_openers import OPEN_PERSON_CASE
from drops.admin.person_file import ROWS_ON_PAGE, file_of, parts_for, shown
from drops.admin.standing_verbs import STANDING_VERBS, keeps_money
from drops.admin.suspending import SUSPEND, stands
from drops.admin.takedowns import HIDE_PROFILE, UNHIDE_PROFILE
from drops.desk.search_words import ways_to_people
from drops.models import Alert
from drops.moderation import people, roles, staffing
from wallet.books import ledger
from wallet.money import format_cents

CHANGE = "accounts.change_user"


def higher_price(user: User) -> str:
    return _("No money moves. They may post drops of up to {most}.").format(
        most=format_cents(settings.PRICE_CENTS_MAX_VERIFIED)
    )


REINSTATE = Verb(
    name="reinstate",
    tells=gettext_lazy("This person"),
    label=gettext_lazy("Reinstate"),
    meaning=gettext_lazy("Lets a suspended account play again. Seats that came free stay free."),
    permission=CHANGE,
    subject="user",
    call=people.reinstate_user,
    money=keeps_money,
    fits=lambda user: user.is_suspended,
    stands=stands,
)
VERIFY = Verb(
    name="verify-sender",
    tells=gettext_lazy("This person"),
    label=gettext_lazy("Verify as sender"),
    meaning=gettext_lazy("Trusts somebody with the higher price limit before they have completed drops of their own."),
    permission=CHANGE,
    subject="user",
    call=people.verify_sender,
    money=higher_price,
    fits=lambda user: not user.is_verified_sender,
)
TAKE_HANDLE = Verb(
    name="take-handle",
    tells=gettext_lazy("This person"),
    label=gettext_lazy("Take handle"),
    meaning=gettext_lazy(
        "Takes a handle that must not be seen off the site; its owner is told and may choose another."
    ),
    permission=CHANGE,
    subject="user",
    call=people.take_handle,
    fits=lambda user: user.handle is not None,
)
RENAME = Verb(
    name="rename",
    tells=gettext_lazy("This person"),
    label=gettext_lazy("Change name"),
    meaning=gettext_lazy("Replaces a name that must not be seen; its owner is told and may choose another."),
    permission=CHANGE,
    subject="user",
    call=people.rename_user,
    fits=lambda user: True,
    watches=("name",),
    fields={"name": TextField(label=gettext_lazy("The name from now on"), max_length=NAME_CHARS_MAX)},
)


def role_field(help_text: Words) -> forms.Field:
    choices = [(role.name, role.label) for role in roles.ROLES.values()]
    return forms.ChoiceField(label=gettext_lazy("Role"), choices=choices, help_text=help_text)


GIVE_ROLE = Verb(
    name="give-role",
    tells=gettext_lazy("This person"),
    label=gettext_lazy("Give a role"),
    meaning=gettext_lazy("Gives the rights of a role on this site. What each role may, the page of roles says."),
    permission=GIVE_ROLES,
    subject="user",
    call=staffing.give_role,
    fits=lambda user: not user.is_suspended,
    fields={"role": role_field(gettext_lazy("Somebody may have several."))},
)
TAKE_ROLE = Verb(
    name="take-role",
    tells=gettext_lazy("This person"),
    label=gettext_lazy("Take a role"),
    meaning=gettext_lazy("Takes the rights of a role back. What they did stays on record."),
    permission=GIVE_ROLES,
    subject="user",
    call=staffing.take_role,
    fits=lambda user: user.is_staff and not user.is_superuser,
    fields={"role": role_field(gettext_lazy("With the last one they are of the staff no more."))},
)


@admin.register(User)
class UserAdmin(VerbAdmin, ReadOnlyAdmin):
    """Nothing is edited here: what moderators change is a verb, all else the user's own business."""

    verbs = (
        *STANDING_VERBS,
        *(SUSPEND, REINSTATE, VERIFY, TAKE_HANDLE, RENAME, HIDE_PROFILE, UNHIDE_PROFILE, GIVE_ROLE, TAKE_ROLE),
        OPEN_PERSON_CASE,
    )
    change_form_template = "admin/accounts/user/change_form.html"
    list_display = ("email", "name", "handle", "is_staff", "is_verified_sender", "suspended_at", "created_at")
    list_filter = ("is_staff", "is_verified_sender", ("suspended_at", admin.EmptyFieldListFilter))
    search_fields = ("=id", "email")
    ordering = ("-created_at", "-id")
    stored = (
        "email",
        "email_as_written",
        "name",
        "handle",
        "avatar_url",
        "wallet",
        "credits",
        "is_verified_sender",
        "suspended_at",
        "suspended_reason",
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "last_login",
        "created_at",
    )
    fieldsets = ((gettext_lazy("As it is stored"), {"fields": stored, "classes": ("collapse",)}),)
    readonly_fields = stored

    def get_urls(self) -> list[URLPattern]:
        part = path(
            "<uuid:user_id>/file/<slug:name>/", self.admin_site.admin_view(self.part), name="accounts_user_part"
        )
        return [part, *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        user = self.get_object(request, object_id)
        viewer: Any = request.user
        context = {"file": file_of(user, viewer, clock.now())} if user else {}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def part(self, request: HttpRequest, user_id: UUID, name: str) -> HttpResponse:
        """One part of a file by itself, as far back as it goes."""
        user = self.get_object(request, str(user_id))
        if not self.has_view_permission(request, user):
            raise PermissionDenied
        part = parts_for(request.user, user).get(name) if user else None  # type: ignore[arg-type]
        if user is None or part is None:
            raise Http404
        try:
            rows = shown(part, user, most=ROWS_ON_PAGE, before=request.GET.get("before"))
        except (ObjectDoesNotExist, ValidationError, ValueError) as error:
            raise Http404 from error
        told = {"opts": self.opts, "title": part.label, "person": user, "shown": rows}
        shared = self.admin_site.each_context(request)
        return TemplateResponse(request, "admin/accounts/user/part_page.html", {**shared, **told})

    def search_ways(self, request: HttpRequest, words: str) -> list[Any]:
        """Find somebody by whatever a moderator has of them."""
        everybody = User.objects.alias(name_words=NAME_WORDS)
        ways = [*begins_with(words), *ways_to_people(words, cast(User, request.user))]
        if address := address_or_none(words):
            ways.append(Q(email__startswith=address))
        return [*super().search_ways(request, words), *(everybody.filter(way) for way in ways)]

    @admin.display(description=_("wallet"))
    def wallet(self, user: User) -> str:
        return format_cents(ledger.balance_cents(user))


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    """Which packs people follow."""

    list_display = ("user", "pack", "min_price_cents", "created_at")
    list_filter = ("pack",)
    list_select_related = ("user",)
    search_fields = ("^user__email",)
    ordering = ("-created_at", "pk")
