"""The buttons of a person's file for how they stand: warnings, limits, trust, ways in, notes, erasing."""

from __future__ import annotations

from collections.abc import Iterator

from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ERASE, ApiKey, Erasure, User
from core import clock
from core.admin_base import Verb
from drops.moderation import erasing, standing
from drops.privacy.open_ends import open_ends_of
from wallet import adjusting
from wallet.books import ledger
from wallet.models import ADJUST
from wallet.money import format_cents
from wallet.money_out.forfeits import rest_of

CHANGE = "accounts.change_user"
PERSON = gettext_lazy("This person")


def what_is_erased(user: User) -> str:
    """Say what goes, what must be kept and why, and what still stands in the way."""
    kept = _(
        "Gone: name, handle, address, picture, ways in, notifications, settings, drafts. Kept, under no name: drops, "
        "entries and verdicts, which others paid for or competed on; the ledger and what Stripe knows, which the law "
        "asks for; decisions, notes and signs of linked accounts, which keep a ban a ban."
    )
    now = clock.now()
    agreed = Erasure.objects.agreed_cents(user, now)
    if open_ends := "; ".join(map(str, open_ends_of(user, now, gives_up_cents=agreed))):
        return _("{kept} In the way: {open_ends}.").format(kept=kept, open_ends=open_ends)
    if agreed and (rest := rest_of(user)):
        given_up = _("{kept} They gave up {amount} in the wallet: it will be the house's.")
        return given_up.format(kept=kept, amount=format_cents(rest))
    return kept


def keeps_money(user: User) -> str:
    balance = format_cents(ledger.balance_cents(user))
    return _("No money moves: {balance} in the wallet stays theirs.").format(balance=balance)


def who_corrects(user: User) -> str:
    balance, alone = format_cents(ledger.balance_cents(user)), settings.FOUR_EYES_ADJUST_CENTS
    if not alone:
        return _("{balance} is in the wallet. A second person must approve a correction.").format(balance=balance)
    return _("{balance} is in the wallet. Above {most} a second person must approve a correction.").format(
        balance=balance, most=format_cents(alone)
    )


def limits_that_stand(user: User) -> str:
    limits = "; ".join(_limits_in_words(user)) or _("none")
    return _("No money moves. Limits that stand: {limits}.").format(limits=limits)


def _limits_in_words(user: User) -> Iterator[str]:
    for limit in standing.limits_of(user, clock.now()):
        yield standing.limit_in_words(*limit)


LIMIT_FIELDS: dict[str, forms.Field] = {
    "what": forms.ChoiceField(label=gettext_lazy("Limit"), choices=list(standing.LIMITS.items())),
    "days": forms.IntegerField(
        label=gettext_lazy("For how many days"), min_value=1, max_value=standing.LIMIT_DAYS_MAX, initial=7
    ),
    "most_cents": forms.IntegerField(
        label=gettext_lazy("Highest price in cents"),
        min_value=1,
        required=False,
        help_text=gettext_lazy("For a limit of prices alone."),
    ),
}
WARN = Verb(
    name="warn",
    tells=PERSON,
    label=gettext_lazy("Warn"),
    meaning=gettext_lazy("Tells somebody what they must not do again. Nothing else changes."),
    permission=CHANGE,
    subject="user",
    call=standing.warn_user,
    fits=lambda user: user.erased_at is None,
)
LIMIT = Verb(
    name="limit",
    tells=PERSON,
    label=gettext_lazy("Limit"),
    meaning=gettext_lazy(
        "For some days they can't post, can't claim, or can't set high prizes; trying tells them until when and why. "
        "What is open goes on."
    ),
    permission=CHANGE,
    subject="user",
    call=standing.limit_user,
    fits=lambda user: user.erased_at is None,
    money=limits_that_stand,
    fields=LIMIT_FIELDS,
)
LIFT_LIMITS = Verb(
    name="lift-limits",
    tells=PERSON,
    label=gettext_lazy("Lift limits"),
    meaning=gettext_lazy("Ends every limit that moderators set on somebody."),
    permission=CHANGE,
    subject="user",
    call=standing.lift_limits,
    fits=lambda user: bool(standing.limits_of(user, clock.now())),
    money=limits_that_stand,
)
UNVERIFY = Verb(
    name="unverify-sender",
    tells=PERSON,
    label=gettext_lazy("Take back verification"),
    meaning=gettext_lazy("Takes the higher price limit from somebody who was verified. Drops they have posted stand."),
    permission=CHANGE,
    subject="user",
    call=standing.unverify_sender,
    fits=lambda user: user.is_verified_sender,
)
SIGN_OUT = Verb(
    name="sign-out",
    tells=PERSON,
    label=gettext_lazy("Sign out everywhere"),
    meaning=gettext_lazy("Ends every session of theirs. Keys and programs go on: revoke those too if in doubt."),
    permission=CHANGE,
    subject="user",
    call=standing.sign_out_user,
    fits=lambda user: UserSession.objects.filter(user=user).exists(),
)
REVOKE_KEYS = Verb(
    name="revoke-keys",
    tells=PERSON,
    label=gettext_lazy("Revoke all keys"),
    meaning=gettext_lazy("Ends every key of theirs and what programs may do for them. Their sessions go on."),
    permission=CHANGE,
    subject="user",
    call=standing.revoke_keys_of,
    fits=lambda user: ApiKey.objects.filter(user=user).exists() or standing.has_programs(user, clock.now()),
)
NOTE = Verb(
    name="note",
    is_private=True,
    label=gettext_lazy("Write a note"),
    meaning=gettext_lazy("Leaves a note for other moderators in this file. Nobody changes or deletes it."),
    permission=CHANGE,
    subject="user",
    call=standing.write_note,
    fits=lambda user: True,
)
ERASE_ACCOUNT = Verb(
    name="erase",
    is_private=True,
    label=gettext_lazy("Erase the account"),
    meaning=gettext_lazy("Takes away who somebody is, because they asked for it. It can't be undone."),
    permission=ERASE,
    subject="user",
    call=erasing.erase_user,
    fits=lambda user: user.erased_at is None and not user.is_staff,
    money=what_is_erased,
    rows_max=1,
)
CORRECT = Verb(
    name="adjust",
    tells=PERSON,
    label=gettext_lazy("Correct the wallet"),
    meaning=gettext_lazy(
        "Puts money into a wallet, or takes it out, where the books are right and the balance is not fair."
    ),
    permission=ADJUST,
    subject="user",
    call=adjusting.adjust_wallet,
    fits=lambda user: user.erased_at is None,
    money=who_corrects,
    fields={
        "cents": forms.IntegerField(
            label=gettext_lazy("By how many cents"), help_text=gettext_lazy("With a minus, they are taken out.")
        )
    },
    rows_max=1,
)
STANDING_VERBS = (CORRECT, NOTE, WARN, LIMIT, LIFT_LIMITS, UNVERIFY, SIGN_OUT, REVOKE_KEYS, ERASE_ACCOUNT)
