"""The ways people come: on a desk or a phone, in the light or the dark, and some without scripts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., Any])
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
CORNERS = {
    f"{name}_{scheme}": {"viewport": viewport, "color_scheme": scheme}
    for name, viewport in (("desk", DESK), ("phone", PHONE))
    for scheme in ("light", "dark")
}
PHONE_LIGHT, DESK_DARK = CORNERS["phone_light"], CORNERS["desk_dark"]
PHONE_DARK, DESK_LIGHT = CORNERS["phone_dark"], CORNERS["desk_light"]
WITHOUT_SCRIPTS = {"phone_dark_without_scripts": {**PHONE_DARK, "scripts": False}}


# With every push each step is taken in one of the ways by day, another one from step to step; in all of them nightly.
BY_DAY, BY_NIGHT = ("phone_light", "desk_dark"), ("phone_dark", "desk_light")


def _each(by_day: dict[str, dict[str, Any]], by_night: Sequence[str] = BY_NIGHT) -> Callable[[Test], Test]:
    ways = [pytest.param(way, id=name) for name, way in by_day.items()]
    others = [pytest.param(CORNERS[name], id=name, marks=pytest.mark.nightly) for name in by_night]

    def mark(test: Test) -> Test:
        return pytest.mark.turns(len(ways))(pytest.mark.parametrize("way", [*ways, *others])(test))

    return mark


_BY_DAY = {name: CORNERS[name] for name in BY_DAY}
# For each step that people take on their way through the site.
EVERY_WAY = _each({**_BY_DAY, **WITHOUT_SCRIPTS})
# The same, for what there is only with scripts.
EVERY_CORNER = _each(_BY_DAY)
# For what happens beside the way: once with scripts and once without.
EITHER_WAY = _each({"desk_dark": DESK_DARK, **WITHOUT_SCRIPTS}, by_night=())

# For what is looked at in a page as it stands.
EVERY_PAIR = pytest.mark.parametrize(
    "corners", [pytest.param(BY_DAY, id="by_day"), pytest.param(BY_NIGHT, id="by_night", marks=pytest.mark.nightly)]
)
