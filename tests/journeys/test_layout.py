"""A drop's page at every stage and for everybody: the work is wide, the facts stand beside it, and nothing is broken.

One browser looks at all of it: each page is opened on a desk, and the window is then drawn in to a phone's.
"""

from __future__ import annotations

import pytest

from core import clock
from tests.journeys.stage import set_stage
from tests.journeys.ways import DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)

DROPS = ("pending", "empty", "busy", "ringing", "ranking", "won", "public", "failed", "cancelled")
STATUSES = {"pending_payment", "open", "ranking", "completed", "failed", "cancelled"}
# On the busy drop Ada has submitted, Basil holds a seat, and Fern might take one.
VIEWERS = ("stranger", "sender", "ada", "basil", "fern", "staff")
# Longer words may have to break: addresses, hashes, and what somebody types to see whether they do.
WORD_LENGTH_MAX = 24
# A script brings unsent words back into a pane of their own; it is opened here, so that it is measured too.
# What moves from then on was moved by the test.
OPEN_ALL_PANES = """() => {
  window.isBeingResized = true;
  document.querySelectorAll(".split > [hidden]").forEach((pane) => { pane.hidden = false; });
}"""
MEASURE = """async (lengthMax) => {
  await document.fonts.ready;
  const box = (one) => one.getBoundingClientRect();
  const name = (one) => one.getAttribute("aria-labelledby") ?? `${one.tagName.toLowerCase()}.${one.className}`;
  const seen = (nodes) => [...nodes].filter((one) => one.checkVisibility({visibilityProperty: true}));
  const shared = (a, b) => Math.min(
    Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
  const overlaps = (children) => seen(children).flatMap((one, number, all) => all.slice(number + 1)
    .filter((other) => shared(box(one), box(other)) > 1).map((other) => `${name(one)} and ${name(other)}`));
  const isBroken = (text, start, length) => {
    const range = document.createRange();
    range.setStart(text, start);
    range.setEnd(text, start + length);
    return new Set([...range.getClientRects()].filter((line) => line.width).map((line) => line.top)).size > 1;
  };
  const brokenWords = () => {
    const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT), broken = [];
    while (texts.nextNode()) {
      const text = texts.currentNode;
      if (!text.parentElement.checkVisibility() || text.parentElement.closest(".visually-hidden, pre")) continue;
      if (getComputedStyle(text.parentElement).hyphens === "auto") continue;
      const words = [...text.data.matchAll(/[^\\s\\p{Dash}\\/]+/gu)].filter(([word]) => word.length <= lengthMax);
      broken.push(...words.filter(({0: word, index}) => isBroken(text, index, word.length)).map(([word]) => word));
    }
    return broken;
  };
  const panes = seen(document.querySelectorAll(".split > *"));
  return {
    facts: panes.filter((pane) => pane.tagName === "ASIDE").map(box)[0].toJSON(),
    work: panes.filter((pane) => pane.tagName !== "ASIDE").map((pane) => box(pane).toJSON()),
    overlaps: [...overlaps(panes), ...panes.flatMap((pane) => overlaps(pane.children))],
    brokenWords: brokenWords(),
    action: seen(document.querySelectorAll("main .button.main")).map((button) => box(button).toJSON())[0],
    isMirrored: document.documentElement.dir === "rtl",
    isTooWide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
  };
}"""
# The facts in the wide column, over the work; the work's button far below; a word in a box that is too narrow for it.
BREAK_IT = """() => {
  const [work, facts] = document.querySelectorAll(".split > *");
  facts.style.cssText = "grid-area: work; width: 1000px; margin-top: 40px";
  work.style.paddingTop = "2000px";
  work.querySelector("h2").style.cssText = "width: 1ch; overflow-wrap: anywhere";
}"""


