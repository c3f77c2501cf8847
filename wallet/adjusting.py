"""Corrections of a wallet by hand: asked for by one of the staff, approved by another, posted once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent, User, record_audit
from accounts.notifications.notify import notify
from accounts.permissions import require_moderator
from core.errors import Forbidden, Invalid
from core.text import TOLD_CHARS_MAX, fault_in, sentence_apart
from wallet import approvals
from wallet.books import ledger
from wallet.books.links import same_person
from wallet.models import Approval, Transfer
from wallet.models.approvals import ADJUST
from wallet.money import format_cents

KIND = "adjust"
ADJUST_CENTS_MAX = 1_000_000
SAME_PRESS = timedelta(minutes=1)
OURS = ledger.Party(ledger.Kind.ADJUSTMENTS)


@transaction.atomic
def adjust_wallet(*, user: User, cents: int, staff: User, told: str, reason: str, now: datetime) -> User | Approval:
    """Correct a wallet by `cents`, up or down; its owner is told. Above a limit it waits for a second person."""
    require_moderator(staff, reason, right=ADJUST)
    _require_not_theirs(staff, user)
    errors = {"told": fault} if (fault := fault_in(told, chars_max=TOLD_CHARS_MAX)) else {}
    if not 1 <= abs(cents) <= ADJUST_CENTS_MAX:
        most = format_cents(ADJUST_CENTS_MAX)
        errors["cents"] = _("A correction is of up to {most}, up or down, and not of nothing.").format(most=most)
    if errors:
        raise Invalid(errors)
    if abs(cents) > settings.FOUR_EYES_ADJUST_CENTS:
        # No address: a request is kept for good, and its subject's account may not be.
        facts = {"id": str(user.pk)[:8], "amount": signed(cents)}
        summary = _("Correct the wallet of account {id} by {amount}").format(**facts)
        asked: dict[str, Any] = {
            "kind": KIND,
            "target": f"user:{user.pk}",
            "summary": summary,
            "asks": {"cents": cents},
        }
        made = approvals.ask(**asked, staff=staff, told=told, reason=reason, now=now)
        asks = {"asks": ["", summary], "told": ["", told]}
        record_audit(actor=staff, action="ask-adjust", target=made.target, reason=reason, changes=asks, now=now)
        return made
    changes: dict[str, list[Any]] = {"cents": [0, cents], "told": ["", told]}
    # One button, pressed twice, by one or by two: the second waits for the lock, and finds the first's record.
    user = User.objects.lock(user.pk)
    done = AuditEvent.objects.filter(action=KIND, target=f"user:{user.pk}", changes=changes)
    if done.filter(created_at__gt=now - SAME_PRESS).exists():
        raise approvals.AskedAlready
    _post(user, cents, token=f"alone_{uuid4().hex}", told=told, now=now)
    record_audit(actor=staff, action=KIND, target=f"user:{user.pk}", reason=reason, changes=changes, now=now)
    return user


def signed(cents: int) -> str:
    return f"{'+' if cents > 0 else ''}{format_cents(cents)}"


signed_lazy = lazy(signed, str)


def _act(approval: Approval, staff: User, reason: str, now: datetime) -> None:
    """Post what was asked for, once for each approval, and record it with both names."""
    user = User.objects.lock(approval.target_id)  # type: ignore[arg-type]
    _require_not_theirs(staff, user)
    cents = approval.asks["cents"]
    _post(user, cents, token=str(approval.pk), told=approval.told, now=now)
    changes = {"cents": [0, cents], "told": ["", approval.told], **approval.by_both()}
    record_audit(actor=staff, action=KIND, target=approval.target, reason=reason, changes=changes, now=now)


def _require_not_theirs(staff: User, user: User) -> None:
    if user.pk in same_person(staff):
        raise Forbidden(_("This is your own money, or that of an account that seems to be yours."))


def _post(user: User, cents: int, *, token: str, told: str, now: datetime) -> Transfer:
    wallet = ledger.wallet_of(user)
    debit, credit = (OURS, wallet) if cents > 0 else (wallet, OURS)
    reason = f"{KIND}:{token}"
    transfer = ledger.post_transfer(debit=debit, credit=credit, amount_cents=abs(cents), reason=reason, now=now)
    text = format_lazy(
        _("Our staff corrected your wallet by {amount}: {told}"), amount=signed_lazy(cents), told=sentence_apart(told)
    )
    notify([user], kind="wallet-corrected", text=text, href="/wallet", now=now)
    return transfer


def _require_apart(approval: Approval, staff: User, now: datetime) -> None:
    _require_not_theirs(staff, User.objects.get(pk=approval.target_id))


approvals.register(approvals.Kind(KIND, _("Correct a wallet"), (ADJUST,), _act, _require_apart))
