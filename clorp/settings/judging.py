"""Who judges, and what that may cost."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from clorp.settings.base import env
from clorp.settings.judge_seats import JUDGES_MIN, read_seats
from clorp.settings.money import PLAY_MONEY

JUDGE = env.str("JUDGE", default="auto")
if JUDGE not in {"auto", "sender", "staff", "panel"}:
    raise ImproperlyConfigured("JUDGE is one of auto, sender, staff, panel.")
try:
    JUDGE_SEATS = read_seats(env.str("JUDGE_SEATS", default=""), lambda name: env.str(name, default=""))
except ValueError as fault:
    raise ImproperlyConfigured(str(fault)) from fault
JUDGE_SEATS_MIN = JUDGES_MIN
if JUDGE == "panel" and not JUDGE_SEATS:
    # Better than to start and leave every drop waiting for a judge that never comes.
    raise ImproperlyConfigured("JUDGE=panel needs judges: list them in JUDGE_SEATS.")
if JUDGE_SEATS and find_spec("openai") is None:
    raise ImproperlyConfigured("JUDGE_SEATS needs the packages of requirements-panel.txt: install those too.")
JUDGE_UNCHECKED = env.bool("JUDGE_UNCHECKED", default=False)
if JUDGE_UNCHECKED and not PLAY_MONEY:
    raise ImproperlyConfigured("JUDGE_UNCHECKED is for play money alone: run judge_check, and unset it.")
JUDGE_STAFF_CENTS = env.int("JUDGE_STAFF_CENTS", default=5_000)
JUDGE_BUDGET_CENTS_MAX = env.int("JUDGE_BUDGET_CENTS_MAX", default=100)
JUDGE_BUDGET_BPS_MAX = 1_000
JUDGE_DAY_CENTS_MAX = env.int("JUDGE_DAY_CENTS_MAX", default=2_000)
JUDGE_DROPS_AT_ONCE = env.int("JUDGE_DROPS_AT_ONCE", default=8)
JUDGE_DROP_SECONDS_MAX = 300
JUDGE_LEASE_SECONDS = 60
JUDGE_HELD_SECONDS_MAX = 86_400
# A judge is checked again after so many days; a check that is older than the second says nothing any more.
JUDGE_CHECK_EVERY_DAYS = env.int("JUDGE_CHECK_EVERY_DAYS", default=7)
JUDGE_CHECK_DAYS_MAX = env.int("JUDGE_CHECK_DAYS_MAX", default=14)
# Where it differs from what `drops.judging.panel.retry_policy` says.
JUDGE_PATIENCE: dict[str, Any] = {}
