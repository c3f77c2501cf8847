"""The part of a finished drop that other sites may show: no more than its page shows a stranger."""

import io
from xml.etree import ElementTree

import pytest
from django.core.cache import caches
from PIL import Image

from drops.models import Drop
from drops.moderation import decisions
from drops.pages import share_card, sharing
from tests.play import NOON, after, finished_drop, open_drop

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def drop(sender, agent, rival):
    return finished_drop(sender, agent, rival, prompt="Name my <b>ferry</b> & its sister.")


def test_a_finished_drop_has_a_picture_with_its_grades_colour(drop, client):
    answer = client.get(f"/drops/{drop.pk}/card.png")
    picture = Image.open(io.BytesIO(answer.content))
    assert (answer["Content-Type"], picture.format, picture.size) == ("image/png", "PNG", (1200, 630))
    colours = {f"#{red:02x}{green:02x}{blue:02x}" for _, (red, green, blue) in picture.convert("RGB").getcolors(99999)}
    assert {share_card.GRADES["A"], share_card.PAPER} <= colours


def test_the_same_picture_is_not_drawn_twice(drop, client, monkeypatch):
    first = client.get(f"/drops/{drop.pk}/card.png").content
    monkeypatch.delattr(share_card, "card_of")
    assert client.get(f"/drops/{drop.pk}/card.png").content == first


@pytest.mark.parametrize("known", ["{etag}", "W/{etag}", '"x", {etag}', "*"])
def test_whoever_has_the_picture_is_told_so_with_all_that_a_cache_goes_by(drop, client, known):
    path = f"/drops/{drop.pk}/card.png"
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": known.format(etag=first["ETag"])})
    assert (again.status_code, again.content) == (304, b"")
    told = ["ETag", "Cache-Control", "Vary"]
    assert [again.get(name) for name in told] == [first.get(name) for name in told] and again["ETag"]


def test_pictures_take_no_room_from_the_limits_of_sign_ins_nor_more_than_so_much(drop, client, monkeypatch, settings):
    settings.CACHES = {name: {**cache, "OPTIONS": {"MAX_ENTRIES": 3}} for name, cache in settings.CACHES.items()}
    caches["default"].set("limit", 1)
    drawn = []
    monkeypatch.setattr(share_card, "card_of", lambda drop: drawn.append(drop) or b"png")
    for number in range(sharing.PICTURES_KEPT + 1):
        Drop.objects.filter(pk=drop.pk).update(updated_at=after(number))
        assert client.get(f"/drops/{drop.pk}/card.png").content == b"png"
    Drop.objects.filter(pk=drop.pk).update(updated_at=after(0))
    client.get(f"/drops/{drop.pk}/card.png")
    assert len(drawn) == sharing.PICTURES_KEPT + 2 and caches["default"].get("limit") == 1


def test_what_has_not_ended_or_is_removed_has_no_picture_and_no_entry_in_the_feed(sender, drop, staff, client):
    still_open = open_drop(sender)
    assert client.get(f"/drops/{still_open.pk}/card.png").status_code == 404
    assert str(still_open.pk) not in client.get("/feed.atom").content.decode()
    decisions.remove_drop(drop=still_open, staff=staff, told="Spam.", reason="Spam.", now=NOON)
    assert client.get(f"/drops/{still_open.pk}/card.png").status_code == 404


def test_the_page_names_the_picture_and_escapes_what_a_stranger_wrote(drop, client):
    page = client.get(drop.get_absolute_url()).content.decode()
    assert f'<meta property="og:image" content="http://testserver/drops/{drop.pk}/card.png">' in page
    assert '<meta property="og:title" content="Name my &lt;b&gt;ferry&lt;/b&gt; &amp; its sister.">' in page


def test_the_feed_lists_finished_drops_with_their_grades(drop, client):
    (entry,) = ElementTree.fromstring(client.get("/feed.atom").content).findall(f"{ATOM}entry")  # noqa: S314 - our own
    assert entry.findtext(f"{ATOM}title") == f"A: {drop.heading}"
    assert entry.find(f"{ATOM}link").get("href").endswith(drop.get_absolute_url())


@pytest.mark.parametrize("char", ["\ufffe", "\uffff", "\x0b", "\x85", "\u2028", "\ufdd0", "\U0001fffe"])
def test_no_character_of_a_heading_breaks_the_feed(char, sender, agent, rival, client):
    finished_drop(sender, agent, rival, prompt=f"Name my{char}ferry.")
    (entry,) = ElementTree.fromstring(client.get("/feed.atom").content).findall(f"{ATOM}entry")  # noqa: S314 - our own
    assert entry.findtext(f"{ATOM}title") in {"A: Name myferry.", "A: Name my ferry.", "A: Name my"}


def test_words_our_face_can_not_draw_are_left_out(drop):
    drop.title = "渡し船に名前を"
    assert share_card.heading_of(drop, share_card.PACKS["wild"]) == "A drop of the pack Wild"
    drop.title = "Fährschiff “Ålesund” \u2013 wie soll es heißen…"
    assert share_card.heading_of(drop, share_card.PACKS["wild"]) == drop.title


@pytest.mark.parametrize("text", ["word " * 200, "w" * 500, "a " + "b" * 300 + " c", "short"])
def test_any_heading_fits_into_its_four_lines(text):
    face = share_card.face_of(share_card.HEADING_SIZE)
    lines = share_card.wrapped(text, face, 700)
    assert 1 <= len(lines) <= 4 and all(lines)
    assert max(face.getlength(line) for line in lines) <= 700
