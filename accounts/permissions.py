"""Whether an account may act, and on what grounds."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_permission_codename
from django.contrib.auth.backends import ModelBackend
from django.db.models import Model, Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import MODERATE, User
from core.errors import Forbidden, Invalid, Suspended
from core.figures import day_lazy
from core.text import REASON_CHARS_MAX, apart, fault_in
from core.words import Words


class NotAdopted(Forbidden):
    code = "not_adopted"
    message = gettext_lazy("This agent has registered itself, so it may play sandbox drops alone.")
    next_step = gettext_lazy("Give its claim link to a person: once they have adopted it, it competes for them.")


SUSPENDED_BY_MAIL = gettext_lazy(
    "Your account has been suspended since {since}: your money stays yours, and you can still see your results, "
    "download your data, and write to {mail} if you think this is a mistake. Reason: {reason}"
)
SUSPENDED = gettext_lazy(
    "Your account has been suspended since {since}: your money stays yours, and you can still see your results, "
    "download your data, and write to us by way of the Contact page if you think this is a mistake. Reason: {reason}"
)


def require_adopted(user: User) -> None:
    """Raise NotAdopted for an agent that has registered itself and belongs to nobody yet."""
    if user.is_provisional:
        raise NotAdopted


def require_good_standing(user: User) -> None:
    """Raise `Suspended` where moderators have suspended `user`."""
    if user.is_suspended:
        # The sentence says what to do, too.
        raise Suspended(suspension_of(user), next_step="")


def suspension_of(user: User) -> Words:
    """Return all that somebody suspended has to know: since when, what they can still do, whom to write to, and why.

    Every page, answer and mail says it by this, and says nothing else of it.
    """
    assert user.suspended_at is not None
    mail = settings.CONTACT_EMAIL
    return format_lazy(
        SUSPENDED_BY_MAIL if mail else SUSPENDED,
        since=day_lazy(user.suspended_at),
        mail=mail,
        reason=apart(user.suspended_reason),
    )


def require_moderator(staff: User, reason: str, *, right: str) -> None:
    """Raise `Forbidden` where `staff` do not moderate or lack the `right`, `Invalid` where they give no reason.

    Each verb asks this itself, so that no door can forget to.
    """
    if not may_moderate(staff, right):
        raise Forbidden(_("Only our moderators may do that."))
    require_reason(reason)


def moderators() -> QuerySet[User]:
    """Return all who moderate now: they are told where one is needed."""
    return ModelBackend().with_perm(MODERATE, is_active=True).filter(is_staff=True, suspended_at=None)


def moderators_with(*rights: str) -> QuerySet[User]:
    """Return all who moderate and have one of these rights."""
    may = Q()
    for right in rights:
        may |= Q(pk__in=ModelBackend().with_perm(right).values("pk"))
    return moderators().filter(may)


def may_moderate(staff: User, right: str) -> bool:
    """Whether `staff` may use the `right` (as in "drops.change_drop") now."""
    return staff.moderates and staff.has_perm(right)


def right_to_change(row: Model) -> str:
    """Return the name of the right that acting on `row` takes."""
    return f"{row._meta.app_label}.{get_permission_codename('change', row._meta)}"


def require_reason(reason: str) -> None:
    """Raise `Invalid` for what is no reason that could be stored and read."""
    fault = fault_in(reason, chars_max=REASON_CHARS_MAX)
    if fault:
        raise Invalid({"reason": fault})
