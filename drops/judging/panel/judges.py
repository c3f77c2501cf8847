"""The judges an operator has configured: a model behind an OpenAI-compatible address, its limits and its prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings

TOKENS_PRICED = 1_000_000


@dataclass(frozen=True)
class PanelJudge:
    """One judge. `name` is what logs call it; the key is in no repr.

    `per_minute` is the most requests a worker process starts in any minute, `concurrency` the most it has in flight.
    Prices are in cents for a million tokens; zero where nothing is charged. `params` go into every request as they
    are. `thinking_tokens` are added to the answer's cap, for models whose hidden thoughts count towards it. `cheaper`
    takes its place where a drop's budget is too small for this one.
    """

    name: str
    base_url: str
    model: str
    api_key: str = field(repr=False)
    per_minute: int
    concurrency: int
    thinking_tokens: int
    input_cents_per_million: Decimal
    output_cents_per_million: Decimal
    params: Mapping[str, Any] = field(hash=False)
    cheaper: PanelJudge | None = None

    def cost_cents(self, input_tokens: int, output_tokens: int) -> Decimal:
        """Return what so many tokens cost here, in cents and fractions of a cent."""
        priced = input_tokens * self.input_cents_per_million + output_tokens * self.output_cents_per_million
        return priced / TOKENS_PRICED

    @property
    def all_of_it(self) -> tuple[PanelJudge, ...]:
        """This judge and those that may take its place."""
        return (self, *(self.cheaper.all_of_it if self.cheaper else ()))


def configured_judges() -> tuple[PanelJudge, ...]:
    """Return the judges of the settings; the cheaper models are in them."""
    return make_judges(settings.JUDGE_SEATS)


def make_judges(rows: Iterable[Mapping[str, Any]]) -> tuple[PanelJudge, ...]:
    """Return the judges of rows as settings hold them."""
    return tuple(make_judge(row) for row in rows)


def make_judge(row: Mapping[str, Any]) -> PanelJudge:
    cheaper = row["cheaper"]
    return PanelJudge(**{**row, "cheaper": make_judge(cheaper) if cheaper else None})


def with_cheaper(judges: Iterable[PanelJudge]) -> tuple[PanelJudge, ...]:
    """Return every judge that may ever judge, the cheaper ones included."""
    return tuple(one for judge in judges for one in judge.all_of_it)
