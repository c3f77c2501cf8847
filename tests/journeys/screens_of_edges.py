"""Pictures of clorp with the texts of the real world: `./run screens -k edges` writes docs/screens/edges/.

They need a face for emoji on the machine (`apt install fonts-noto-color-emoji`); without one nothing is written.
"""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from accounts.models import Mail, Notification, User
from accounts.notifications.mailing import compose
from core import clock
from drops.contest.attachments import store_attachment
from drops.moderation.decisions import extend_window
from tests.journeys.screens import FOLDER, SCHEMES, write_picture
from tests.journeys.stage import LONG_WORD
from tests.play import claim, enter, make_user, open_drop, prove, submit

pytestmark = pytest.mark.django_db(transaction=True)

EDGES = FOLDER / "edges"
SIZES = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 360, "height": 740}}
WAYS = [("light", "desk"), ("light", "phone"), ("dark", "phone")]
# Of these there is a picture in the dark as well.
ALSO_DARK = {"board", "workroom"}

# Pixels above and below a part of a page.
MARGIN = 16

ADDRESS = f"https://example.com/{'a-very-long-path-without-any-space-in-it/' * 3}index.html?q=1&page=2#end"
DECOMPOSED = "Đặt te\u0302n cho quán cà phe\u0302: Cafe\u0301 Tiê\u0301ng Viê\u0323t (35.000 \u20ab)!"
# A title, a prompt and a file name of each kind.
TEXTS = {
    "mixed": (
        "اكتب شعارًا لمتجر Good Crossing (نسخة 2.0)!",
        "اكتب شعارًا لمتجر Good Crossing بسعر $12.50 (أو 45 ريالًا)، حتى 31/12/2026.\n\n"
        "Translate “שלום, עולם!” into English, and keep the price: ₪99.90 (VAT 17%).\n\n"
        "1. العنوان: Good Crossing!\n2. כתובת: 12 Main St., Tel Aviv.",
        "تقرير Q3 (نسخة 2) final.txt",
    ),
    "rtl": (
        "מצאו שם למעבורת שלנו, בבקשה!",
        "מצאו שם למעבורת שלנו, בבקשה. השם צריך להיות קצר (עד 12 תווים)?\n\n- ראשון.\n- שני!\n\n> ציטוט אחד.\n\n"
        "من فضلك: اسم واحد فقط؟",
        "דוח שנתי (סופי).txt",
    ),
    "decomposed": (
        DECOMPOSED,
        f"{DECOMPOSED}\n\nNa\u0303o e\u0301 o\u0302nibus; A\u030angstro\u0308m, nai\u0308ve, C\u030c\u0323.\n\n"
        "Tie\u0302\u0301ng Vie\u0323\u0302t co\u0301 da\u0302\u0301u: pho\u031b\u0309 bo\u0300.",
        "re\u0301sume\u0301 Tie\u0302\u0301ng Vie\u0323\u0302t.txt",
    ),
    "long": (
        ADDRESS,
        f"Read {ADDRESS} and explain what a {LONG_WORD} does.\n\n`{ADDRESS}`\n\n> {LONG_WORD}",
        f"{LONG_WORD}_{LONG_WORD}_v2.txt",
    ),
    "emoji": (
        "Draw 👨‍👩‍👧‍👦 and 🏳️‍🌈 for 🇩🇪🇧🇷, by 👩🏽‍🚀👋🏿!",
        "Draw a family 👨‍👩‍👧‍👦, a flag 🏳️‍🌈 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🇩🇪🇧🇷🇯🇵, and an astronaut 👩🏽‍🚀; skin tones 👋🏻👋🏽👋🏿.\n\n"
        "Hearts ❤️‍🔥, keycaps 1️⃣2️⃣3️⃣, and text style ☺︎ ✈︎.",
        "👩🏽‍🚀 mission 🇩🇪.txt",
    ),
}
ENTRY = "\n\n".join(f"## {title}\n\n{prompt}" for title, prompt, _ in TEXTS.values())
# One glyph is as wide as another; where the face is missing, a family stands there as four people or as boxes.
JOINS_EMOJI = """() => {
  const brush = document.createElement("canvas").getContext("2d");
  const width = (text) => brush.measureText(text).width;
  brush.font = "16px sans-serif";
  return width("👨‍👩‍👧‍👦") === width("👩") && width("🇩🇪") === width("👩");
}"""


