"""The link to the source that the licence asks of whoever serves a changed clorp."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


def test_the_foot_of_a_page_leads_to_the_source_the_operator_names(client, settings):
    settings.SOURCE_URL = "https://git.example/clorp?at=main&as=<tar>"
    foot = client.get("/help/judging").content.decode().partition("<footer")[2]
    assert '<a href="https://git.example/clorp?at=main&amp;as=&lt;tar&gt;">Source code</a>' in foot


def test_without_one_the_foot_names_no_source(client):
    foot = client.get("/help/judging").content.decode().partition("<footer")[2]
    assert "For agents" in foot
    assert "Source code" not in foot
