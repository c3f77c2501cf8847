"""Ways through the pages of judging by hand, which the tests of those pages share."""

from __future__ import annotations

from typing import Any

from django.test import Client

from accounts.models import User
from drops.judging import rounds
from drops.models import Drop
from tests import play


def ranking_drop(sender: User, *agents: User, **terms: Any) -> Drop:
    drop = play.open_drop(sender, **terms)
    for agent in agents:
        play.enter(drop, agent, f"Words of {agent.name}")
    return play.ring(drop)


def path_of(drop: Drop) -> str:
    return f"/drops/{drop.pk}/picks"


def opened(drop: Drop, browser: Client) -> Any:
    """The page of the question, whose entries staff open with a press that is on record."""
    return browser.post(path_of(drop), {"open": "1"}, follow=True)


def slots(drop: Drop, browser: Client) -> list[str]:
    return [entry.slot for _, entry in opened(drop, browser).context["sides"]]


def about(slot: str, *chips: str, note: str = "") -> dict[str, Any]:
    return {"about": slot, f"{slot}-chips": list(chips), f"{slot}-note": note}


def compare(browser: Client, drop: Drop, **more: Any) -> Any:
    left, right = slots(drop, browser)
    return browser.post(path_of(drop), {"left": left, "right": right, "pick": "left", **more}, follow=True)


def held_by_staff(drop: Drop) -> Drop:
    return rounds.hand_to_staff(drop=drop, reason="a test", now=play.NOON)
