"""Who sits for a drop: seats that may settle money and that its budget reaches, fixed before the first call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from drops.judging.panel import budget
from drops.judging.panel.judges import SEATS_MIN, Seat, with_cheaper
from drops.judging.panel.qualification import qualified
from drops.models import Drop, PanelSitting
from drops.ranking import PROMPTS_VERSION, Field, Panel


def qualified_choices(now: datetime) -> list[list[Seat]]:
    """For each configured seat the models that may take it, dearest first; seats that nobody may take are left out."""
    choices = [[seat for seat in configured.all_of_it if qualified(seat, now)] for configured in settings.JUDGE_SEATS]
    return [options for options in choices if options]


def panel_is_fit(now: datetime) -> bool:
    """Whether a panel is wanted here, and enough of its seats may settle money."""
    return settings.JUDGE in {"auto", "panel"} and len(qualified_choices(now)) >= SEATS_MIN


def open_sitting(*, drop: Drop, field: Field, now: datetime) -> PanelSitting | None:
    """Fix the panel of the drop's present round and reserve what it may cost; None where no budget reaches.

    To be called in the transaction that starts the round, under the drop's row lock.
    """
    choices = qualified_choices(now)
    if len(choices) < SEATS_MIN:
        return None
    # What a call sends depends on how many judge, not on who they are.
    ceilings = Panel(tuple(options[0].name for options in choices)).ceilings(field)
    chosen = budget.choose_seats(choices, ceilings, budget.drop_budget_cents(drop))
    if chosen is None:
        return None
    seats, reserved_cents = chosen
    if reserved_cents and reserved_cents > budget.day_left_cents(now):
        return None
    return PanelSitting.objects.create(
        drop=drop,
        round=drop.judging_round,
        seed=drop.judging_seed,
        seats=[{"name": seat.name, "model": seat.model} for seat in seats],
        staff_when_unsure=drop.price_cents >= settings.JUDGE_STAFF_CENTS,
        rubric_version=field.rubric_version,
        prompts_version=PROMPTS_VERSION,
        reserved_cents=reserved_cents,
        created_at=now,
    )


def sitting_of(drop: Drop) -> PanelSitting:
    """The panel of the drop's present round. Raises PanelSitting.DoesNotExist where people judge."""
    sitting: PanelSitting = drop.panel_sittings.get(round=drop.judging_round)
    return sitting


def panel_of(sitting: PanelSitting) -> Panel:
    """The thinking side of a sitting, as it was when it began."""
    return Panel(sitting.names, staff_when_unsure=sitting.staff_when_unsure)


def seats_of(sitting: PanelSitting) -> Sequence[Seat | None]:
    """The sitting's seats as they are configured now; None for one that is no longer."""
    known = {(seat.name, seat.model): seat for seat in with_cheaper(settings.JUDGE_SEATS)}
    return [known.get((seat["name"], seat["model"])) for seat in sitting.seats]
