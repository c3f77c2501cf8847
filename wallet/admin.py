"""Money in the admin: to read, never to write."""

from __future__ import annotations

from django.contrib import admin

from clorp.adminkit import ReadOnlyAdmin
from wallet.models import Account, Entry, PaymentProfile, Transfer, Withdrawal


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "user", "reference", "balance", "floor", "tracked")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("reference", "user__email")
    ordering = ("-id",)


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ("id", "reason", "amount", "debit", "credit", "created_at")
    list_select_related = ("debit", "credit")
    search_fields = ("reason",)
    ordering = ("-id",)


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("id", "account", "delta", "balance_after", "reason", "created_at")
    list_select_related = ("account",)
    search_fields = ("reason",)
    ordering = ("-id",)


@admin.register(Withdrawal)
class WithdrawalAdmin(ReadOnlyAdmin):
    list_display = ("id", "user", "amount_cents", "status", "attempt", "failure_code", "created_at")
    list_filter = ("status",)
    list_select_related = ("user",)
    search_fields = ("=id", "user__email", "stripe_transfer_id")
    ordering = ("-created_at",)


@admin.register(PaymentProfile)
class PaymentProfileAdmin(ReadOnlyAdmin):
    list_display = ("user", "stripe_account_status", "has_payment_method", "auto_topup_enabled")
    list_select_related = ("user",)
    search_fields = ("user__email", "stripe_customer_id", "stripe_account_id")
    ordering = ("user__email",)
