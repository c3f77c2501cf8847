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


def _each(ways: dict[str, dict[str, object]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("way", ways.values(), ids=ways)


# For each step that people take on their way through the site.
EVERY_WAY = _each({**CORNERS, **WITHOUT_SCRIPTS})
# The same, for what there is only with scripts.
EVERY_CORNER = _each(CORNERS)
# For what happens beside the way: each size, each scheme, with scripts and without.
EITHER_WAY = _each({"desk_light": DESK_LIGHT, **WITHOUT_SCRIPTS})

# For what is looked at in a page as it stands: each size and each scheme with every push, the other pairs nightly.
BY_DAY, BY_NIGHT = ("phone_light", "desk_dark"), ("phone_dark", "desk_light")
EVERY_PAIR = pytest.mark.parametrize(
    "corners", [pytest.param(BY_DAY, id="by_day"), pytest.param(BY_NIGHT, id="by_night", marks=pytest.mark.nightly)]
)
