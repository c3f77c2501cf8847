"""A user's money over the API: to add, to keep filled, to take out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import require_key_or_fresh_session
from accounts.api.base import ApiView
from accounts.api.idempotency import idempotent, verb_key
from accounts.models import Scope
from core import clock
from core.api.fields import Body, Flag, Whole
from core.http import site_of
from core.words import Words
from wallet import return_urls
from wallet.api.reading import WithdrawalOut, withdrawal
from wallet.money_in import auto_topups, cards, topups
from wallet.money_in.auto_topup_raises import would_charge_more
from wallet.money_in.auto_topup_sums import faults_in_sums
from wallet.money_out import withdrawals
from wallet.money_out.amounts import amount_fault

BIGGEST_CENTS = 2**53 - 1
ONE_TOPUP = settings.TOPUP_CENTS_MIN, settings.TOPUP_CENTS_MAX


class TopUpIn(Body):
    amount_cents = Whole(told=ONE_TOPUP, min_value=1, max_value=BIGGEST_CENTS)
    keep_card = Flag(required=False, default=False, help_text="Save the card for later.")

    def sense_faults(self, wanted: dict[str, Any]) -> dict[str, str]:
        fault = topups.amount_fault(wanted["amount_cents"]) if "amount_cents" in wanted else None
        return {"amount_cents": fault} if fault else {}


class WithdrawIn(Body):
    amount_cents = Whole(told=(settings.WITHDRAWAL_CENTS_MIN, None), min_value=1, max_value=BIGGEST_CENTS)

    def sense_faults(self, wanted: dict[str, Any]) -> dict[str, str]:
        fault = amount_fault(wanted["amount_cents"]) if "amount_cents" in wanted else None
        return {"amount_cents": fault} if fault else {}


class AutoTopupIn(Body):
    enabled = Flag()
    amount_cents = Whole(
        told=(ONE_TOPUP[0], min(ONE_TOPUP[1], settings.AUTO_TOPUP_MONTH_CENTS_MAX)),
        required=False,
        min_value=1,
        max_value=BIGGEST_CENTS,
        help_text="More than the threshold.",
    )
    threshold_cents = Whole(required=False, min_value=0, max_value=BIGGEST_CENTS, help_text="Adds money below this.")

    def sense_faults(self, wanted: dict[str, Any]) -> dict[str, Words]:
        return faults_in_sums(wanted.get("amount_cents"), wanted.get("threshold_cents"))


class AutoTopupOut(serializers.Serializer[Any]):
    enabled = serializers.BooleanField()
    amount_cents = serializers.IntegerField(allow_null=True)
    threshold_cents = serializers.IntegerField(allow_null=True)
    has_payment_method = serializers.BooleanField()
    paused_code = serializers.CharField(allow_null=True, help_text="Why it pauses until you add money yourself.")


class UrlOut(serializers.Serializer[Any]):
    url = serializers.CharField(help_text="A page of Stripe's for this user alone: open it in their browser.")


class TopUp(ApiView):
    scopes = {"POST": Scope.WALLET}

    @extend_schema(operation_id="top_up", request=TopUpIn, responses=UrlOut)
    @idempotent(TopUpIn)
    def post(self, request: Request) -> Response:
        """Add money: the page where it is paid."""
        asked = self.shape(TopUpIn)
        key = verb_key(request)
        pages = return_urls.topup_pages(site_of(request))
        _, url = topups.start_topup(
            user=self.caller, now=clock.now(), idempotency_key=key and f"topup:{key}", **asked, **pages
        )
        return Response({"url": url})


class SetupPaymentMethod(ApiView):
    scopes = {"POST": Scope.WALLET}

    @extend_schema(operation_id="setup_payment_method", request=None, responses=UrlOut)
    @idempotent()
    def post(self, request: Request) -> Response:
        """Save a card: the page where it is typed."""
        pages = return_urls.card_pages(site_of(request))
        return Response(
            {"url": cards.start_card_setup(user=self.caller, key=verb_key(request), now=clock.now(), **pages)}
        )


class AutoTopup(ApiView):
    scopes = {"POST": Scope.WALLET}

    @extend_schema(operation_id="set_auto_topup", request=AutoTopupIn, responses=AutoTopupOut)
    @idempotent(AutoTopupIn)
    def post(self, request: Request) -> Response:
        """Keep the wallet filled from the saved card, or stop it; the settings as they now are."""
        wanted = self.shape(AutoTopupIn)
        if would_charge_more(user=self.caller, **wanted):
            require_key_or_fresh_session(request)
        profile = auto_topups.set_auto_topup(user=self.caller, **wanted)
        return Response(
            {
                "enabled": profile.auto_topup_enabled,
                "amount_cents": profile.auto_topup_amount_cents,
                "threshold_cents": profile.auto_topup_threshold_cents,
                "has_payment_method": profile.has_payment_method,
                "paused_code": profile.auto_topup_paused_code or None,
            }
        )


class Withdraw(ApiView):
    scopes = {"POST": Scope.WALLET}

    @extend_schema(operation_id="withdraw", request=WithdrawIn, responses={201: WithdrawalOut})
    @idempotent(WithdrawIn)
    def post(self, request: Request) -> Response:
        """Send money to your own account at Stripe; it stays `pending` until Stripe has confirmed it."""
        require_key_or_fresh_session(request)
        asked = self.shape(WithdrawIn)
        key, now = verb_key(request), clock.now()
        made = withdrawals.request_withdrawal(user=self.caller, now=now, idempotency_key=key, **asked)
        return Response(withdrawal(made), status=201)
