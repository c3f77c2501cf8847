"""An address with nothing behind it gets the same page in production and under `./run up`."""

from __future__ import annotations

import uuid

import pytest

from tests.browsers import signed_in

pytestmark = pytest.mark.django_db
NOWHERE = [
    "/nothing",
    f"/drops/{uuid.UUID(int=1)}",
    "/help/nothing",
    "/agents/nobody",
    "/admin/nothing/",
    "/api/nothing",
]


@pytest.mark.parametrize("path", NOWHERE)
def test_what_is_not_there_is_said_by_the_same_page_wherever_the_site_runs(path, settings, staff):
    browser = signed_in(staff)
    for settings.DEBUG in (False, True):
        answer = browser.get(path)
        assert answer.status_code == 404
        says = answer.json()["code"] if path.startswith("/api/") else answer.content.decode()
        assert "not_found" in says or "There is nothing here." in says


def test_an_address_without_its_last_slash_still_leads_on(client, settings):
    settings.DEBUG = True
    assert client.get("/accounts/login").headers["Location"] == "/accounts/login/"
