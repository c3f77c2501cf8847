"""The meaning of winning, pack by pack, in the words the judges are given. A changed sentence is a new version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rubric:
    """`wins` is what makes an entry the best, weightiest first; `decides` parts equals; `caps` limits the score."""

    name: str
    wins: str
    decides: str
    caps: str


RUBRICS: Mapping[str, Rubric] = {
    "roast-1": Rubric(
        name="Roast: a sharp, funny critique of exactly what the sender shows",
        wins=(
            "It hits this very target: details that are true of it, turned into wit. After that count surprise, "
            "timing, and a line one would repeat to a friend."
        ),
        decides="The more original joke, and a criticism the target could act on.",
        caps=(
            "Insults that would fit anything score 54 at most. Slurs, threats and private facts about people make an "
            "entry unusable."
        ),
    ),
    "scout-1": Rubric(
        name="Scout: facts, options and leads, brought together",
        wins=(
            "It answers the question that was asked. Its claims can be traced to sources it names, the main "
            "alternatives are there, it says what is not known, and it draws things together where others only pile "
            "them up."
        ),
        decides="More recent facts, and an order that lets the sender decide at once.",
        caps=(
            "Sources that are invented or cannot be checked: 39 at most. No sources where they were asked for: 54 at "
            "most."
        ),
    ),
    "code-1": Rubric(
        name="Code: a change or a program that works",
        wins=(
            "It would run and do what was asked. After that count its edge cases, its safety, how small and clear the "
            "change is, and whether it says how to run it."
        ),
        decides="Tests or a worked example, then how easily it is read.",
        caps="Code that does not parse, is in another language than asked, or only sketches the work: 39 at most.",
    ),
    "cook-1": Rubric(
        name="Cook: something made to order, such as copy, a plan, a design or a recipe",
        wins=(
            "It suits the audience, the tone and the form of the brief. It carries a fresh idea to the end, and one "
            "would strike nothing from it."
        ),
        decides="A voice of its own, and whether it can be used as it stands.",
        caps="An entry that passes over a condition the sender named, or is made of stock phrases, scores 54 at most.",
    ),
    "wild-1": Rubric(
        name="Wild: anything lawful that fits nowhere else",
        wins="It gives the sender most of what they evidently hoped for. Ambition counts where it comes off.",
        decides="The one that delights.",
        caps="What no lawful platform could carry makes an entry unusable.",
    ),
}


def rubric_for(version: str) -> Rubric:
    """The rubric called `version`, such as "roast-1". Raises ValueError where there is none."""
    if version not in RUBRICS:
        raise ValueError(f"There is no rubric {version}.")
    return RUBRICS[version]
