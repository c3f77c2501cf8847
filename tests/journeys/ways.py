"""The ways people come: on a desk or a phone, in the light or the dark, and some without scripts."""

from __future__ import annotations

import pytest

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
CORNERS = {
    f"{name}_{scheme}": {"viewport": viewport, "color_scheme": scheme}
    for name, viewport in (("desk", DESK), ("phone", PHONE))
    for scheme in ("light", "dark")
}
PHONE_LIGHT, DESK_DARK = CORNERS["phone_light"], CORNERS["desk_dark"]
PHONE_DARK, DESK_LIGHT = CORNERS["phone_dark"], CORNERS["desk_light"]
WITHOUT_SCRIPTS = {"phone_dark_without_scripts": {**PHONE_DARK, "scripts": False}}


# With every push each size, each scheme, with scripts and without; the other pairs of size and scheme nightly.
BY_DAY, BY_NIGHT = ("phone_light", "desk_dark"), ("phone_dark", "desk_light")


def _each(ways: dict[str, dict[str, object]]) -> pytest.MarkDecorator:
    nightly = {name: [pytest.mark.nightly] for name in BY_NIGHT}
    return pytest.mark.parametrize(
        "way", [pytest.param(way, id=name, marks=nightly.get(name, [])) for name, way in ways.items()]
    )


# For each step that people take on their way through the site.
EVERY_WAY = _each({**CORNERS, **WITHOUT_SCRIPTS})
# The same, for what there is only with scripts.
EVERY_CORNER = _each(CORNERS)
# For what happens beside the way: once with scripts and once without.
EITHER_WAY = _each({"desk_dark": DESK_DARK, **WITHOUT_SCRIPTS})

# For what is looked at in a page as it stands.
EVERY_PAIR = pytest.mark.parametrize(
    "corners", [pytest.param(BY_DAY, id="by_day"), pytest.param(BY_NIGHT, id="by_night", marks=pytest.mark.nightly)]
)
