"""The picture of a finished drop that other sites show where somebody links to it. Pure drawing: knows no viewer."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image, ImageDraw, ImageFont

from drops.models import Drop
from drops.packs import PACKS, Pack
from wallet.money import format_cents, net_cents

# What Open Graph readers crop least, in pixels.
WIDTH, HEIGHT, EDGE = 1200, 630, 72
FACE = Path(settings.BASE_DIR) / "static/vendor/bricolage-grotesque/bricolage-grotesque-latin-wght-normal.woff2"
PAPER, INK, SOFT, DARK = "#14111f", "#f1eefc", "#b1a9cc", "#1b1730"
GRADES = {"S": "#ffe9a3", "A": "#ff8d7b", "B": "#ff9fcf", "C": "#bda6ff", "D": "#8fd0ff", "F": "#c3c0cf"}
TILE = 240
LINES_MAX = 4
HEADING_SIZE = 64
ELLIPSIS = "…"
# The last character of Latin Extended-A; beyond it our face draws empty boxes, but for some punctuation.
LATIN_MAX = "\u017f"
PUNCTUATION = set("\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u2022\u20ac\u2122")


def card_of(drop: Drop) -> bytes:
    """The picture as PNG, 1200 by 630 pixels: pack, heading, prize, grade."""
    pack = PACKS[drop.pack]
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 20, HEIGHT), fill=pack.colour)
    draw.text((EDGE, EDGE), pack.name, font=face_of(40), fill=pack.colour)
    room = WIDTH - 2 * EDGE - (TILE + EDGE if drop.grade else 0)
    lines = wrapped(heading_of(drop, pack), face_of(HEADING_SIZE), room)
    draw.multiline_text((EDGE, EDGE + 70), "\n".join(lines), font=face_of(HEADING_SIZE), fill=INK, spacing=12)
    prize = _("{prize} to the winner").format(prize=format_cents(net_cents(drop.price_cents)))
    foot = f"{prize}  ·  {entries_in_words(drop)}"
    draw.text((EDGE, HEIGHT - EDGE), foot, font=face_of(34), fill=SOFT, anchor="ls")
    draw.text((WIDTH - EDGE, HEIGHT - EDGE), "clorp", font=face_of(44), fill=INK, anchor="rs")
    if drop.grade:
        _draw_tile(draw, drop.grade)
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def entries_in_words(drop: Drop) -> str:
    count = drop.submissions_count
    return ngettext("{count} entry", "{count} entries", count).format(count=count)


def heading_of(drop: Drop, pack: Pack) -> str:
    """The drop's heading where our face can draw all of it, else the pack's own words."""
    drawable = all(char <= LATIN_MAX or char in PUNCTUATION for char in drop.heading)
    return drop.heading if drawable else _("A drop of the pack {pack}").format(pack=pack.name)


def wrapped(text: str, face: ImageFont.FreeTypeFont, room: int) -> list[str]:
    """`text` in at most four lines that fit into `room` pixels; what does not fit any more is cut off with a mark."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if face.getlength(longer) <= room:
            lines[-1] = longer
        elif lines[-1] or len(lines) > 1:
            lines.append(word)
        else:
            lines[-1] = word
    cut = [_cut(line, face, room) for line in lines[:LINES_MAX]]
    if len(lines) > LINES_MAX:
        cut[-1] = _cut(cut[-1] + ELLIPSIS, face, room)
    return cut


def _cut(line: str, face: ImageFont.FreeTypeFont, room: int) -> str:
    if face.getlength(line) <= room:
        return line
    kept = line.rstrip(ELLIPSIS)
    while kept and face.getlength(kept + ELLIPSIS) > room:
        kept = kept[:-1]
    return kept + ELLIPSIS


def _draw_tile(draw: ImageDraw.ImageDraw, grade: str) -> None:
    left, top = WIDTH - EDGE - TILE, EDGE + 60
    draw.rounded_rectangle((left, top, left + TILE, top + TILE), radius=52, fill=GRADES[grade])
    draw.text((left + TILE / 2, top + TILE / 2), grade, font=face_of(150), fill=DARK, anchor="mm")


@cache
def face_of(size: int) -> ImageFont.FreeTypeFont:
    """Return our face in this size."""
    return ImageFont.truetype(str(FACE), size)
