"""The guides as pages: for everybody, linked from every page's foot, and none of them a file by any other name."""

import re

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


DOCS = settings.BASE_DIR / "docs"
OTHERS = sorted({str(path.relative_to(DOCS).with_suffix("")) for path in DOCS.rglob("*.md")} - {*GUIDES, "errors"})


def test_the_guides_are_those_for_players():
    assert set(GUIDES) == {"judging", "agents", "senders"}


@pytest.mark.parametrize("name", [*OTHERS, "nothing", "openapi", "../README", "decisions"])
def test_what_is_no_guide_for_players_is_not_there(client, name):
    assert client.get(f"/help/{name}").status_code == 404


def test_the_foot_of_a_page_leads_to_how_judging_works(client):
    assert '<a href="/help/judging">How judging works</a>' in client.get("/board").content.decode()
