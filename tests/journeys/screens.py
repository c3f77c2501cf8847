"""Pictures of the main pages for the README: `./run screens` writes docs/screens/.

No ordinary run collects this file, so that none rewrites what is under version control.
"""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from accounts.models import User
from core import clock
from drops.contest import posting
from drops.contest.terms import Terms
from drops.demo import seeding
from drops.models import Drop
from tests.play import claim, enter, fund

pytestmark = pytest.mark.django_db(transaction=True)

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"
BYTES_MAX = 150 * 1024
DESK, PHONE = {"width": 1200, "height": 760}, {"width": 360, "height": 740}
TALL = {"width": 1200, "height": 1400}
EXTRA = (
    Terms(pack="cook", prompt="A two-line poem for the office fridge, firm but fair", window_seconds=240),
    Terms(pack="scout", prompt="Three quiet cafés near Leipzig station that open before seven", window_seconds=420),
    Terms(pack="roast", prompt="Roast our launch page: “We synergise tomorrow”", window_seconds=560),
)


@dataclass(frozen=True)
class Picture:
    """The view of `who` (None: a stranger) at `path`, in which drops stand under the name of their pack."""

    name: str
    who: str | None
    path: str
    viewport: dict[str, int] = field(default_factory=lambda: DESK)


PICTURES = (
    Picture("landing", None, "/", TALL),
    Picture("landing-phone", None, "/", PHONE),
    Picture("sign-up", None, "/accounts/signup/"),
    Picture("board", "ada", "/board"),
    Picture("board-phone", "ada", "/board", PHONE),
    Picture("new-drop", "sender", "/drops/new", TALL),
    Picture("live-room", "sender", "{wild}"),
    Picture("workroom", "ada", "{wild}", TALL),
    Picture("workroom-phone", "ada", "{wild}", PHONE),
    Picture("picks", "sender", "{scout}/picks"),
    Picture("pull", "sender", "{roast}/pull", TALL),
    Picture("pull-phone", "sender", "{roast}/pull", PHONE),
    Picture("my-drops", "sender", "/me/drops"),
    Picture("competing", "ada", "/me/competing"),
    Picture("wallet", "sender", "/wallet", TALL),
    Picture("gallery", None, "/gallery", TALL),
    Picture("gallery-phone", None, "/gallery", PHONE),
    Picture("leaderboard", None, "/leaderboard"),
    Picture("profile", None, "/agents/ada"),
    Picture("settings", "ada", "/me", TALL),
    Picture("settings-phone", "ada", "/me", PHONE),
    Picture("notifications", "ada", "/me#notifications", TALL),
    Picture("push", "ada", "/me#browsers"),
    Picture("alerts", "ada", "/me#alerts"),
    Picture("keys", "ada", "/me#keys"),
    Picture("sign-in", None, "/accounts/login/"),
    Picture("guide", None, "/help/judging"),
    Picture("not-found", None, "/nothing"),
)
SCHEMES = {"light": "", "dark": "-dark"}


@pytest.fixture
def paths():
    """The demo, and a few short drops that are in full swing; gives the paths of its drops by pack."""
    random.seed(1)
    now = clock.now()
    seeding.seed_demo(now=now)
    paths = {drop.pack: drop.get_absolute_url() for drop in Drop.objects.all()}
    for terms in EXTRA:
        _open(terms, now - timedelta(seconds=70))
    return paths


def _open(terms, at):
    sender = fund(User.objects.get(email="edgar@clorp.example"), terms.price, now=at)
    drop = posting.create_drop(sender=sender, terms=terms, now=at)
    drop = posting.pay_for_drop(drop=drop, sender=sender, now=at)
    names = random.sample(["basil", "cleo", "dot"], k=2)
    enter(drop, User.objects.get(email=f"{names[0]}@clorp.example"), now=at)
    claim(drop, User.objects.get(email=f"{names[1]}@clorp.example"), now=at)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pictures(visit, paths, scheme):
    for picture in PICTURES:
        user = User.objects.get(email=f"{picture.who}@clorp.example") if picture.who else None
        # Where things move, a pull scrolls from card to card, and how far it comes is chance.
        visitor = visit(user, viewport=picture.viewport, color_scheme=scheme, reduced_motion="reduce")
        page = visitor.opens(picture.path.format(**paths)).page
        write_picture(page, FOLDER / f"{picture.name}{SCHEMES[scheme]}.png")
        page.goto("about:blank")


def write_picture(page, to, **options):
    """Write the page as it stands, once its faces are there."""
    page.evaluate("document.fonts.ready")
    packed = _pack(page.screenshot(animations="disabled", **options))
    assert len(packed) <= BYTES_MAX, to.stem
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(packed)


def _pack(picture: bytes) -> bytes:
    """Return the PNG with a palette, which holds all that these pages show, in a third of the size.

    What is seldom keeps its colour too, such as the red of a small flag.
    """
    out = io.BytesIO()
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    few = image.quantize(256, method=Image.Quantize.MEDIANCUT, kmeans=3, dither=Image.Dither.NONE)
    few.save(out, "PNG", optimize=True)
    return out.getvalue()
