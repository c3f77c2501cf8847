"""Which permission of a restricted key each call needs, by the names that Stripe's refusals use."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase

from tests.stripe_double.errors import ApiError

# The first pattern that fits decides; `read` is enough for GET, `write` is needed for the rest and includes it.
RESOURCES = [
    ("/v1/customers/*/payment_methods", "payment_method"),
    ("/v1/customers*", "customer"),
    ("/v1/checkout/sessions*", "checkout_session"),
    ("/v1/billing_portal/sessions", "customer_portal"),
    ("/v1/payment_intents*", "payment_intent"),
    # Refunds and fraud warnings are parts of a charge.
    ("/v1/charges/*", "charge"),
    ("/v1/refunds*", "charge"),
    ("/v1/radar/early_fraud_warnings*", "charge"),
    ("/v1/disputes*", "dispute"),
    ("/v1/transfers*", "transfer"),
    ("/v1/balance", "balance"),
    ("/v1/balance_transactions*", "balance_transaction_source"),
    ("/v1/events*", "event"),
    ("/v2/core/events*", "v2_event"),
    ("/v2/core/accounts*", "v2_account"),
    ("/v1/accounts", "connected_account"),
    ("/v1/accounts/*/external_accounts", "connected_account"),
    ("/v2/core/account_links", "account_link"),
]
Permissions = Collection[str]


def permission_for(method: str, path: str) -> str:
    """Return the least that allows the call, such as `charge_read`."""
    resource = next((name for pattern, name in RESOURCES if fnmatchcase(path, pattern)), "")
    return f"{resource}_{'read' if method == 'GET' else 'write'}"


def refusal_of(method: str, path: str, granted: Permissions | None) -> ApiError | None:
    """Return how Stripe refuses a restricted key; None where it may. `granted` is None for a key without limits."""
    needed = permission_for(method, path)
    if granted is None or needed in granted or needed.replace("_read", "_write") in granted:
        return None
    return ApiError(
        403,
        f"The provided key 'rk_test_****' does not have the required permissions for this endpoint. Having the "
        f"'rak_{needed}' permission would allow this request to continue.",
        saved=False,
    )
