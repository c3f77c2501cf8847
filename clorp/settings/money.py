"""Money: play or Stripe, fees, holds and limits."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from clorp.settings.base import DEBUG, env

STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
if STRIPE_SECRET_KEY and not STRIPE_SECRET_KEY.startswith(("sk_", "rk_")):
    raise ImproperlyConfigured("STRIPE_SECRET_KEY is a secret or restricted key: it starts with sk_ or rk_.")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_CONNECT_WEBHOOK_SECRET = env.str("STRIPE_CONNECT_WEBHOOK_SECRET", default="")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="").rstrip("/")
if STRIPE_API_BASE and not STRIPE_API_BASE.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
    raise ImproperlyConfigured("STRIPE_API_BASE is an https:// address: the secret key goes there.")
STRIPE_CONNECT_SECONDS_MAX = 3.0
STRIPE_ANSWER_SECONDS_MAX = 20.0
STRIPE_RETRIES_MAX = 1
PLAY_MONEY = env.bool("PLAY_MONEY", default=DEBUG and not STRIPE_SECRET_KEY)
if PLAY_MONEY and STRIPE_SECRET_KEY:
    raise ImproperlyConfigured("PLAY_MONEY and STRIPE_SECRET_KEY exclude each other: unset one of them.")
PLAY_MONEY_CENTS = 10_000
FEE_BPS = env.int("FEE_BPS", default=0)
FEE_FLAT_CENTS = env.int("FEE_FLAT_CENTS", default=0)
PRIZE_HOLD_SECONDS = env.int("PRIZE_HOLD_SECONDS", default=172_800)
TOPUP_HOLD_SECONDS = env.int("TOPUP_HOLD_SECONDS", default=604_800)
CLEAN_RECORD_SECONDS = env.int("CLEAN_RECORD_SECONDS", default=7_776_000)
TOPUP_CENTS_MIN = env.int("TOPUP_CENTS_MIN", default=500)
TOPUP_CENTS_MAX = env.int("TOPUP_CENTS_MAX", default=100_000)
WITHDRAWAL_CENTS_MIN = env.int("WITHDRAWAL_CENTS_MIN", default=500)
TOPUP_DAY_CENTS_MAX = env.int("TOPUP_DAY_CENTS_MAX", default=100_000)
TOPUP_MONTH_CENTS_MAX = env.int("TOPUP_MONTH_CENTS_MAX", default=300_000)
WITHDRAWAL_DAY_CENTS_MAX = env.int("WITHDRAWAL_DAY_CENTS_MAX", default=100_000)
WITHDRAWAL_MONTH_CENTS_MAX = env.int("WITHDRAWAL_MONTH_CENTS_MAX", default=500_000)
CARD_REFUND_FEES_MONTH_CENTS_MAX = env.int("CARD_REFUND_FEES_MONTH_CENTS_MAX", default=500)
CAPS_TIMES_MAX = env.int("CAPS_TIMES_MAX", default=6)
AUTO_TOPUP_MONTH_CENTS_MAX = env.int("AUTO_TOPUP_MONTH_CENTS_MAX", default=50_000)
CONNECT_COUNTRY = env.str("CONNECT_COUNTRY", default="US")
CONNECT_COUNTRIES = [name.upper() for name in env.list("CONNECT_COUNTRIES", default=[])]
if CONNECT_COUNTRIES and CONNECT_COUNTRY not in CONNECT_COUNTRIES:
    raise ImproperlyConfigured("CONNECT_COUNTRY is one of CONNECT_COUNTRIES.")
CONNECT_RECIPIENT_COUNTRIES = [name.upper() for name in env.list("CONNECT_RECIPIENT_COUNTRIES", default=[])]
if CONNECT_COUNTRIES and not set(CONNECT_RECIPIENT_COUNTRIES) <= set(CONNECT_COUNTRIES):
    raise ImproperlyConfigured("CONNECT_RECIPIENT_COUNTRIES are some of CONNECT_COUNTRIES.")
THREE_D_SECURE_CENTS = env.int("THREE_D_SECURE_CENTS", default=20_000)
FRAUD_WARNING_REFUND_CENTS_MAX = env.int("FRAUD_WARNING_REFUND_CENTS_MAX", default=2_500)
# Above these sums one of the staff asks and another approves, within APPROVAL_SECONDS.
FOUR_EYES_ADJUST_CENTS = env.int("FOUR_EYES_ADJUST_CENTS", default=0)
FOUR_EYES_REFUND_CENTS = env.int("FOUR_EYES_REFUND_CENTS", default=20_000)
FOUR_EYES_VERDICT_CENTS = env.int("FOUR_EYES_VERDICT_CENTS", default=20_000)
APPROVAL_SECONDS = env.int("APPROVAL_SECONDS", default=86_400)
# What the operator keeps outside Stripe to cover fees and debts that the wallets rely on.
OWNER_FLOAT_CENTS = env.int("OWNER_FLOAT_CENTS", default=0)
