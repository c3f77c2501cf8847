"""Money in the admin: to read, and where something waits for a person, to decide. Never to write."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from core.admin_base import QueueFilter, ReadOnlyAdmin, VerbAdmin
from wallet.admin.verbs import CLEAR, CLOSE, EVIDENCE, IGNORE, RELEASE, RELEASE_PAYOUT, RESUME, RETRY, RETURN_PAYOUT
from wallet.models import (
    Account,
    CardRefund,
    Dispute,
    Doubt,
    Entry,
    FraudWarning,
    HeldPayout,
    LedgerCheck,
    Lot,
    Part,
    PaymentProfile,
    Recall,
    Reconciliation,
    StripeBalanceTxn,
    StripeEvent,
    StripeMatch,
    Topup,
    Transfer,
    Withdrawal,
)
from wallet.money import format_cents


class IsOpen(QueueFilter):
    queues = {"open": (_("open"), HeldPayout.objects.open)}


class IsInDoubt(QueueFilter):
    queues = {"doubted": (_("in doubt"), Topup.objects.in_doubt)}


class IsHanging(QueueFilter):
    queues = {"hanging": (_("hanging"), lambda: StripeEvent.objects.hanging(clock.now()))}


class HasStopped(QueueFilter):
    queues = {"stopped": (_("stopped"), Withdrawal.objects.stopped)}


class IsMatched(admin.SimpleListFilter):
    title = _("in our books")
    parameter_name = "matched"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", gettext("No")), ("yes", gettext("Yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(matches__isnull=self.value() == "no").distinct()


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "user", "reference", "balance", "floor", "tracked")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("^reference", "^user__email")
    ordering = ("-id",)


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ("id", "reason", "amount", "debit", "credit", "created_at")
    list_select_related = ("debit", "credit")
    search_fields = ("^reason",)
    ordering = ("-id",)


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("id", "account", "delta", "balance_after", "reason", "created_at")
    list_select_related = ("account",)
    search_fields = ("^transfer__reason",)
    ordering = ("-id",)


@admin.register(Lot)
class LotAdmin(ReadOnlyAdmin):
    list_display = ("id", "account", "origin", "is_earned", "cents")
    list_filter = ("is_earned",)
    list_select_related = ("account", "origin")
    search_fields = ("^origin__reason", "=account__reference")
    ordering = ("-id",)


@admin.register(Part)
class PartAdmin(ReadOnlyAdmin):
    list_display = ("id", "transfer", "origin", "is_earned", "cents")
    list_select_related = ("transfer", "origin")
    search_fields = ("^transfer__reason", "^origin__reason")
    ordering = ("-id",)


@admin.register(Topup)
class TopupAdmin(VerbAdmin, ReadOnlyAdmin):
    list_display = ("id", "user", "amount_cents", "source", "status", "error_code", "created_at")
    list_filter = (IsInDoubt, "status", "source")
    list_select_related = ("user",)
    search_fields = ("=id", "^user__email", "^stripe_session_id", "^stripe_payment_intent_id", "^stripe_charge_id")
    ordering = ("-created_at",)
    verbs = (RELEASE, CLOSE, CLEAR)


@admin.register(Doubt)
class DoubtAdmin(ReadOnlyAdmin):
    list_display = ("id", "topup", "kind", "source", "since", "ended_at")
    list_filter = ("kind", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("topup",)
    search_fields = ("=source", "=topup__id")
    ordering = ("-id",)


@admin.register(FraudWarning)
class FraudWarningAdmin(ReadOnlyAdmin):
    list_display = ("id", "topup", "noted_at", "refunded_at")
    list_select_related = ("topup",)
    search_fields = ("=id", "=topup__id")
    ordering = ("-noted_at",)


@admin.register(Withdrawal)
class WithdrawalAdmin(VerbAdmin, ReadOnlyAdmin):
    list_display = ("id", "user", "amount_cents", "status", "attempt", "failure_code", "last_error", "created_at")
    list_filter = (HasStopped, "status")
    list_select_related = ("user",)
    search_fields = ("=id", "^user__email", "^stripe_transfer_id")
    ordering = ("-created_at",)
    verbs = (RESUME,)


@admin.register(HeldPayout)
class HeldPayoutAdmin(VerbAdmin, ReadOnlyAdmin):
    list_display = ("id", "reference", "payer", "payee", "amount_cents", "was_paid", "is_linked", "status", "opened_at")
    list_filter = (IsOpen, "status", "is_linked")
    list_select_related = ("payer", "payee")
    search_fields = ("=reference", "^payer__email", "^payee__email")
    ordering = ("-opened_at",)
    verbs = (RELEASE_PAYOUT, RETURN_PAYOUT)


@admin.register(CardRefund)
class CardRefundAdmin(ReadOnlyAdmin):
    list_display = ("id", "user", "amount_cents", "fee_cents", "status", "failure_code", "created_at")
    list_filter = ("status",)
    list_select_related = ("user",)
    search_fields = ("=id", "^user__email", "^stripe_refund_id")
    ordering = ("-created_at",)


@admin.register(Recall)
class RecallAdmin(ReadOnlyAdmin):
    list_display = ("id", "withdrawal", "amount_cents", "status", "failure_code", "last_error", "created_at")
    list_filter = ("status",)
    list_select_related = ("withdrawal",)
    search_fields = ("=withdrawal__id", "^withdrawal__user__email")
    ordering = ("-created_at",)


@admin.register(Dispute)
class DisputeAdmin(VerbAdmin, ReadOnlyAdmin):
    list_display = ("id", "user", "amount_cents", "status", "is_open", "opened_at", "evidence_sent_at")
    list_filter = ("is_open",)
    list_select_related = ("user",)
    search_fields = ("^id", "^user__email")
    ordering = ("-opened_at",)
    verbs = (EVIDENCE,)


@admin.register(PaymentProfile)
class PaymentProfileAdmin(ReadOnlyAdmin):
    list_display = ("user", "stripe_account_status", "has_payment_method", "auto_topup_enabled")
    list_select_related = ("user",)
    search_fields = ("^user__email", "^stripe_customer_id", "^stripe_account_id")
    ordering = ("user__email",)


@admin.register(StripeEvent)
class StripeEventAdmin(VerbAdmin, ReadOnlyAdmin):
    """Without the payload, which holds people's data that nobody here needs."""

    list_display = ("id", "type", "status", "tries", "last_error", "received_at", "processed_at")
    list_filter = (IsHanging, "status")
    search_fields = ("^id", "=object_id")
    exclude = ("payload",)
    ordering = ("-received_at",)
    verbs = (RETRY, IGNORE)


@admin.register(StripeBalanceTxn)
class StripeBalanceTxnAdmin(ReadOnlyAdmin):
    list_display = ("id", "type", "amount", "fee", "net", "source", "created")
    list_filter = (IsMatched, "type")
    search_fields = ("^id", "^source")
    ordering = ("-created",)


@admin.register(StripeMatch)
class StripeMatchAdmin(ReadOnlyAdmin):
    list_display = ("transfer", "txn")
    list_select_related = ("transfer", "txn")
    search_fields = ("^transfer__reason", "=txn__id")
    ordering = ("-transfer_id",)


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnlyAdmin):
    left_over = ("unmatched_lines", "unmatched_transfers", "unseen")
    list_display = ("ran_at", "difference", "stripe_cents", "books_cents", *left_over)
    ordering = ("-id",)

    @admin.display(description=_("difference"))
    def difference(self, row: Reconciliation) -> str:
        return "?" if row.difference_cents is None else format_cents(row.difference_cents)


@admin.register(LedgerCheck)
class LedgerCheckAdmin(ReadOnlyAdmin):
    list_display = ("ran_at", "broken", "alarms")
    ordering = ("-id",)
