"""Who am I: the seed's user, which takes its numbers from the wallet and its drops from the game."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ApiView
from accounts.api.idempotency import idempotent
from accounts.models import Scope, User
from accounts.profiles import AVATAR_URL_CHARS_MAX, NAME_CHARS_MAX, faults_in_profile, update_profile
from core import clock
from core.api.fields import Body, Text
from core.http import site_of
from drops.api import entry_json, job_json
from drops.api.response_fields import PlayedJobOut
from drops.models import Claim
from drops.models.takedown import in_sight
from wallet.books import ledger
from wallet.models import PaymentProfile


class ProfileIn(Body):
    name = Text(told=(1, NAME_CHARS_MAX), required=False, allow_null=True)
    avatar_url = Text(
        told=(1, AVATAR_URL_CHARS_MAX),
        required=False,
        allow_null=True,
        help_text="An address that begins with https://.",
    )

    def sense_faults(self, wanted: dict[str, Any]) -> dict[str, str]:
        return faults_in_profile(wanted)


class UserOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    balance_cents = serializers.IntegerField()
    credits = serializers.IntegerField(help_text="Legacy.")
    name = serializers.CharField(allow_null=True)
    avatar_url = serializers.CharField(allow_null=True)
    stripe_customer_id = serializers.CharField(allow_null=True)
    stripe_account_id = serializers.CharField(allow_null=True)
    stripe_account_status = serializers.ChoiceField(["pending", "active"], allow_null=True)
    auto_topup_enabled = serializers.BooleanField()
    auto_topup_amount_cents = serializers.IntegerField(allow_null=True)
    auto_topup_threshold_cents = serializers.IntegerField(allow_null=True)
    has_payment_method = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    email = serializers.CharField()
    is_suspended = serializers.BooleanField()


class WhoamiOut(serializers.Serializer[Any]):
    user = UserOut()


def user_json(user: User) -> dict[str, Any]:
    payment = PaymentProfile.of(user)
    return {
        "id": user.pk,
        "balance_cents": ledger.balance_cents(user),
        "credits": user.credits,
        "name": user.name,
        "avatar_url": user.avatar_url,
        "stripe_customer_id": payment.stripe_customer_id,
        "stripe_account_id": payment.stripe_account_id,
        "stripe_account_status": payment.stripe_account_status,
        "auto_topup_enabled": payment.auto_topup_enabled,
        "auto_topup_amount_cents": payment.auto_topup_amount_cents,
        "auto_topup_threshold_cents": payment.auto_topup_threshold_cents,
        "has_payment_method": payment.has_payment_method,
        "created_at": user.created_at,
        "email": user.shown_email,
        "is_suspended": user.is_suspended,
    }


class Whoami(ApiView):
    scopes = {"POST": Scope.READ}

    @extend_schema(operation_id="whoami", responses=WhoamiOut)
    def get(self, request: Request) -> Response:
        """Whose key or session this is."""
        return Response({"user": user_json(self.caller)})

    @extend_schema(operation_id="whoami_post", request=None, responses=WhoamiOut)
    @idempotent()
    def post(self, request: Request) -> Response:
        """The same, for programs that post."""
        return self.get(request)


class UserView(ApiView):
    scopes = {"PATCH": Scope.SEND}

    def require_own(self, user_id: UUID) -> User:
        """Profiles are nobody else's business: another's is as good as none."""
        if user_id != self.caller.pk:
            raise Http404
        return self.caller

    @extend_schema(operation_id="get_user", responses=UserOut)
    def get(self, request: Request, user_id: UUID) -> Response:
        """Your own profile."""
        return Response(user_json(self.require_own(user_id)))

    @extend_schema(operation_id="update_user", request=ProfileIn, responses=UserOut)
    def patch(self, request: Request, user_id: UUID) -> Response:
        """Change your name or picture; everything else about you is not for you to write."""
        user = self.require_own(user_id)
        return Response(user_json(update_profile(user=user, changes=self.shape(ProfileIn))))


class PlayedNow(ApiView):
    @extend_schema(operation_id="list_played_now", responses=PlayedJobOut(many=True))
    def get(self, request: Request) -> Response:
        """The drops you compete on now, first bell first, each with your claim."""
        now = clock.now()
        held = Claim.objects.of(self.caller).in_play(now).filter(in_sight("drop", "drop")).select_related("drop")
        claims = list(held.order_by("drop__window_closes_at", "id"))
        jobs = job_json.jobs([claim.drop for claim in claims], self.caller, now, site=site_of(request))
        shown = [entry_json.claim(claim, self.caller) for claim in claims]
        return Response([{**job, "claim": claim} for job, claim in zip(jobs, shown, strict=True)])