TABLET, WALL = {"width": 768, "height": 1024}, {"width": 1920, "height": 1080}
# Other languages take more room: each word of ours grows by two fifths, and breaks no more than before.
LENGTHEN = """() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (text.parentElement.closest("pre, script, style, textarea, bdi, [dir=auto]")) continue;
    text.data = text.data.replace(/\\p{L}+/gu, (word) => word + "e".repeat(Math.ceil(word.length * 0.4)));
  }
}"""
MIRROR = "() => { document.documentElement.dir = 'rtl'; }"


def faults_of(visitor):
    return [f"on a desk {fault}" for fault in _faults_on_a_desk(visitor)] + [
        f"on a phone {fault}" for fault in _faults_of_shape(_measure(visitor, PHONE))
    ]


def faults_anywhere(visitor):
    """The faults at four widths: of the page as it stands, with longer words, and with those from right to left."""
    faults = []
    for name, change in (("as it stands", "() => {}"), ("lengthened", LENGTHEN), ("mirrored", MIRROR)):
        visitor.page.evaluate(change)
        for size in (WALL, DESK):
            faults += [f"{name}, {size['width']} px: {fault}" for fault in _faults_on_a_desk(visitor, size)]
        for size in (TABLET, PHONE):
            faults += [f"{name}, {size['width']} px: {f}" for f in _faults_of_shape(_measure(visitor, size))]
    return faults


def _faults_on_a_desk(visitor, desk=DESK):
    size = _measure(visitor, desk)
    facts, work, action = size["facts"], size["work"], size.get("action")
    faults = [f"work of {pane['width']} px" for pane in work if pane["width"] <= facts["width"]]
    is_after = facts["left"] >= max(pane["right"] for pane in work)
    if size["isMirrored"]:
        is_after = facts["right"] <= min(pane["left"] for pane in work)
    faults += [] if is_after else ["facts not after the work"]
    faults += ["facts not beside the work"] if facts["top"] != work[0]["top"] else []
    if action and not 0 <= action["top"] < action["bottom"] <= desk["height"]:
        faults.append(f"the first thing to do ends at {action['bottom']} px")
    return faults + _faults_of_shape(size)


def _faults_of_shape(size):
    faults = [f"overlap: {pair}" for pair in size["overlaps"]] + [f"broken: {word}" for word in size["brokenWords"]]
    return faults + (["scrolls sideways"] if size["isTooWide"] else [])


def _measure(visitor, viewport):
    visitor.page.evaluate(OPEN_ALL_PANES)
    visitor.looks_through(viewport)
    return visitor.page.evaluate(MEASURE, WORD_LENGTH_MAX)


# Four widths, longer words and the other direction are looked at by night.
@pytest.mark.parametrize(
    "look",
    [pytest.param(faults_of, id="by_day"), pytest.param(faults_anywhere, id="by_night", marks=pytest.mark.nightly)],
)
def test_the_work_is_wide_and_whole_at_every_stage_for_everybody(visit, look):
    stage = set_stage(clock.now())
    visitor, faults, statuses = visit(), [], set()
    for who in VIEWERS:
        if who in stage.people:
            visitor.signs_in(stage.people[who])
        for name in DROPS:
            visitor.looks_through(DESK)
            # So all links lead whoever holds a seat; for others there is no such place, and they see the top.
            if visitor.page.goto(f"{stage.drops[name].get_absolute_url()}#work").status == 200:
                faults += [f"{name}, seen by {who}: {fault}" for fault in look(visitor)]
                statuses.add(stage.drops[name].status)
    assert not faults, "\n".join(faults)
    assert statuses == STATUSES


def test_what_is_narrow_covered_broken_or_far_below_would_be_noticed(visit):
    stage = set_stage(clock.now())
    visitor = visit(stage.people["fern"], viewport=DESK).opens(stage.drops["busy"].get_absolute_url())
    visitor.page.evaluate(BREAK_IT)
    faults = "\n".join(faults_of(visitor))
    for fault in ("work of", "not after the work", "not beside", "to do ends at", "overlap", "broken", "sideways"):
        assert fault in faults
    # It has moved, as it was told to.
    visitor.opens("about:blank").complaints.clear()
