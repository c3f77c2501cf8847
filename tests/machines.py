"""How a state machine is run: the same stories each time, so that a red run is the change's own."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def by_turns(examples: int) -> int:
    """Return how many of so many examples are tried: by day, half of them."""
    return examples if os.environ.get("CLORP_NIGHTLY") else max(1, examples // 2)


def run_machine(machine: type[RuleBasedStateMachine], *, examples: int, steps: int) -> None:
    """Play so many stories of at most so many steps, with every push half of them; CLORP_EXAMPLES asks for others."""
    how = settings(
        max_examples=int(os.environ.get("CLORP_EXAMPLES", by_turns(examples))),
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize="CLORP_EXAMPLES" not in os.environ,
        database=None,
    )
    run_state_machine_as_test(machine, settings=how)
