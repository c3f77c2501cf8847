"""Somebody's own wish to be erased: asked for, taken back while it can be, carried out when it is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Erasure, User
from accounts.notifications.notify import notify
from core.errors import Forbidden, Refused
from drops.moderation.erasing import StillInPlay, erase_user, in_the_way
from drops.privacy.exporting import PAGE
from wallet.money_out.forfeits import rest_of


class ErasureAsked(Refused):
    code = "erasure_asked"
    message = _("You've already asked for your account to be erased.")
    next_step = _("The page “Your data” says when it is due, and lets you keep your account.")


class NoErasure(Refused):
    code = "no_erasure"
    status = 404
    message = _("You haven't asked for your account to be erased, or you changed your mind.")
    next_step = _("The page “Your data” says how your account stands.")


@transaction.atomic
def ask_for_erasure(*, user: User, gives_up_cents: int = 0, now: datetime) -> Erasure:
    """Have the account erased after some days, and tell its owner, in case it was not they who asked. What is left in
    their wallet and can't be taken out is the house's then, up to the cents that they agree to.

    Raises Forbidden for staff, ErasureAsked, and StillInPlay while anything of theirs is open or money is theirs.
    """
    user = User.objects.lock(user.pk)
    if user.is_staff or user.is_superuser:
        raise Forbidden(_("You're on the staff. Have a lead take your roles first, then try again."))
    if Erasure.objects.standing().filter(user=user).exists():
        raise ErasureAsked
    if refusal := in_the_way(user, now, gives_up_cents=gives_up_cents):
        raise refusal
    due = now + timedelta(seconds=settings.ERASURE_SECONDS)
    agreed = min(gives_up_cents, rest_of(user))
    about = {"gives_up_rest": agreed > 0, "gives_up_cents": agreed}
    erasure = Erasure.objects.create(user=user, asked_at=now, due_at=due, **about)
    text = format_lazy(
        _(
            "Your account will be erased on {day} UTC. Until then you can keep it, on the page “Your data”. If you "
            "didn't ask for this, keep it there, set a new password and sign out everywhere."
        ),
        day=f"{due:%Y-%m-%d %H:%M}",
    )
    notify([user], kind="erasure-asked", text=text, href=PAGE, now=now)
    return erasure


@transaction.atomic
def keep_account(*, user: User, now: datetime) -> None:
    """Take the wish back. Raises NoErasure where there is none, or it was carried out."""
    user = User.objects.lock(user.pk)
    if not Erasure.objects.standing().filter(user=user).update(cancelled_at=now):
        raise NoErasure
    notify([user], kind="erasure-cancelled", text=_("Your account stays as it is."), href=PAGE, now=now)


def carry_out(*, erasure_id: UUID, now: datetime) -> None:
    """Erase whoever asked for it long enough ago. While something is open it waits on, and they are told once.

    Raises StillInPlay.
    """
    erasure = Erasure.objects.due(now).select_related("user").filter(pk=erasure_id).first()
    if erasure is None:
        raise NoErasure
    try:
        erase_user(user=erasure.user, now=now)
    except StillInPlay:
        _tell_of_wait(erasure, now)
        raise


@transaction.atomic
def _tell_of_wait(erasure: Erasure, now: datetime) -> None:
    if Erasure.objects.filter(pk=erasure.pk, in_the_way_told_at=None).update(in_the_way_told_at=now):
        text = _("Your account is due to be erased, and something of it is open still. The page “Your data” says what.")
        notify([erasure.user], kind="erasure-waits", text=text, href=PAGE, now=now)
