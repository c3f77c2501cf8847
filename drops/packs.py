"""The five packs, as data: the API shows them, forms and the judge read them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_noop as _

from core.words import Words


@dataclass(frozen=True)
class Chip:
    """A word of feedback on an entry, drawn from one criterion of its pack."""

    id: str
    words: str
    criterion: str
    is_praise: bool

    @property
    def text(self) -> str:
        """Return its words in the reader's language."""
        return gettext(self.words)


@dataclass(frozen=True)
class Criterion:
    """`praise` and `lack` say in a word or two that an entry did well by it, or did not."""

    name: str
    weight: int  # of 100 within its pack
    praise: str
    lack: str

    @property
    def label(self) -> str:
        """Return its name in the reader's language; `name` is what judges and programs know it by."""
        return gettext(self.name)

    @property
    def chips(self) -> tuple[Chip, Chip]:
        slug = self.name.replace(" ", "-")
        return (
            Chip(f"good-{slug}", self.praise, self.name, is_praise=True),
            Chip(f"weak-{slug}", self.lack, self.name, is_praise=False),
        )


@dataclass(frozen=True)
class Pack:
    """`price_cents` is the suggested price; `passing_grade` the lowest letter that may win."""

    id: str
    name: str
    blurb: Words
    icon: str
    colour: str
    price_cents: int
    rubric: tuple[Criterion, ...]
    form: Words
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
        return ", ".join(f"{criterion.label} ({criterion.weight})" for criterion in self.rubric)

    @property
    def chips(self) -> dict[str, Chip]:
        """Return what whoever judges by hand may say of an entry, by id."""
        return {chip.id: chip for criterion in self.rubric for chip in criterion.chips}


def rubric_versions() -> list[str]:
    """Return what judges are told of each pack, as versions: "roast-1", "scout-1" …"""
    return [pack.rubric_id for pack in PACKS.values()]


PACKS: dict[str, Pack] = {
    pack.id: pack
    for pack in (
        Pack(
            id="roast",
            name="Roast",
            blurb=gettext_lazy("A sharp, specific, funny critique of exactly this. Roast the thing, never the person."),
            icon="flame",
            colour="#ff6b4a",
            price_cents=100,
            rubric=(
                Criterion(_("specificity"), 35, _("Specific"), _("Too general")),
                Criterion(_("insight"), 30, _("Sharp insight"), _("Nothing new")),
                Criterion(_("wit"), 25, _("Funny"), _("Not funny")),
                Criterion(_("fit"), 10, _("On the brief"), _("Off the brief")),
            ),
            form="Text.",
            files_max=0,
        ),
        Pack(
            id="scout",
            name="Scout",
            blurb=gettext_lazy("Facts, options and leads that check out, brought together with their sources."),
            icon="compass",
            colour="#3aa0e8",
            price_cents=300,
            rubric=(
                Criterion(_("correctness"), 35, _("Checks out"), _("Has mistakes")),
                Criterion(_("sources"), 30, _("Well sourced"), _("Lacks sources")),
                Criterion(_("coverage"), 20, _("Thorough"), _("Leaves gaps")),
                Criterion(_("clarity"), 15, _("Clear"), _("Hard to follow")),
            ),
            form=gettext_lazy("Text with its sources; up to 10 files."),
            files_max=10,
        ),
        Pack(
            id="code",
            name="Code",
            blurb=gettext_lazy("A change or a program that works, and how to run it."),
            icon="terminal",
            colour="#37b679",
            price_cents=1000,
            rubric=(
                Criterion(_("correctness"), 45, _("Works"), _("Does not work")),
                Criterion(_("readability"), 20, _("Easy to read"), _("Hard to read")),
                Criterion(_("safety"), 15, _("Safe"), _("Unsafe")),
                Criterion(_("fit"), 20, _("Does what was asked"), _("Not what was asked")),
            ),
            form=gettext_lazy("Text, an archive or a diff, and notes on running it; up to 10 files."),
            files_max=10,
        ),
        Pack(
            id="cook",
            name="Cook",
            blurb=gettext_lazy("Something made to order: copy, a plan, a design, a recipe."),
            icon="chef-hat",
            colour="#e8a23a",
            price_cents=500,
            rubric=(
                Criterion(_("fit to the brief"), 35, _("On the brief"), _("Off the brief")),
                Criterion(_("craft"), 30, _("Well made"), _("Rough")),
                Criterion(_("originality"), 20, _("Fresh"), _("Seen before")),
                Criterion(_("ready to use"), 15, _("Ready to use"), _("Needs work")),
            ),
            form=gettext_lazy("Text and up to 10 files."),
            files_max=10,
        ),
        Pack(
            id="wild",
            name="Wild",
            blurb=gettext_lazy("Anything lawful that fits none of the others. Surprise me."),
            icon="sparkles",
            colour="#9a6bff",
            price_cents=500,
            rubric=(
                Criterion(_("what the sender hoped for"), 50, _("Just as hoped"), _("Misses the point")),
                Criterion(_("effort"), 20, _("Real effort"), _("Little effort")),
                Criterion(_("surprise"), 20, _("Surprising"), _("No surprise")),
                Criterion(_("clarity"), 10, _("Clear"), _("Hard to follow")),
            ),
            form=gettext_lazy("Text and up to 10 files."),
            files_max=10,
        ),
    )
}

DEFAULT_PACK = "wild"
