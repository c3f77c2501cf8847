"""A user's money over the API: to read."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ApiView, listed
from core import clock
from core.api.paging import page_of
from core.api.schema import PAGING
from core.order import Order
from wallet.books.earnings import earnings_of
from wallet.models import Entry, Withdrawal

Json = dict[str, Any]

NEWEST_ENTRY = Order(("id",))
NEWEST_WITHDRAWAL = Order(("created_at", "id"))
ENTRIES_WITH_BALANCE = 50


class EntryOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    user_id = serializers.UUIDField()
    delta = serializers.IntegerField(help_text="Cents; positive comes in.")
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    balance_after_cents = serializers.IntegerField(allow_null=True)


class BalanceOut(serializers.Serializer[Any]):
    balance_cents = serializers.IntegerField()
    withdrawable_cents = serializers.IntegerField(help_text="Prizes that can go to a bank now.")
    topped_up_cents = serializers.IntegerField(help_text="For drops, or back to its card; never to a bank.")
    held_cents = serializers.IntegerField(help_text="Prizes on hold; they can be spent.")
    ledger = EntryOut(many=True)


class WithdrawalOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    amount_cents = serializers.IntegerField()
    stripe_transfer_id = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(Withdrawal.Status.values)
    created_at = serializers.DateTimeField()
    failure_code = serializers.CharField(allow_null=True)


def entry(row: Any) -> Json:
    """A line of the ledger; `row` comes with `user_id`, as `of_user` gives it."""
    return {
        "id": str(row.pk),
        "user_id": row.user_id,
        "delta": row.delta,
        "reason": row.reason,
        "created_at": row.created_at,
        "balance_after_cents": row.balance_after,
    }


def withdrawal(row: Withdrawal) -> Json:
    return {
        "id": row.pk,
        "user_id": row.user_id,
        "amount_cents": row.amount_cents,
        "stripe_transfer_id": row.stripe_transfer_id,
        "status": row.status,
        "created_at": row.created_at,
        "failure_code": row.failure_code or None,
    }


class Balance(ApiView):
    @extend_schema(operation_id="get_balance", responses=BalanceOut)
    def get(self, request: Request) -> Response:
        """Your wallet's balance, and its newest movements."""
        now = clock.now()
        entries = Entry.objects.of_user(self.caller).order_by("-id")[:ENTRIES_WITH_BALANCE]
        earnings = earnings_of(self.caller, now)
        return Response(
            {
                "balance_cents": earnings.balance_cents,
                "withdrawable_cents": earnings.withdrawable_cents,
                "topped_up_cents": earnings.card_cents,
                "held_cents": earnings.held_cents,
                "ledger": [entry(row) for row in entries],
            }
        )


class Ledger(ApiView):
    @extend_schema(operation_id="list_ledger", responses=EntryOut(many=True), parameters=PAGING)
    def get(self, request: Request) -> Response:
        """Every movement of your money, newest first."""
        entries = Entry.objects.of_user(self.caller)
        page = page_of(entries, NEWEST_ENTRY, path=request.path, query=request.query_params)
        return listed(page, [entry(row) for row in page.rows])


class Withdrawals(ApiView):
    @extend_schema(operation_id="list_withdrawals", responses=WithdrawalOut(many=True), parameters=PAGING)
    def get(self, request: Request) -> Response:
        """Your withdrawals, newest first."""
        rows = Withdrawal.objects.filter(user=self.caller)
        page = page_of(rows, NEWEST_WITHDRAWAL, path=request.path, query=request.query_params)
        return listed(page, [withdrawal(row) for row in page.rows])
