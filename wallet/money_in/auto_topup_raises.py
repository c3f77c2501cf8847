"""Whether new settings for automatic top-ups cost more than those that stand: doors ask for a fresh login then."""

from __future__ import annotations

from accounts.models import User
from wallet.models import PaymentProfile


def would_charge_more(
    *, user: User, enabled: bool, amount_cents: int | None = None, threshold_cents: int | None = None
) -> bool:
    """Whether cards would be charged sooner or with more than now."""
    if not enabled:
        return False
    profile = PaymentProfile.objects.filter(user=user).first()
    if profile is None or not profile.auto_topup_enabled:
        return True
    sums = (amount_cents, profile.auto_topup_amount_cents), (threshold_cents, profile.auto_topup_threshold_cents)
    return any(new is not None and new > (old or 0) for new, old in sums)
