"""Forgetting by night what grows with every drop and nobody needs any more, each kind by its setting.

Never what the ledger, receipts, appeals, disputes or a second person's approval stand on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q

from accounts.models import Export
from accounts.notifications.cleaning import clean_up
from accounts.oauth.clients import forget_unused_clients
from accounts.oauth.grants import forget_tokens
from core.db.batches import delete_in_batches, update_in_batches
from drops.models import Appeal, Cleaning, Cooldown, PanelCall
from drops.models.cleaning import Cleaned
from drops.privacy.exporting import sweep_exports
from wallet.models import StripeEvent

# A session is stored a moment after its row.
SESSION_BEGINS = timedelta(hours=1)


@dataclass(frozen=True)
class Policy:
    """One kind of rows that are forgotten, and the verb that does it: it returns how many."""

    kind: Cleaned
    forget: Callable[[datetime], int]


def forget_old(*, now: datetime) -> int:
    """Forget all that has had its time; each kind is counted for the metrics. Returns how many rows."""
    done = 0
    for name, gone in clean_up(now=now).items():
        Cleaning.objects.add(Cleaned(name), gone, now=now)
        done += gone
    for policy in POLICIES:
        gone = policy.forget(now)
        Cleaning.objects.add(policy.kind, gone, now=now)
        done += gone
    return done


def _browsers_signed_out(now: datetime) -> int:
    """Delete what was known of browsers whose session is over: their address and name."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    return delete_in_batches(UserSession.objects.filter(~Exists(alive), created_at__lte=now - SESSION_BEGINS))


def _cooldowns(now: datetime) -> int:
    over = Cooldown.objects.filter(expires_at__lte=_days_ago(now, settings.COOLDOWN_DAYS_KEPT))
    return delete_in_batches(over.filter(drop__ended_at__isnull=False))


def _texts_of_events(now: datetime) -> int:
    """Empty what Stripe sent. Of payouts to people's banks it stays: their page tells of them by it."""
    old = StripeEvent.objects.filter(received_at__lte=_days_ago(now, settings.EVENT_TEXT_DAYS_KEPT), account=None)
    return update_in_batches(old.filter(status__in=("processed", "ignored")).exclude(payload={}), payload={})


def _texts_of_panels(now: datetime) -> int:
    """Empty what models were sent and answered, once nobody can appeal against it, or still does."""
    open_appeals = Appeal.objects.open().filter(drop=OuterRef("session__round__drop"))
    old = PanelCall.objects.filter(
        ~Exists(open_appeals),
        Q(request__isnull=False) | ~Q(answer=""),
        created_at__lte=_days_ago(now, settings.PANEL_TEXT_DAYS_KEPT),
        session__round__drop__ended_at__lte=_days_ago(now, settings.PANEL_TEXT_DAYS_KEPT),
    )
    return update_in_batches(old, request=None, answer="")


def _exports(now: datetime) -> int:
    before = _days_ago(now, settings.EXPORT_DAYS_ON_RECORD)
    return delete_in_batches(Export.objects.filter(gone_at__lte=before)) + sweep_exports(now=now)


def _programs(now: datetime) -> int:
    return forget_tokens(now=now) + forget_unused_clients(now=now)


def _days_ago(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


POLICIES = (
    Policy(Cleaned.BROWSERS, _browsers_signed_out),
    Policy(Cleaned.COOLDOWNS, _cooldowns),
    Policy(Cleaned.EVENT_TEXTS, _texts_of_events),
    Policy(Cleaned.PANEL_TEXTS, _texts_of_panels),
    Policy(Cleaned.EXPORTS, _exports),
    Policy(Cleaned.PROGRAMS, _programs),
)
