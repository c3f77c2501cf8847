"""Erasing an account: who it was goes, and what others rely on, or the law asks for, stays."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import CharField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.keys import revoke_all_keys
from accounts.models import ERASE, Erasure, IdempotencyKey, Mail, Preference, User
from accounts.oauth.grants import end_grants
from accounts.sessions import end_other_sessions
from core.errors import Forbidden, Refused
from drops.models import Draft
from drops.moderation.acts import AlreadyDone, record_act
from drops.privacy.exporting import take_away_all
from drops.privacy.open_ends import open_ends_of
from wallet.books.debts import lock_balances
from wallet.models import PaymentProfile
from wallet.money_out.forfeits import give_up_rest

ERASED_AT = "erased.invalid"


class StillInPlay(Refused):
    code = "still_in_play"
    message = gettext_lazy("This account can't be erased yet.")
    next_step = gettext_lazy("Once nothing of it is open and its wallet is empty, erase it then.")


class NotDue(Refused):
    code = "erasure_not_due"
    message = gettext_lazy("Its owner didn't ask for this, took it back, or still has time to.")


@transaction.atomic
def erase_user(*, user: User, staff: User | None = None, reason: str = "", now: datetime) -> User:
    """Take away who somebody is: name, handle, address, picture, ways in, notifications, settings, drafts, copies of
    their data. By one of the staff, or, where nobody is named, because they asked for it themselves and it is due.

    Drops, entries, verdicts, the ledger, signs of linked accounts, decisions and notes stay, under no name. Raises
    StillInPlay while anything of theirs is open, or money is theirs that they did not give up; NotDue.
    """
    user = User.objects.lock(user.pk)
    # Nothing comes into the wallet between a look at it and giving it up.
    lock_balances(user)
    if staff is not None:
        record_act(staff, "erase", user, reason, now, right=ERASE)
    elif not Erasure.objects.due(now).filter(user=user).exists():
        raise NotDue
    if user.is_staff:
        raise Forbidden(_("This is somebody of the staff; take their roles first."))
    if user.erased_at is not None:
        raise AlreadyDone(_("This account is erased already."))
    agreed = Erasure.objects.agreed_cents(user, now)
    if refusal := in_the_way(user, now, gives_up_cents=agreed):
        raise refusal
    if agreed:
        give_up_rest(user=user, now=now)
    _close_ways_in(user)
    take_away_all(user, now)
    _delete_belongings(user)
    Erasure.objects.standing().filter(user=user).update(done_at=now)
    _forget(user, now)
    return user


def in_the_way(user: User, now: datetime, *, gives_up_cents: int = 0) -> StillInPlay | None:
    """Return the refusal that names what is open; None where the account may be erased."""
    if open_ends := list(open_ends_of(user, now, gives_up_cents=gives_up_cents)):
        named = "; ".join(map(str, open_ends))
        return StillInPlay(_("This account can't be erased yet: {open_ends}.").format(open_ends=named))
    return None


def _close_ways_in(user: User) -> None:
    end_other_sessions(user=user, kept="")
    revoke_all_keys(user=user)
    end_grants(user=user)
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()


def _delete_belongings(user: User) -> None:
    for rows in (
        user.notifications.all(),
        Mail.objects.filter(user=user),
        Preference.objects.filter(user=user),
        IdempotencyKey.objects.filter(user=user),
        user.webhooks.all(),
        user.push_subscriptions.all(),
        user.alerts.all(),
        user.sandbox_drops.all(),
        Draft.objects.filter(claim__user=user),
    ):
        rows.delete()
    user.agents.update(name=Cast("id", CharField()), personality=None, tags=[])
    PaymentProfile.objects.filter(user=user).update(auto_topup_enabled=False)


def _forget(user: User, now: datetime) -> None:
    user.email, user.email_as_written = f"{user.pk.hex}@{ERASED_AT}", ""
    user.name = user.handle = user.avatar_url = None
    user.is_active, user.is_verified_sender, user.erased_at = False, False, now
    user.set_unusable_password()
    user.save()
