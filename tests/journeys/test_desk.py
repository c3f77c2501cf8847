"""The moderators' desk in a real browser: from a report to its decision in four clicks, with and without scripts."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import AuditEvent
from core import clock
from drops.models import Case, Drop, RiskMark
from drops.moderation import decisions
from tests.admin_site import change_url, list_url, verb_url
from tests.drops.risk.looked import mark_on
from tests.journeys.axe import AXE, faults_by_axe
from tests.journeys.test_axe import OF_DJANGO
from tests.journeys.test_stale import AWAY_SECONDS, WITHIN_SECONDS
from tests.journeys.test_ways_to_come import DEVICE, DEVICES, go_away_and_back
from tests.journeys.ways import CORNERS, EVERY_PAIR
from tests.play import enter, make_user, open_drop

pytestmark = pytest.mark.django_db(transaction=True)

CLICKS_MAX = 4
MEASURE = """() => ({
  isTooWide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
  small: [...document.querySelectorAll("main a, main button, main input:not([type=hidden]), main select")]
    .filter((one) => one.checkVisibility() && !one.closest("p, li > p, small, .breadcrumbs"))
    .filter((one) => one.getBoundingClientRect().height < 16).map((one) => one.outerHTML.slice(0, 80)),
})"""


@pytest.fixture
def desk(settings):
    """A reported drop with an entry, and a moderator."""
    settings.STAFF_SECOND_FACTOR = False
    now = clock.now()
    drop = open_drop(make_user("sender"), now=now, prompt="Roast Ann Example of 3 Quay Street.", window_seconds=900)
    enter(drop, make_user("rival"), "<b>a raft</b>", now=now)
    decisions.report_drop(drop=drop, reporter=make_user("reporter"), reason="It names a person.", now=now)
    return make_user("mo", is_staff=True)


class Counted:
    """A visitor whose clicks are counted; typing is none."""

    def __init__(self, visitor):
        self.visitor, self.page, self.clicks = visitor, visitor.page, 0

    def clicks_on(self, place):
        self.clicks += 1
        place.click()
        return self


@pytest.mark.parametrize("scripts", [True, False])
def test_a_report_is_decided_within_four_clicks(visit, desk, scripts):
    moderator = Counted(visit(desk, scripts=scripts))
    page = moderator.page
    page.goto("/admin/")
    moderator.clicks_on(page.locator("a.tile", has_text="Open cases"))
    moderator.clicks_on(page.get_by_role("button", name="Take next"))
    page.get_by_text("It names a person.").first.wait_for()
    moderator.clicks_on(page.get_by_text("Remove and refund", exact=True))
    page.get_by_label("They are told").fill("It names a private person.")
    page.get_by_label("Note for moderators").fill("Ann is nobody public.")
    moderator.clicks_on(page.get_by_role("button", name="Decide and close the case"))
    page.locator(".messagelist .success").wait_for()
    case = Case.objects.get()
    assert moderator.clicks <= CLICKS_MAX
    assert (case.outcome, case.closed_by, case.drop.status) == ("remove", desk, "cancelled")
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == ["take-case", "remove"]


def test_an_entry_is_read_as_text_on_the_case_s_page(visit, desk):
    page = visit(desk).page
    page.goto(reverse("admin:drops_case_change", args=[Case.objects.get().pk]))
    page.get_by_role("button", name="Read").click()
    assert page.locator("#read .entry-text").inner_text() == "<b>a raft</b>"
    assert AuditEvent.objects.get().action == "read"


def test_a_case_is_decided_by_keyboard_alone(visit, desk):
    page = visit(desk).page
    page.goto(reverse("admin:drops_case_change", args=[Case.objects.get().pk]))
    page.locator("input[value=dismiss-case]").focus()
    page.keyboard.press("Space")
    page.get_by_label("Ready text").select_option("fine")
    page.get_by_label("Note for moderators").fill("Harmless.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".messagelist .success").wait_for()
    assert Case.objects.get().outcome == "dismiss-case"


@EVERY_PAIR
def test_the_desk_is_sound_by_axe_and_fits_its_window(visit, desk, corners):
    visitor = visit(desk, bypass_csp=True, reduced_motion="reduce")
    visitor.page.add_init_script(AXE)
    case, found_here = Case.objects.get().pk, []
    page = reverse("admin:drops_case_change", args=[case])
    for path in (reverse("admin:drops_case_changelist"), page, f"/admin/drops/case/act/assign-case/?ids={case}"):
        visitor.opens(path)
        for name in corners:
            visitor.stands_in(CORNERS[name])
            found_here += [f"{path} {name} {fault}" for fault in faults_by_axe(visitor.page)]
            measured = visitor.page.evaluate(MEASURE)
            found_here += [f"{path} {name} {measured}"] if measured["isTooWide"] or measured["small"] else []
    assert not found_here, "\n".join(found_here)


@EVERY_PAIR
def test_risk_marks_and_their_case_are_sound_by_axe(visit, desk, corners):
    mark = mark_on(Drop.objects.get(), Drop.objects.get().sender, now=clock.now())
    visitor = visit(desk, bypass_csp=True, reduced_motion="reduce")
    visitor.page.add_init_script(AXE)
    faults = []
    case = reverse("admin:drops_case_change", args=[mark.case_id])
    for path in (list_url(RiskMark), change_url(mark), verb_url("dismiss-mark", mark), case):
        visitor.opens(path)
        assert "password" in visitor.page.inner_text("main") or path == verb_url("dismiss-mark", mark)
        for name in corners:
            visitor.stands_in(CORNERS[name])
            faults += [f"{path} {name} {fault}" for fault in faults_by_axe(visitor.page, OF_DJANGO)]
    assert not faults, "\n".join(faults)


def test_what_is_due_on_a_desk_is_so_by_the_server_s_clock(visit, hands, settings):
    settings.STAFF_SECOND_FACTOR = False
    drop = open_drop(make_user("sender"), now=clock.now())
    decisions.report_drop(drop=drop, reporter=make_user("reporter"), reason="It names a person.", now=clock.now())
    case, page = Case.objects.get(), visit(make_user("mo", is_staff=True)).page
    page.add_init_script(DEVICE % DEVICES["an hour fast"])
    for path in ("/admin/drops/case/", f"/admin/drops/case/{case.pk}/change/"):
        page.goto(path)
        go_away_and_back(page, meanwhile=lambda: hands.forward(seconds=AWAY_SECONDS))
        page.wait_for_function(
            f"() => {{ const [hours, minutes, seconds] = document.querySelector('.countdown').textContent.split(':');"
            f" const left = {case.due_at.timestamp() - hands.ahead.total_seconds()} - Date.now() / 1000 + 3600;"
            f" return Math.abs(hours * 3600 + minutes * 60 + +seconds - 0.5 - left) <= {WITHIN_SECONDS} }}",
        )
    hands.forward(days=2)
    page.evaluate("document.dispatchEvent(new Event('resume'))")
    expect(page.locator(".countdown")).to_have_text("0:00")
