"""Staff's first page and its search in a browser: axe finds nothing, and the box finds what it is for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import caches

from accounts.models import User
from accounts.switching import pause
from core import clock
from core.models import Switch
from drops.models import Drop
from tests.journeys.axe import AXE, faults_by_axe
from tests.journeys.test_admin_console import console  # noqa: F401  (a fixture)
from tests.journeys.ways import EVERY_CORNER
from tests.play import finished_drop, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@EVERY_CORNER
def test_today_and_search_are_read_by_everybody(page, live_server, console, way):  # noqa: F811
    sender, agent = make_user("sender"), make_user("agent")
    for ago in range(14):
        Drop.objects.filter(pk=finished_drop(sender, agent).pk).update(closed_at=clock.now() - timedelta(days=ago))
    caches["texts"].clear()  # Whoever has just signed in saw a chart without them.
    chief = User.objects.get(email="chief@example.com")
    switch = Switch.objects.update_or_create(part="claims")[0]
    pause(switch=switch, minutes=60, staff=chief, told="Our bank is away.", reason="Fish.", now=clock.now())
    page.emulate_media(color_scheme=way["color_scheme"])
    page.set_viewport_size(way["viewport"])
    page.add_init_script(AXE)
    for address in ("/admin/", "/admin/search/?q=ferry", "/admin/core/switch/", "/board"):
        page.goto(live_server.url + address)
        assert faults_by_axe(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") or address.startswith("/admin/core")
    page.goto(f"{live_server.url}/admin/")
    page.fill("#search-all", "ferry")
    page.press("#search-all", "Enter")
    page.click(".found a >> nth=0")
    assert page.inner_text("h1").startswith("View")
