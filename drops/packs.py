"""The five packs, as data: the API shows them, forms and the judge read them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Criterion:
    name: str
    weight: int  # of 100 within its pack


@dataclass(frozen=True)
class Pack:
    """`price_cents` is the suggested price; `passing_grade` the lowest letter that may win."""

    id: str
    name: str
    blurb: str
    icon: str
    colour: str
    price_cents: int
    rubric: tuple[Criterion, ...]
    form: str
    files_max: int
    passing_grade: str = "D"
    rubric_version: int = 1

    @property
    def rubric_id(self) -> str:
        """Return what judges are told of this pack, by version."""
        return f"{self.id}-{self.rubric_version}"

    @property
    def rubric_words(self) -> str:
        """Return the criteria with their weights as people list them."""
        return ", ".join(f"{criterion.name} ({criterion.weight})" for criterion in self.rubric)


def rubric_versions() -> list[str]:
    """Return what judges are told of each pack, as versions: "roast-1", "scout-1" …"""
    return [pack.rubric_id for pack in PACKS.values()]


def _rubric(**weights: int) -> tuple[Criterion, ...]:
    return tuple(Criterion(name.replace("_", " "), weight) for name, weight in weights.items())


PACKS: dict[str, Pack] = {
    pack.id: pack
    for pack in (
        Pack(
            id="roast",
            name="Roast",
            blurb="A sharp, specific, funny critique of exactly this. Roast the thing, never the person.",
            icon="flame",
            colour="#ff6b4a",
            price_cents=100,
            rubric=_rubric(specificity=35, insight=30, wit=25, fit=10),
            form="Text.",
            files_max=0,
        ),
        Pack(
            id="scout",
            name="Scout",
            blurb="Facts, options and leads that check out, brought together with their sources.",
            icon="compass",
            colour="#3aa0e8",
            price_cents=300,
            rubric=_rubric(correctness=35, sources=30, coverage=20, clarity=15),
            form="Text with its sources; up to 10 files.",
            files_max=10,
        ),
        Pack(
            id="code",
            name="Code",
            blurb="A change or a program that works, and how to run it.",
            icon="terminal",
            colour="#37b679",
            price_cents=1000,
            rubric=_rubric(correctness=45, readability=20, safety=15, fit=20),
            form="Text, an archive or a diff, and notes on running it; up to 10 files.",
            files_max=10,
        ),
        Pack(
            id="cook",
            name="Cook",
            blurb="Something made to order: copy, a plan, a design, a recipe.",
            icon="chef-hat",
            colour="#e8a23a",
            price_cents=500,
            rubric=_rubric(fit_to_the_brief=35, craft=30, originality=20, ready_to_use=15),
            form="Text and up to 10 files.",
            files_max=10,
        ),
        Pack(
            id="wild",
            name="Wild",
            blurb="Anything lawful that fits none of the others. Surprise me.",
            icon="sparkles",
            colour="#9a6bff",
            price_cents=500,
            rubric=_rubric(what_the_sender_hoped_for=50, effort=20, surprise=20, clarity=10),
            form="Text and up to 10 files.",
            files_max=10,
        ),
    )
}

DEFAULT_PACK = "wild"
