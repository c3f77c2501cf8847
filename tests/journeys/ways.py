"""The ways people come: on a desk in the light, on a phone in the dark and without scripts."""

from __future__ import annotations

import pytest

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
WAYS = {
    "desk_light": {"viewport": DESK, "color_scheme": "light"},
    "phone_dark_without_scripts": {"viewport": PHONE, "color_scheme": "dark", "scripts": False},
}
EITHER_WAY = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
# The two other corners, for journeys that need scripts.
PHONE_LIGHT = {"viewport": PHONE, "color_scheme": "light"}
DESK_DARK = {"viewport": DESK, "color_scheme": "dark"}
