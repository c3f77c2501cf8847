"""Search engines are shown the pages that anybody may read, and asked to leave the rest alone."""

import re

import pytest

from clorp.site.sitemap import PRIVATE

pytestmark = pytest.mark.django_db


def test_robots_may_read_the_site_but_for_what_is_somebodys_own(client):
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    lines = answer.content.decode().splitlines()
    assert [f"Disallow: {path}" for path in PRIVATE] == lines[2:-1]
    assert lines[-1] == "Sitemap: http://testserver/sitemap.xml"


def test_the_index_leads_to_every_section_and_each_page_is_there(client):
    sections = re.findall("<loc>(.*?)</loc>", client.get("/sitemap.xml").content.decode())
    assert len(sections) == 2
    pages = [page for section in sections for page in locations(client, section)]
    assert len(pages) > 10 and {client.get(page).status_code for page in pages} == {200}


def locations(client, address: str) -> list[str]:
    answer = client.get(address.removeprefix("http://testserver"))
    assert answer.status_code == 200 and answer["Content-Type"].startswith("application/xml")
    pages = re.findall("<loc>(.*?)</loc>", answer.content.decode())
    return [page.removeprefix("http://testserver") or "/" for page in pages]


def test_no_page_that_is_listed_is_disallowed(client):
    pages = locations(client, "/sitemap-pages.xml")
    assert pages and not [page for page in pages if page.startswith(PRIVATE)]
