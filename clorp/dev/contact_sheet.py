"""One picture of many pictures, each with its name, to look over all pages at a glance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from clorp.dev.say import Trouble

COLUMNS = 4
CELL = 480, 420
CAPTION = 28
GAP = 16
PAPER, INK = "#808080", "#ffffff"


def make_contact_sheet(*, folder: Path, to: Path) -> None:
    """Write all PNG files of `folder` and the folders in it to one sheet, in the order of their names."""
    pictures = sorted(folder.rglob("*.png"), key=lambda path: (path.parent, path.stem))
    if not pictures:
        raise Trouble(f"There are no pictures in {folder}.")
    sheet = Image.new("RGB", sheet_size(len(pictures)), PAPER)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=18)
    for path, (left, top) in zip(pictures, cells(), strict=False):
        draw.text((left, top), path.relative_to(folder).with_suffix("").as_posix(), fill=INK, font=font)
        with Image.open(path) as picture:
            thumbnail = picture.convert("RGB")
        thumbnail.thumbnail(CELL, Image.Resampling.LANCZOS)
        sheet.paste(thumbnail, (left, top + CAPTION))
    to.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(to, optimize=True)


def sheet_size(count: int) -> tuple[int, int]:
    columns, rows = min(count, COLUMNS), -(-count // COLUMNS)
    return columns * (CELL[0] + GAP) + GAP, rows * (CAPTION + CELL[1] + GAP) + GAP


def cells() -> Iterator[tuple[int, int]]:
    """Yield the upper left corner of one cell after the other, row by row."""
    row = 0
    while True:
        top = GAP + row * (CAPTION + CELL[1] + GAP)
        yield from ((GAP + column * (CELL[0] + GAP), top) for column in range(COLUMNS))
        row += 1
