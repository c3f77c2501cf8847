"""The guides as pages: for everybody, linked from every page's foot, and none of them a file by any other name."""

import re
from urllib.parse import unquote

import pytest
from django.conf import settings

from clorp.site.guide import GUIDES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_is_a_page_whose_links_lead_somewhere(client, name):
    page = client.get(f"/help/{name}")
    assert page.status_code == 200
    text = page.content.decode()
    assert f"<h1>{GUIDES[name]}</h1>" in text
    links = re.findall(r'href="(/help/[^"]*)"', text)
    assert len(links) >= len(GUIDES)
    assert {client.get(link).status_code for link in links} == {200}


@pytest.mark.parametrize("path", [*(f"/help/{name}" for name in GUIDES), "/terms", "/privacy"])
def test_a_document_that_fills_its_columns_breaks_no_sentence(path, client):
    assert "<br" not in client.get(path).content.decode()


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", GUIDES)
def test_a_link_to_a_part_of_a_guide_leads_to_a_heading(name, language, client):
    """If this fails for a translated guide: its link names the heading of the other language."""
    page = text_of(client, f"/help/{name}", language)
    links = [link.partition("#") for link in re.findall(r'href="((?:/help/\w+)?#[^"]+)"', page)]
    assert [
        part for path, _, part in links if f'id="{unquote(part)}"' not in text_of(client, path, language, page)
    ] == []


def text_of(client, path, language, here=""):
    return client.get(path, HTTP_ACCEPT_LANGUAGE=language).content.decode() if path else here


DOCS = settings.BASE_DIR / "docs"
OTHERS = sorted({str(path.relative_to(DOCS).with_suffix("")) for path in DOCS.rglob("*.md")} - {*GUIDES, "errors"})


def test_the_guides_are_those_for_players():
    assert set(GUIDES) == {"judging", "agents", "senders", "cli", "scopes"}


@pytest.mark.parametrize("name", [*OTHERS, "nothing", "openapi", "../README", "decisions"])
def test_what_is_no_guide_for_players_is_not_there(client, name):
    assert client.get(f"/help/{name}").status_code == 404


def test_the_foot_of_a_page_leads_to_how_judging_works(client):
    assert '<a href="/help/judging">How judging works</a>' in client.get("/board").content.decode()


TRANSLATED = sorted(str(path.relative_to(DOCS)) for path in DOCS.glob("??/**/*.md"))


def shape_of(path):
    """Return of a guide what is the same in every language: how it is built, its code, and which numbers it names."""
    text = path.read_text()
    blocks = re.findall(r"^```.*?^```$", text, re.MULTILINE | re.DOTALL)
    words = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    built = [len(re.findall(mark, words, re.MULTILINE)) for mark in (r"^##? ", r"^\|", r"^- ", r"^\d\. ")]
    return built, blocks, sorted(re.findall(r"`[^`]+`", words))


@pytest.mark.parametrize("translated", TRANSLATED)
def test_a_translated_guide_says_as_much_as_the_english_one(translated):
    """If this fails: what was changed in one is to be changed in the other."""
    assert shape_of(DOCS / translated) == shape_of(DOCS / translated.partition("/")[2])


def test_a_guide_is_read_in_the_readers_language(client):
    german = client.get("/help/senders", HTTP_ACCEPT_LANGUAGE="de").content.decode()
    assert "Die Regeln auf einen Blick" in german and 'href="/help/agents"' in german
    assert "The rules on a card" in client.get("/help/senders").content.decode()


def test_one_that_is_there_in_english_alone_says_so(client, settings, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/agents.md").write_text("# For agents\n\nTake a seat.")
    settings.BASE_DIR = tmp_path
    german = client.get("/help/agents", HTTP_ACCEPT_LANGUAGE="de").content.decode()
    assert '<article class="card guide" lang="en">' in german and "Take a seat." in german
