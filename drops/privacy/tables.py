"""Which rows are somebody's, for a copy of their data: by table, as plain columns.

Never others' work, nor anything that is sealed to its reader. `tests/drops/privacy/test_exporting.py` asks after every
table that names a person, and says why some are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Q, QuerySet

from accounts.models import (
    Agent,
    ApiKey,
    AuditEvent,
    Mail,
    Notification,
    Preference,
    PushDelivery,
    User,
    WebhookDelivery,
)
from accounts.notifications.shown import as_shown
from accounts.oauth.grants import grants_of
from core.db.walking import ROWS_AT_ONCE, walk
from drops.models import Appeal, Claim, Draft, Drop, Feedback, JudgeAnswer, Report, Revision, Submission, Takedown
from wallet.models import CardRefund, Dispute, Entry, HeldPayout, PaymentProfile, Topup, Withdrawal

Row = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """A file of the copy: `rows` of somebody as of a moment, each with its columns by name."""

    name: str
    rows: Callable[[User, datetime], Iterable[Row]]


def _table(name: str, rows: Callable[[User], QuerySet[Any]], columns: str) -> Table:
    names = columns.split()

    def read(user: User, now: datetime) -> Iterator[Row]:
        for row in walk(rows(user).values("pk", *names)):
            yield {name: row[name] for name in names}

    return Table(name, read)


def _notifications(user: User, now: datetime) -> Iterator[Row]:
    """As they read today: what staff took out of sight since is named in none."""
    notes = walk(Notification.objects.filter(user=user))
    names = ("kind", "subject", "text", "href", "created_at", "read_at")
    while some := list(islice(notes, ROWS_AT_ONCE)):
        yield from ({name: getattr(note, name) for name in names} for note in as_shown(some))


def _programs(user: User, now: datetime) -> Iterator[Row]:
    for grant in grants_of(user, now=now):
        yield {"name": grant.name, "since": grant.since, "scopes": grant.scopes}


def _decisions(user: User, now: datetime) -> Iterator[Row]:
    """Yield what staff told them of their decisions; not the notes for moderators, nor which of the staff it was, nor
    what was only asked for: nobody was told that, and what is done of it has a record of its own."""
    events = AuditEvent.objects.filter(target=f"user:{user.pk}").exclude(action__startswith="ask-")
    for event in walk(events):
        if told := event.changes.get("told"):
            yield {"act": event.action, "told": told[-1], "created_at": event.created_at}


def _takedowns(user: User) -> QuerySet[Any]:
    theirs = Q(drop__sender=user) | Q(submission__user=user) | Q(attachment__owner=user) | Q(profile=user)
    return Takedown.objects.filter(theirs)


def _ended(user: User, by: str) -> Q:
    """Of drops that are over: until then nothing is said of how an entry stands."""
    return Q(**{by: user, "round__drop__ended_at__isnull": False})


PEOPLE = (
    _table(
        "account",
        lambda user: User.objects.filter(pk=user.pk),
        "id email email_as_written name handle avatar_url credits language is_verified_sender created_at suspended_at "
        "suspended_reason posting_limited_until claiming_limited_until price_limited_until price_limit_cents "
        "limited_reason sender_tour_closed_at agent_tour_closed_at last_login",
    ),
    _table("addresses", lambda user: EmailAddress.objects.filter(user=user), "email verified primary"),
    _table("ways_to_sign_in", lambda user: Authenticator.objects.filter(user=user), "type created_at last_used_at"),
    _table(
        "sessions",
        lambda user: UserSession.objects.filter(user=user),
        "ip user_agent created_at last_seen_at",
    ),
    _table(
        "keys",
        lambda user: ApiKey.objects.filter(user=user),
        "public_id name token_key scopes created expiry last_used_at",
    ),
    Table("programs", _programs),
    _table("named_agents", lambda user: Agent.objects.filter(owner=user), "id name personality tags created_at"),
    Table("notifications", _notifications),
    _table("notification_settings", lambda user: Preference.objects.filter(user=user), "topic bell mail webhook push"),
    _table("mails", lambda user: Mail.objects.filter(user=user), "id is_digest created_at sent_at"),
    _table("webhooks", lambda user: user.webhooks.all(), "id url created_at failing_since disabled_at disabled_reason"),
    _table(
        "webhook_messages",
        lambda user: WebhookDelivery.objects.filter(endpoint__user=user),
        "id endpoint_id kind created_at delivered_at last_status",
    ),
    _table("browsers", lambda user: user.push_subscriptions.all(), "id label created_at last_success_at"),
    _table(
        "browser_messages",
        lambda user: PushDelivery.objects.filter(subscription__user=user),
        "id kind created_at delivered_at",
    ),
    Table("decisions_about_you", _decisions),
    _table("copies", lambda user: user.exports.all(), "id asked_at built_at size downloads downloaded_at"),
    _table("erasures", lambda user: user.erasures.all(), "id asked_at due_at gives_up_cents cancelled_at"),
)
MONEY = (
    _table("ledger", Entry.objects.of_user, "id reason delta balance_after created_at"),
    _table(
        "money_added",
        Topup.objects.of,
        "id amount_cents currency source status card_last4 reference created_at settled_at",
    ),
    _table(
        "withdrawals",
        lambda user: Withdrawal.objects.filter(user=user),
        "id amount_cents status failure_code reversed_cents created_at ended_at",
    ),
    _table(
        "card_refunds", lambda user: CardRefund.objects.filter(user=user), "id topup_id amount_cents status created_at"
    ),
    _table(
        "disputes",
        lambda user: Dispute.objects.filter(user=user),
        "id topup_id amount_cents status is_open opened_at",
    ),
    _table(
        "held_prizes",
        lambda user: HeldPayout.objects.filter(Q(payer=user) | Q(payee=user)),
        "reference amount_cents fee_cents status opened_at decided_at",
    ),
    _table(
        "payment_settings",
        lambda user: PaymentProfile.objects.filter(user=user),
        "stripe_customer_id stripe_account_id stripe_account_status auto_topup_enabled auto_topup_amount_cents "
        "auto_topup_threshold_cents has_payment_method",
    ),
)
GAME = (
    _table(
        "drops",
        Drop.objects.sent_by,
        "id title prompt description env_vars pack price_cents window_seconds close_when_full public_result agents "
        "origin_id status outcome_reason grade rationale moderators_told thanks created_at paid_at window_closes_at "
        "closed_at ended_at pulled_at",
    ),
    _table("alerts", lambda user: user.alerts.all(), "id pack min_price_cents created_at"),
    _table(
        "seats",
        Claim.objects.of,
        "id drop_id seat agent_id created_at lease_expires_at ended_at end_reason",
    ),
    _table("waits", lambda user: user.cooldowns.all(), "drop_id expires_at"),
    _table(
        "entries",
        lambda user: Submission.objects.filter(user=user),
        "id drop_id grade place reasons gap disqualified_at disqualified_reason created_at",
    ),
    _table(
        "receipts",
        lambda user: Revision.objects.filter(submission__user=user),
        "id submission_id number body sha256 received_at at_bell",
    ),
    _table(
        "drafts",
        lambda user: Draft.objects.filter(claim__user=user),
        "drop_id body sha256 at_bell saved_at",
    ),
    _table("feedback_to_you", Feedback.objects.for_author, "submission_id chips note written_at"),
    _table(
        "feedback_by_you",
        lambda user: Feedback.objects.filter(_ended(user, "written_by")),
        "round__drop_id chips note written_at",
    ),
    _table(
        "judgements_by_you",
        lambda user: JudgeAnswer.objects.filter(_ended(user, "answered_by")),
        "round__drop_id answer created_at taken_back_at",
    ),
    _table("ratings", lambda user: user.ratings.all(), "pack mu sigma score drops wins last_ended_at"),
    _table("reports", lambda user: Report.objects.filter(reporter=user), "drop_id reason created_at handled_at"),
    _table(
        "appeals",
        lambda user: Appeal.objects.filter(user=user),
        "id drop_id reason status answer created_at due_at decided_at",
    ),
    _table("out_of_sight", _takedowns, "drop_id submission_id attachment_id profile_id told hidden_at lifted_at"),
    _table(
        "sandbox_drops",
        lambda user: user.sandbox_drops.all(),
        "id pack created_at closes_at claimed_at body sha256 revisions received_at",
    ),
)
TABLES = (*PEOPLE, *MONEY, *GAME)
