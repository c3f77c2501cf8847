"""How people pay and are paid."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class PaymentProfile(models.Model):
    """How a user pays and is paid; most users have no row."""

    class AccountStatus(models.TextChoices):
        PENDING = "pending"
        ACTIVE = "active"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, primary_key=True, related_name="payment_profile"
    )
    stripe_customer_id = models.CharField(max_length=255, null=True, unique=True)
    customers_lost = models.PositiveSmallIntegerField(default=0, help_text=_("customers deleted at Stripe"))
    stripe_account_id = models.CharField(max_length=255, null=True, unique=True)
    stripe_account_status = models.CharField(max_length=8, choices=AccountStatus.choices, null=True)
    stripe_account_requirements = models.JSONField(default=list, help_text=_("what Stripe still wants to know"))
    payout_fingerprints = models.JSONField(
        default=list, db_default=[], help_text=_("Stripe's, of the bank accounts that were ever paid to")
    )
    auto_topup_enabled = models.BooleanField(default=False)
    auto_topup_amount_cents = models.BigIntegerField(null=True)
    auto_topup_threshold_cents = models.BigIntegerField(null=True)
    auto_topup_failures = models.PositiveSmallIntegerField(default=0, help_text=_("in a row"))
    auto_topup_not_before = models.DateTimeField(null=True, help_text=_("backs off after a failure"))
    auto_topup_paused_code = models.CharField(max_length=100, blank=True, default="")
    has_payment_method = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stripe_account_status__isnull=True, stripe_account_id__isnull=True)
                | Q(stripe_account_status__isnull=False, stripe_account_status__in=("pending", "active"))
                & Q(stripe_account_id__isnull=False),
                name="payment_profile_account_has_status",
            ),
            models.CheckConstraint(
                condition=Q(auto_topup_amount_cents__isnull=True) | Q(auto_topup_amount_cents__gt=0),
                name="payment_profile_topup_positive",
            ),
            models.CheckConstraint(
                condition=Q(auto_topup_threshold_cents__isnull=True) | Q(auto_topup_threshold_cents__gte=0),
                name="payment_profile_threshold_not_negative",
            ),
            # Each half is named: a comparison with an empty column is neither true nor false, which a CHECK lets pass.
            models.CheckConstraint(
                condition=Q(auto_topup_enabled=False)
                | Q(
                    auto_topup_amount_cents__isnull=False,
                    auto_topup_threshold_cents__isnull=False,
                    auto_topup_amount_cents__gt=F("auto_topup_threshold_cents"),
                    has_payment_method=True,
                ),
                name="payment_profile_auto_topup_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"payment profile of {self.user_id}"

    @property
    def takes_payouts(self) -> bool:
        return self.stripe_account_status == self.AccountStatus.ACTIVE

    @classmethod
    def of(cls, user: User) -> PaymentProfile:
        """The user's stored profile, or an unsaved one that says: nothing set up."""
        profile: PaymentProfile | None = cls.objects.filter(user=user).first()
        return profile or cls(user=user)
