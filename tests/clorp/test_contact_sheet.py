"""The sheet that shows all pictures at once."""

from __future__ import annotations

import pytest
from PIL import Image

from clorp.dev.contact_sheet import CAPTION, CELL, GAP, make_contact_sheet
from clorp.dev.say import Trouble


def test_every_picture_is_on_the_sheet_in_the_order_of_names(tmp_path):
    colours = {"a": (200, 0, 0), "a-dark": (0, 200, 0), "b": (0, 0, 200), "c": (200, 200, 0), "in/a": (0, 200, 200)}
    (tmp_path / "in").mkdir()
    for name, colour in reversed(colours.items()):
        Image.new("RGB", (1200, 760), colour).save(tmp_path / f"{name}.png")
    sheet = tmp_path / "new" / "sheet.png"
    make_contact_sheet(folder=tmp_path, to=sheet)
    image = Image.open(sheet)
    places = [(column, 0) for column in range(4)] + [(0, 1)]
    middle = [(GAP + x * (CELL[0] + GAP) + 200, GAP + y * (CAPTION + CELL[1] + GAP) + CAPTION + 150) for x, y in places]
    assert [image.getpixel(point) for point in middle] == list(colours.values())


def test_a_folder_without_pictures_is_refused(tmp_path):
    with pytest.raises(Trouble, match="no pictures"):
        make_contact_sheet(folder=tmp_path, to=tmp_path / "sheet.png")
    assert not list(tmp_path.iterdir())
