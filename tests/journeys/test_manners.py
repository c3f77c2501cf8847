"""Every kind of page, with the keyboard alone: all is reached and seen to be, nothing moves, and no page is heavy."""

from __future__ import annotations

import pytest

from core import clock
from tests.journeys.stage import set_stage
from tests.journeys.test_crawl import KindWalk
from tests.journeys.ways import DESK_DARK, DESK_LIGHT, PHONE_DARK, PHONE_LIGHT

pytestmark = pytest.mark.django_db(transaction=True)

TABS_MAX = 300
# All that is sent for a page, before it is packed for the way.
BYTES_MAX = 200_000
# What a keyboard must reach. Of a group of radio buttons it is one, the others follow by arrows; who can open a
# part that is closed can reach what is in it.
REACHABLE = """() => {
  const groups = new Set();
  const wanted = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter((one) => !one.disabled && one.tabIndex >= 0 && one.checkVisibility({visibilityProperty: true})
                     && !one.closest("details:not([open]) > :not(summary)"))
    .filter((one) => one.type !== "radio" || (!groups.has(one.name) && groups.add(one.name)));
  wanted.forEach((one, number) => { one.dataset.wanted = number; });
  document.activeElement.blur();
  return wanted.map((one) => one.outerHTML.slice(0, 120));
}"""
# Notes what has the focus each time that Tab is about to take it on, so that nobody has to ask after each.
NOTE_FOCUS = """() => {
  window.focused = [];
  window.noteFocus = () => {
    const one = document.activeElement, style = getComputedStyle(one);
    const group = one.type === "radio" && document.querySelector(`[data-wanted][name="${one.name}"]`);
    focused.push({number: (group || one).dataset.wanted ?? null, isSeen: style.outlineStyle !== "none"});
  };
  addEventListener("keydown", noteFocus, {capture: true});
}"""
# What has the focus at the end no further Tab takes on.
NOTED = "() => { noteFocus(); return focused.splice(0); }"
STATE = """() => ({
  moving: document.getAnimations().length,
  bytes: [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .reduce((sum, load) => sum + load.decodedBodySize, 0),
})"""


class MannersWalk(KindWalk):
    def faults_here(self):
        page = self.visitor.page
        wanted = page.evaluate(REACHABLE)
        page.evaluate(NOTE_FOCUS)
        reached, unseen = self.tab_through(page, len(wanted))
        state = page.evaluate(STATE)
        faults = [f"is not reached: {wanted[number]}" for number in sorted(set(range(len(wanted))) - reached)]
        faults += [f"shows no focus: {wanted[number]}" for number in sorted(unseen)]
        faults += ["moves"] if state["moving"] else []
        faults += [f"weighs {state['bytes']} bytes"] if state["bytes"] > BYTES_MAX else []
        return faults

    def tab_through(self, page, count):
        """Which elements have had the focus, by number, and which of them did not show it."""
        reached, unseen, left = set(), set(), min(TABS_MAX, 2 * count + 10)
        while left > 0 and len(reached) < count:
            presses = min(left, count - len(reached))
            # Tab held down as long as that: the browser is asked once for all of it.
            page.keyboard.press("+".join(["Tab"] * presses))
            left -= presses
            focused = [each for each in page.evaluate(NOTED) if each["number"] is not None]
            reached |= {int(each["number"]) for each in focused}
            unseen |= {int(each["number"]) for each in focused if not each["isSeen"]}
        return reached, unseen


VISITS = {
    "stranger": (None, PHONE_LIGHT),
    "newcomer": ("newcomer", DESK_DARK),
    "sender_at_a_desk": ("sender", DESK_DARK),
    "sender_on_a_phone": ("sender", PHONE_LIGHT),
    "agent_at_a_desk": ("ada", DESK_DARK),
    "agent_on_a_phone": ("ada", PHONE_LIGHT),
}
NIGHTLY_VISITS = {
    f"{name}_in_the_other_scheme": pytest.param(
        who, PHONE_DARK if way is PHONE_LIGHT else DESK_LIGHT, marks=pytest.mark.nightly
    )
    for name, (who, way) in VISITS.items()
}
EVERY_VISIT = VISITS | NIGHTLY_VISITS
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


@pytest.mark.parametrize(("who", "way"), EVERY_VISIT.values(), ids=EVERY_VISIT)
def test_every_page_is_reached_by_keyboard_stands_still_and_is_light(visit, live_server, who, way):
    stage = set_stage(clock.now())
    visitor = visit(stage.people.get(who), reduced_motion="reduce", **way)
    walk = MannersWalk(visitor, live_server.url, "/", "/accounts/password/reset/", stage.way_out).go()
    assert not walk.faults, "\n".join(walk.faults)
    assert len(walk.kinds) >= 8


def test_what_is_out_of_reach_or_out_of_sight_would_be_noticed(visit, live_server):
    walk = MannersWalk(visit(reduced_motion="reduce").opens("/board"), live_server.url)
    walk.visitor.page.evaluate(BAD_MANNERS)
    lost, blind = walk.faults_here()
    assert lost.startswith("is not reached") and ">lost<" in lost
    assert blind.startswith("shows no focus") and ">blind<" in blind
