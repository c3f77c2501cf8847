"""Every kind of page under axe: on a phone and a desk, in the light and the dark.

The pages' policy is left aside here, since axe sets styles of its own; other journeys hold the pages to it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from core import clock
from tests.journeys.stage import set_stage
from tests.journeys.test_crawl import KindWalk
from tests.journeys.ways import CORNERS, EVERY_PAIR

pytestmark = pytest.mark.django_db(transaction=True)

AXE = (Path(__file__).resolve().parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text()
# Django's inline tables leave the heads of their own columns of links and ticks empty.
OF_DJANGO = {"rules": {"empty-table-header": {"enabled": False}}}
# A colour on its way to another is neither.
RUN = """async (options) => {
  await Promise.all(document.getAnimations().map((motion) => motion.finished.catch(() => null)));
  const found = await axe.run(document, {resultTypes: ["violations"], ...options});
  return found.violations.map((fault) => `${fault.id} (${fault.help}): ` +
    fault.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | "));
}"""
ADMIN = ("", "drops/drop/", "drops/report/", "drops/submission/", "accounts/user/", "wallet/transfer/", "wallet/topup/")


@pytest.fixture
def examiner(visit):
    """`examiner(user)` is a visitor in whose pages axe stands ready."""

    def arrive(user=None):
        visitor = visit(user, bypass_csp=True, reduced_motion="reduce")
        visitor.page.add_init_script(AXE)
        return visitor

    return arrive


def faults_of(visitor, corners, options=None):
    """Return axe's findings on the page as it stands, in these corners of size and scheme."""
    found = set()
    for name in corners:
        visitor.looks_through(CORNERS[name]["viewport"])
        visitor.page.emulate_media(color_scheme=CORNERS[name]["color_scheme"])
        found |= {f"{name} {fault}" for fault in visitor.page.evaluate(RUN, options or {})}
    return sorted(found)


class AxeWalk(KindWalk):
    corners = ()

    def faults_here(self):
        return faults_of(self.visitor, self.corners)


@EVERY_PAIR
@pytest.mark.parametrize("who", [None, "sender", "ada", "newcomer"], ids=str)
def test_axe_finds_nothing_on_any_page(examiner, live_server, who, corners):
    stage = set_stage(clock.now())
    visitor = examiner(stage.people.get(who))
    walk = AxeWalk(visitor, live_server.url, "/", "/accounts/password/reset/", stage.way_out)
    walk.corners = corners
    walk.go()
    assert not walk.faults, "\n".join(walk.faults)
    assert len(walk.kinds) >= 8


@EVERY_PAIR
def test_axe_finds_nothing_on_a_page_that_refuses(examiner, corners):
    stage = set_stage(clock.now())
    visitor = examiner(stage.people["ada"])
    for path in ("/nothing", f"{stage.drops['won'].get_absolute_url()}/pull"):
        visitor.page.goto(path)
        assert faults_of(visitor, corners) == []


@EVERY_PAIR
def test_axe_finds_nothing_in_any_component(examiner, settings, corners):
    settings.DEBUG = True
    visitor = examiner()
    visitor.page.goto("/design/")
    assert faults_of(visitor, corners) == []


@EVERY_PAIR
def test_axe_finds_nothing_in_the_admin(examiner, settings, corners):
    settings.STAFF_SECOND_FACTOR = False
    stage = set_stage(clock.now())
    visitor = examiner(stage.people["staff"])
    found = []
    for path in (*ADMIN, f"drops/drop/{stage.drops['busy'].pk}/change/"):
        visitor.page.goto(f"/admin/{path}")
        found += [f"{path} {fault}" for fault in faults_of(visitor, corners, OF_DJANGO)]
    assert not found, "\n".join(found)
