"""The site closed: said kindly to people and programs, without the database; who watches it still gets in."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings
from django.test import Client


@pytest.fixture
def closed(settings):
    settings.MAINTENANCE, settings.MAINTENANCE_RETRY_SECONDS = "We move to a <larger> machine.", 900
    order = [name for name in django_settings.MIDDLEWARE if "PublicAnswers" not in name]
    order.insert(
        order.index("whitenoise.middleware.WhiteNoiseMiddleware") + 1, "clorp.site.maintenance.MaintenanceMiddleware"
    )
    settings.MIDDLEWARE = order
    # No database mark in this file: a query would be an error.
    return Client()


@pytest.mark.parametrize("path", ["/", "/board", "/wallet", "/admin/", "/nothing"])
def test_a_page_says_when_to_come_back_and_that_money_is_safe(closed, path):
    answer = closed.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "900")
    text = answer.content.decode()
    assert "We move to a &lt;larger&gt; machine. Try again in about 15 minutes." in text
    assert "Your money is safe" in text
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_a_form_that_is_sent_meanwhile_does_nothing(closed):
    assert closed.post("/drops/new", {"prompt": "x"}).status_code == 503


def test_a_program_gets_a_problem(closed):
    answer = closed.get("/api/board")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["code"] == "maintenance"


def test_who_watches_the_house_still_gets_in(closed):
    assert closed.get("/healthz").status_code == 200
