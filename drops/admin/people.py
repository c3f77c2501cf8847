"""People, and what moderators do to them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.profiles import NAME_CHARS_MAX
from core.addresses import address_or_none
from core.admin_base import ReadOnlyAdmin, Verb, VerbAdmin
from core.forms import TextField
from drops.admin.takedowns import HIDE_PROFILE, UNHIDE_PROFILE
from drops.models import Alert, Claim
from drops.moderation import people, staffing
from wallet.books import ledger
from wallet.money import format_cents

CHANGE = "accounts.change_user"


def keeps_money(user: User) -> str:
    balance = format_cents(ledger.balance_cents(user))
    return _("No money moves: {balance} in the wallet stays theirs.").format(balance=balance)


def after_suspending(user: User) -> str:
    freed = Claim.objects.of(user).active().filter(drop__status="open", submission__isnull=True).count()
    comes_free = ngettext(
        "Entries already made are judged and can win; one seat without an entry comes free.",
        "Entries already made are judged and can win; {count} seats without an entry come free.",
        freed,
    )
    return f"{keeps_money(user)} {comes_free.format(count=freed)}"


def higher_price(user: User) -> str:
    return _("No money moves. They may post drops of up to {most}.").format(
        most=format_cents(settings.PRICE_CENTS_MAX_VERIFIED)
    )


def stands(user: User) -> str:
    """Return how an account stands, for whoever comes too late to act on it."""
    if user.is_suspended:
        since = f"{user.suspended_at:%Y-%m-%d %H:%M}"
        return _("This account is suspended since {since} UTC; its date and reason stand.").format(since=since)
    return _("This account moderates.") if user.is_staff else _("This account is not suspended.")


SUSPEND = Verb(
    name="suspend",
    tells=gettext_lazy("This person"),
    label=gettext_lazy("Suspend"),
    meaning=gettext_lazy("Stops an account from posting, claiming and submitting."),
    permission=CHANGE,
    subject="user",
    call=people.suspend_user,
    money=after_suspending,
    fits=lambda user: not user.is_suspended and not user.is_staff,
    stands=stands,
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
APPOINT = Verb(
    name="appoint",
    tells=gettext_lazy("This person"),
    label=gettext_lazy("Appoint moderator"),
    meaning=gettext_lazy("Gives the rights of a moderator: this site, without anybody's money or rights."),
    permission=staffing.SUPERUSER_ONLY,
    subject="user",
    call=staffing.appoint_moderator,
    fits=lambda user: not user.is_staff,
)
DISMISS = Verb(
    name="dismiss",
    tells=gettext_lazy("This person"),
    label=gettext_lazy("Dismiss moderator"),
    meaning=gettext_lazy("Takes the rights of a moderator back. What they did stays on record."),
    permission=staffing.SUPERUSER_ONLY,
    subject="user",
    call=staffing.dismiss_moderator,
    fits=lambda user: user.is_staff and not user.is_superuser,
)


@admin.register(User)
class UserAdmin(VerbAdmin, ReadOnlyAdmin):
    """Nothing is edited here: what moderators change is a verb, all else the user's own business."""

    verbs = (SUSPEND, REINSTATE, VERIFY, TAKE_HANDLE, RENAME, HIDE_PROFILE, UNHIDE_PROFILE, APPOINT, DISMISS)
    list_display = ("email", "name", "handle", "is_staff", "is_verified_sender", "suspended_at", "created_at")
    list_filter = ("is_staff", "is_verified_sender", ("suspended_at", admin.EmptyFieldListFilter))
    search_fields = ("=id", "email", "name", "handle")
    ordering = ("-created_at", "-id")
    fields = (
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
    readonly_fields = fields

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Find an address in whatever spelling a moderator has it."""
        return super().get_search_results(request, queryset, address_or_none(search_term) or search_term)

    @admin.display(description=_("wallet"))
    def wallet(self, user: User) -> str:
        return format_cents(ledger.balance_cents(user))


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    """Which packs people follow."""

    list_display = ("user", "pack", "min_price_cents", "created_at")
    list_filter = ("pack",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-created_at", "pk")
