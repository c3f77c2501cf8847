"""The cost of a panel: an upper bound before the first call, and a budget that no attempt goes beyond."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Case, DecimalField, OuterRef, Subquery, Sum, When
from django.db.models.functions import Coalesce, Greatest

from core.db.locks import Turn, take_turn
from drops.judging.panel.judges import PanelJudge
from drops.models import Drop, PanelCall, PanelSession, SeatCheck
from drops.ranking import Call, Ceiling

# English prose has about four characters a token, code about three; so this errs on the dear side.
CHARS_PER_TOKEN = 3
BPS = 10_000
RETRIES_SHARE = 3
RETRIES_MIN = 2
NOTHING = Decimal(0)
CENTS = DecimalField(max_digits=20, decimal_places=6)


def ceiling_cents(judge: PanelJudge, ceiling: Ceiling) -> Decimal:
    """The most that `judge` can cost within `ceiling`, in cents."""
    output_tokens = ceiling.output_tokens + ceiling.calls * judge.thinking_tokens
    return judge.cost_cents(_tokens(ceiling.input_chars), output_tokens)


def call_cents(judge: PanelJudge, call: Call) -> Decimal:
    """The most that one attempt at `call` can cost, in cents."""
    return judge.cost_cents(_tokens(len(call.system) + len(call.user)), call.tokens_max + judge.thinking_tokens)


def _tokens(chars: int) -> int:
    return -(-chars // CHARS_PER_TOKEN)


def choose_judges(
    choices: Sequence[Sequence[PanelJudge]], ceilings: Sequence[Ceiling], budget_cents: Decimal
) -> tuple[tuple[PanelJudge, ...], Decimal] | None:
    """One judge of each of `choices`, dearest first, whose ceilings together fit the budget, and what they sum up to.

    The judge that costs most gives way first. None where not even the cheapest fit: fewer calls are no way out.
    """
    chosen = [0] * len(choices)
    while True:
        judges = [options[at] for options, at in zip(choices, chosen, strict=True)]
        costs = [ceiling_cents(judge, ceiling) for judge, ceiling in zip(judges, ceilings, strict=True)]
        if sum(costs, NOTHING) <= budget_cents:
            return tuple(judges), sum(costs, NOTHING)
        movable = [place for place, options in enumerate(choices) if chosen[place] + 1 < len(options)]
        if not movable:
            return None
        chosen[max(movable, key=lambda place: costs[place])] += 1


def drop_budget_cents(drop: Drop) -> Decimal:
    """Return what may still be spent on judging `drop`: its share of the price, less what earlier rounds cost."""
    share = Decimal(drop.price_cents * settings.JUDGE_BUDGET_BPS_MAX) / BPS
    spent = PanelCall.objects.filter(session__round__drop=drop).aggregate(sum=Sum("cost_cents"))["sum"]
    return min(share, Decimal(settings.JUDGE_BUDGET_CENTS_MAX)) - (spent or NOTHING)


def day_left_cents(now: datetime) -> Decimal:
    """Return what may still be reserved today (UTC). Sessions under way count in full, others and checks by their cost.

    To be called in the transaction that reserves: others wait until it has ended, or two could take the same rest.
    """
    take_turn(Turn.DAY_BUDGET)
    return Decimal(settings.JUDGE_DAY_CENTS_MAX) - day_cents(now)


def day_cents(now: datetime) -> Decimal:
    """Return what today's panels have cost and may still cost, and what today's checks have cost, in cents."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    calls = PanelCall.objects.filter(session=OuterRef("pk")).order_by().values("session")
    spent = Coalesce(Subquery(calls.annotate(sum=Sum("cost_cents")).values("sum")), NOTHING, output_field=CENTS)
    today = PanelSession.objects.filter(created_at__gte=midnight).annotate(spent=spent)
    taken = Case(
        When(round__is_open=True, then=Greatest("reserved_cents", "spent")), default="spent", output_field=CENTS
    )
    panels: Decimal | None = today.aggregate(sum=Sum(taken, output_field=CENTS))["sum"]
    checks: Decimal | None = SeatCheck.objects.filter(checked_at__gte=midnight).aggregate(sum=Sum("cost_cents"))["sum"]
    return (panels or NOTHING) + (checks or NOTHING)


class PanelBudget:
    """The money and the tries of one session; safe to share between threads.

    An attempt may be made while what was spent, what attempts in flight may cost and its own ceiling stay within what
    was reserved, and while its judge has tries left: for a third of its calls an answer that can't be used is asked for
    again. Attempts that brought no answer use up none.
    """

    def __init__(self, judges: Sequence[PanelJudge | None], ceilings: Sequence[Ceiling], reserved: Decimal) -> None:
        self._judges = judges
        self._retries = {at: max(RETRIES_MIN, one.calls // RETRIES_SHARE) for at, one in enumerate(ceilings)}
        self._left = reserved
        self._in_flight: dict[str, Decimal] = {}
        self._lock = threading.Lock()

    def charge_earlier(self, attempts: Sequence[tuple[int, bool, Decimal]]) -> None:
        """Take off what workers before this one used: of each attempt its judge, whether its answer could not be used,
        and its cents."""
        for judge, is_unusable, cost in attempts:
            self._left -= cost
            self._retries[judge] -= is_unusable

    def take(self, call: Call, again: bool) -> bool:
        """Whether the attempt may be made; what it may cost is then set aside until `settle`."""
        judge = self._judges[call.judge]
        most = call_cents(judge, call) if judge is not None else NOTHING
        with self._lock:
            if self._left - sum(self._in_flight.values()) < most or (again and self._retries[call.judge] < 1):
                return False
            self._retries[call.judge] -= again
            self._in_flight[call.key] = most
            return True

    def settle(self, call: Call, cost: Decimal) -> None:
        """An attempt is over and has cost so much."""
        with self._lock:
            self._in_flight.pop(call.key, None)
            self._left -= cost
