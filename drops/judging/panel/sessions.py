"""Who sits for a drop: judges that may settle money and that its budget reaches, fixed before the first call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings

from drops.judging.panel import budget
from drops.judging.panel.judges import PanelJudge, configured_judges, with_cheaper
from drops.judging.panel.qualification import qualified
from drops.models import Drop, JudgingRound, PanelSession
from drops.ranking import PROMPTS_VERSION, Field, Panel


def qualified_choices(now: datetime) -> list[list[PanelJudge]]:
    """Return what may judge in each place of a panel, dearest first; a place that nobody may take is left out."""
    choices = [[judge for judge in configured.all_of_it if qualified(judge, now)] for configured in configured_judges()]
    return [options for options in choices if options]


def panel_is_fit(now: datetime) -> bool:
    """Whether a panel is wanted here, and enough of its judges may settle money."""
    return settings.JUDGE in {"auto", "panel"} and len(qualified_choices(now)) >= settings.JUDGE_SEATS_MIN


@dataclass(frozen=True)
class Chosen:
    """Judges that fit a drop's budget, and the most that they may cost together."""

    judges: tuple[PanelJudge, ...]
    reserved_cents: Decimal


def choose_judges(*, drop: Drop, field: Field, now: datetime) -> Chosen | None:
    """The panel for a round that begins now; None where no budget reaches.

    To be called in the transaction that starts the round, under the drop's row lock.
    """
    choices = qualified_choices(now)
    if len(choices) < settings.JUDGE_SEATS_MIN:
        return None
    # What a call sends depends on how many judge, not on who they are.
    ceilings = Panel(tuple(options[0].name for options in choices)).ceilings(field)
    chosen = budget.choose_judges(choices, ceilings, budget.drop_budget_cents(drop))
    if chosen is None:
        return None
    judges, reserved_cents = chosen
    if reserved_cents and reserved_cents > budget.day_left_cents(now):
        return None
    return Chosen(judges, reserved_cents)


def open_session(*, judging_round: JudgingRound, chosen: Chosen, now: datetime) -> PanelSession:
    """Fix the panel of a round, and reserve what it may cost."""
    return PanelSession.objects.create(
        round=judging_round,
        judges=[{"name": judge.name, "model": judge.model} for judge in chosen.judges],
        staff_when_unsure=judging_round.drop.price_cents >= settings.JUDGE_STAFF_CENTS,
        prompts_version=PROMPTS_VERSION,
        reserved_cents=chosen.reserved_cents,
        created_at=now,
    )


def panel_of(session: PanelSession) -> Panel:
    """The thinking side of a session, as it was when it began."""
    return Panel(session.names, staff_when_unsure=session.staff_when_unsure, version=session.prompts_version)


def judges_of(session: PanelSession) -> Sequence[PanelJudge | None]:
    """The session's judges as they are configured now; None for one that is no longer."""
    known = {(judge.name, judge.model): judge for judge in with_cheaper(configured_judges())}
    return [known.get((judge["name"], judge["model"])) for judge in session.judges]
