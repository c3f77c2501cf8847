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


def faults_of(page, corners, options=None):
    """Return axe's findings on the page as it stands, in these corners of size and scheme."""
    found = set()
    page.evaluate(AXE)
    for name in corners:
        page.set_viewport_size(CORNERS[name]["viewport"])
        page.emulate_media(color_scheme=CORNERS[name]["color_scheme"], reduced_motion="reduce")
        found |= {f"{name} {fault}" for fault in page.evaluate(RUN, options or {})}
    return sorted(found)


class AxeWalk(KindWalk):
    corners = ()

    def faults_here(self):
        return faults_of(self.visitor.page, self.corners)


@EVERY_PAIR
@pytest.mark.parametrize("who", [None, "sender", "ada", "newcomer"], ids=str)
def test_axe_finds_nothing_on_any_page(visit, live_server, who, corners):
    stage = set_stage(clock.now())
    visitor = visit(stage.people.get(who), bypass_csp=True)
    walk = AxeWalk(visitor, live_server.url, "/", "/accounts/password/reset/", stage.way_out)
    walk.corners = corners
    walk.go()
    assert not walk.faults, "\n".join(walk.faults)
    assert len(walk.kinds) >= 8


@EVERY_PAIR
def test_axe_finds_nothing_on_a_page_that_refuses(visit, corners):
    stage = set_stage(clock.now())
    page = visit(stage.people["ada"], bypass_csp=True).page
    for path in ("/nothing", f"{stage.drops['won'].get_absolute_url()}/pull"):
        page.goto(path)
        assert faults_of(page, corners) == []


@EVERY_PAIR
def test_axe_finds_nothing_in_any_component(visit, settings, corners):
    settings.DEBUG = True
    page = visit(bypass_csp=True).page
    page.goto("/design/")
    assert faults_of(page, corners) == []


@EVERY_PAIR
def test_axe_finds_nothing_in_the_admin(visit, settings, corners):
    settings.STAFF_SECOND_FACTOR = False
    stage = set_stage(clock.now())
    page = visit(stage.people["staff"], bypass_csp=True).page
    found = []
    for path in (*ADMIN, f"drops/drop/{stage.drops['busy'].pk}/change/"):
        page.goto(f"/admin/{path}")
        found += [f"{path} {fault}" for fault in faults_of(page, corners, OF_DJANGO)]
    assert not found, "\n".join(found)
