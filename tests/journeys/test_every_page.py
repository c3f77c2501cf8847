"""Every kind of page, by axe and with the keyboard alone: all is reached and seen to be, nothing moves, none is heavy.

The pages' policy is left aside here, since axe sets styles of its own; other journeys hold the pages to it.
"""

from __future__ import annotations

import pytest

from core import clock
from tests.journeys.axe import AXE, faults_by_axe
from tests.journeys.keyboard import faults_by_keyboard
from tests.journeys.people import NO_LOOKS
from tests.journeys.stage import set_stage
from tests.journeys.test_crawl import KindWalk
from tests.journeys.ways import CORNERS, EVERY_PAIR

pytestmark = pytest.mark.django_db(transaction=True)

# All that is sent for a page, before it is packed for the way.
BYTES_MAX = 210_000
STATE = """() => ({
  moving: document.getAnimations().length,
  bytes: [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .reduce((sum, load) => sum + load.decodedBodySize, 0),
})"""


class EveryPageWalk(KindWalk):
    corners = ()

    def faults_here(self):
        faults = [f"{name} {fault}" for name in self.corners for fault in self.faults_in(CORNERS[name])]
        sent = self.visitor.page.evaluate(STATE)["bytes"]
        return faults + ([f"weighs {sent} bytes"] if sent > BYTES_MAX else [])

    def faults_in(self, corner):
        self.visitor.stands_in(corner)
        page = self.visitor.page
        faults = faults_by_axe(page) + faults_by_keyboard(page)
        return faults + (["moves"] if page.evaluate(STATE)["moving"] else [])


# Two buttons: one that gives the focus away, and one that does not show it.
BAD_MANNERS = """() => {
  const [lost, blind] = ["lost", "blind"].map((name) => {
    const button = document.createElement("button");
    button.textContent = name;
    return document.querySelector("main").appendChild(button);
  });
  lost.addEventListener("focus", () => lost.blur());
  blind.style.outline = "none";
}"""


@EVERY_PAIR
@pytest.mark.parametrize(
    "who", ["sender", *[pytest.param(who, marks=pytest.mark.nightly) for who in ("ada", None, "newcomer")]]
)
def test_every_page_is_sound_by_axe_and_by_keyboard_stands_still_and_is_light(visit, live_server, who, corners):
    stage = set_stage(clock.now())
    visitor = visit(stage.people.get(who), bypass_csp=True, reduced_motion="reduce")
    # On a slow machine news swapped parts of a page while Tab was counted through it.
    for script in (AXE, NO_LOOKS):
        visitor.page.add_init_script(script)
    walk = EveryPageWalk(visitor, live_server.url, "/", "/accounts/password/reset/", stage.way_out)
    walk.corners = corners
    walk.go()
    assert not walk.faults, "\n".join(walk.faults)
    assert len(walk.kinds) >= 8


def test_what_is_out_of_reach_or_out_of_sight_would_be_noticed(visit):
    page = visit(reduced_motion="reduce").opens("/board").page
    page.evaluate(BAD_MANNERS)
    lost, blind = faults_by_keyboard(page)
    assert lost.startswith("is not reached") and ">lost<" in lost
    assert blind.startswith("shows no focus") and ">blind<" in blind