@pytest.fixture
def edges(settings):
    """Five open drops of a sender, and Ada, who has a seat on each and has sent an entry to two of them."""
    settings.ACTIVE_CLAIMS_MAX = len(TEXTS)
    now = clock.now()
    at = now - timedelta(seconds=70)
    sender, ada = make_user("sender"), make_user("ada")
    User.objects.filter(pk=ada.pk).update(name="نور Ada 👩🏽‍🚀")
    prove(ada, now=at)
    files = {kind: (name, b"Words.") for kind, (_, _, name) in TEXTS.items()}
    drops = {}
    for number, (kind, (title, prompt, _)) in enumerate(TEXTS.items()):
        drops[kind] = open_drop(
            sender,
            now=at + timedelta(seconds=number),
            title=title,
            prompt=prompt,
            window_seconds=900,
            attachments=[_store(sender, *file, at) for file in files.values()],
            env_vars={"MODE": title} if kind == "mixed" else {},
        )
        claim(drops[kind], ada, now=at + timedelta(seconds=number))
    submit(drops["mixed"], ada, ENTRY, attachments=[_store(ada, *file, at) for file in files.values()], now=now)
    enter(drops["rtl"], make_user("basil"), now=now)
    return SimpleNamespace(sender=sender, ada=User.objects.get(pk=ada.pk), drops=drops)


def _store(owner, name, content, now):
    return store_attachment(owner=owner, upload=SimpleUploadedFile(name, content), now=now)


@pytest.fixture
def pages(edges):
    """Return by name who looks at which page, and what they do there."""
    paths = {kind: drop.get_absolute_url() for kind, drop in edges.drops.items()}
    seen = {f"drop-{kind}": (edges.sender, paths[kind], None) for kind in TEXTS}
    return {
        "board": (edges.ada, "/board", None),
        **seen,
        "workroom": (edges.ada, paths["long"], _write),
        "receipts": (edges.ada, paths["mixed"], _open_receipts),
    }


def _write(page):
    """Type text that runs from right to left, choose files of all kinds, and look at the preview of it."""
    page.get_by_label("Text").fill("\n\n".join(TEXTS["rtl"][:2]))
    page.get_by_label("Files (optional)").set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": b"Words."} for _, _, name in TEXTS.values()]
    )
    expect(page.get_by_text("ready to be submitted")).to_have_count(len(TEXTS))
    # On a phone one of the two is shown at a time.
    if (switch := page.get_by_role("button", name="Preview", exact=True)).is_visible():
        switch.click()
    expect(page.locator("[data-preview-text] p").first).to_be_visible()


def _open_receipts(page):
    page.locator("#work summary").filter(has_text="Revision 1").click()


@pytest.mark.parametrize(("scheme", "size"), WAYS)
def test_pages(visit, pages, scheme, size):
    for name, (user, path, act) in pages.items():
        if scheme == "dark" and name not in ALSO_DARK:
            continue
        visitor = visit(user, viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce")
        page = visitor.opens(path).page
        assert page.evaluate(JOINS_EMOJI), "this machine lacks a face for emoji: apt install fonts-noto-color-emoji"
        if act:
            act(page)
            _write_part(page, "#work", _file(name, scheme, size))
        else:
            write_picture(page, _file(name, scheme, size), full_page=True)
        page.goto("about:blank")


def _write_part(page, selector, to):
    """Write the part of a page that a selector names, whole, with some of what is around it."""
    part = page.locator(selector).bounding_box()
    top = part["y"] + page.evaluate("scrollY") - MARGIN
    width, height = page.viewport_size["width"], part["height"] + 2 * MARGIN
    write_picture(page, to, full_page=True, clip={"x": 0, "y": top, "width": width, "height": height})


def _file(name, scheme, size):
    return EDGES / f"{name}-{size}{SCHEMES[scheme]}.png"


@pytest.mark.parametrize("size", SIZES)
def test_mail(visit, edges, size):
    """A mail about five drops."""
    staff, now = User.objects.create_superuser("staff@example.com", "a good password"), clock.now()
    for drop in edges.drops.values():
        extend_window(drop=drop, staff=staff, seconds=600, told="Our mail was down.", reason="Mail was down.", now=now)
    notes = list(Notification.objects.filter(user=edges.ada, kind="drop-extended"))
    ((html, _),) = compose(Mail(user=edges.ada), notes).alternatives
    page = visit(None, viewport=SIZES[size], color_scheme="light").page
    page.set_content(html)
    assert len(notes) == len(TEXTS) and page.evaluate(JOINS_EMOJI)
    write_picture(page, _file("mail", "light", size), full_page=True)
