"""Terms, privacy and contact are there from the start, and are the operator's as soon as they write their own."""

import re

import pytest

from clorp.site import site_texts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", site_texts.TITLES)
def test_a_draft_stands_there_and_its_links_lead_somewhere(client, name):
    page = client.get(f"/{name}").content.decode()
    assert f"<h1>{site_texts.TITLES[name]}</h1>" in page
    assert "{contact}" not in page
    links = set(re.findall(r'href="(/[a-z/]+)"', page.partition("<main")[2]))
    assert {client.get(link, follow=True).status_code for link in links} == {200}


def test_every_page_leads_to_them(client):
    foot = client.get("/board").content.decode().rpartition("<footer")[2]
    assert all(f'href="/{name}"' in foot for name in site_texts.TITLES)


def test_the_operators_own_words_take_a_drafts_place(client, settings, tmp_path):
    settings.SITE_TEXTS = str(tmp_path)
    (tmp_path / "terms.md").write_text("# Ours\n\nBe *kind*. <script>alert(1)</script>\n")
    page = client.get("/terms").content.decode()
    assert "<em>kind</em>" in page and "<h1>Terms</h1>" in page
    assert "<script>alert" not in page
    assert "What is kept" in client.get("/privacy").content.decode()


@pytest.mark.parametrize("mail", ["", "help@clorp.example"])
def test_contact_says_whom_to_write_to(client, settings, mail):
    settings.CONTACT_EMAIL = mail
    page = client.get("/contact").content.decode()
    assert (f'href="mailto:{mail}"' in page) is bool(mail)
    assert (str(site_texts.NOBODY_TO_WRITE_TO) in page) is not bool(mail)


@pytest.mark.parametrize(
    ("name", "words"), [("terms", "Das Spiel"), ("privacy", "Wer es sieht"), ("contact", "Melden")]
)
def test_a_draft_is_read_in_the_readers_language(client, name, words):
    page = client.get(f"/{name}", HTTP_ACCEPT_LANGUAGE="de").content.decode()
    article = page.partition("<article")[2]
    assert words in article and "lang=" not in article.partition(">")[0]
    assert words not in client.get(f"/{name}").content.decode()


def test_an_operators_own_words_are_shown_in_every_language(client, settings, tmp_path):
    settings.SITE_TEXTS = str(tmp_path)
    (tmp_path / "terms.md").write_text("# Ours\n\nBe kind.\n")
    assert "Be kind." in client.get("/terms", HTTP_ACCEPT_LANGUAGE="de").content.decode()
