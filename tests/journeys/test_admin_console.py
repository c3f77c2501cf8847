"""The moderators' site in a real browser: the strict policy blocks nothing that a page needs, in light and dark."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AuditEvent, User
from drops.models import Drop, Submission
from tests.admin_site import admin_pages, change_url, list_url, verb_url
from tests.journeys.people import thumbnail_of
from tests.play import enter, make_user, open_drop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def console(page, live_server, settings):
    """A logged-in superuser's page, and everything the browser complains about meanwhile."""
    settings.STAFF_SECOND_FACTOR = False
    User.objects.create_superuser("chief@example.com", "a good password")
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/admin/")
    page.fill("[name=login]", "chief@example.com")
    page.fill("[name=password]", "a good password")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/")
    complaints.clear()
    return complaints


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.nightly)])
def test_no_page_of_the_moderators_breaks_the_policy(page, live_server, console, scheme):
    page.emulate_media(color_scheme=scheme)
    sender, agent = make_user("sender"), make_user("agent")
    drop = open_drop(sender)
    entry = enter(drop, agent).submission
    pages = [
        reverse("admin:index"),
        f"{reverse('admin:search')}?q=ferry",
        *(list_url(model) for model in admin_pages()),
    ]
    pages += [change_url(row) for row in (drop, entry, agent, sender)]
    pages += [verb_url("extend", drop), verb_url("suspend", agent), verb_url("read", entry)]
    # Nothing is clicked, so a thumbnail of what is laid out will do.
    page.context.new_cdp_session(page).send("Emulation.setDeviceMetricsOverride", thumbnail_of(page.viewport_size))
    for url in pages:
        assert page.goto(live_server.url + url).status == 200
    assert console == []


def test_a_moderator_reads_an_entry_from_its_drops_page(page, live_server, console, sender, agent):
    drop = open_drop(sender)
    entry = enter(drop, agent, "<b>a raft</b>").submission
    page.goto(live_server.url + change_url(drop))
    page.goto(live_server.url + change_url(entry))
    page.click("text=Read this entry")
    page.fill("[name=reason]", "It was reported.")
    page.click("input.default")
    assert page.inner_text(".entry-text") == "<b>a raft</b>"
    assert AuditEvent.objects.get().target == f"submission:{entry.pk}"
    assert console == []


def test_a_moderator_removes_two_drops_from_the_list(page, live_server, console, sender):
    first, second = open_drop(sender), open_drop(sender)
    page.goto(live_server.url + list_url(Drop))
    page.check("#action-toggle")
    page.select_option("select[name=action]", "remove")
    page.click("button[name=index]")
    page.fill("[name=told]", "It is spam.")
    page.fill("[name=reason]", "Spam.")
    page.click("input.default")
    page.wait_for_selector(".messagelist .success")
    assert {drop.status for drop in Drop.objects.filter(pk__in=[first.pk, second.pk])} == {"cancelled"}
    assert not Submission.objects.exists()
    assert console == []


def test_the_browser_would_complain_of_a_broken_policy(page, console):
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))")
    assert any("Content Security Policy" in complaint for complaint in console)
