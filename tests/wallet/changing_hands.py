"""Verdicts that are changed, as a step of the money machine: a prize goes to somebody else, or back to its payer."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from wallet.money_out.moved_prizes import move_prize

PEOPLE = ["ada", "bob"]


class ChangesHands:
    """`prizes` are those that were decided, each as its reference and the name of its payer."""

    prizes: list[str]
    users: dict[str, Any]
    play: Any
    one_of: Any
    attempt: Any

    @rule(name=st.sampled_from([*PEOPLE, None]), which=st.integers(0, 9))
    def change_hands(self, name: str | None, which: int) -> None:
        """A prize changes hands; one that can't move is refused, and nothing changes."""
        prize = self.one_of(self.prizes, which)
        if prize is None:
            return
        reference, payer = prize.split()
        payee = self.users[name] if name else None
        words = {"reference": reference, "payer": self.users[payer], "is_linked": False, "now": self.play.now}
        moved = self.attempt(move_prize, payee=payee, **words)
        if moved is not None and name is None:
            self.prizes.remove(prize)
