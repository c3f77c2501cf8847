"""A page with the keyboard alone: whether Tab reaches all that can be used, and shows where it is."""

from __future__ import annotations

TABS_MAX = 300
# What a keyboard must reach. Of a group of radio buttons it is one, the others follow by arrows; who can open a
# part that is closed can reach what is in it.
REACHABLE = """() => {
  const groups = new Set();
  document.querySelectorAll("[data-wanted]").forEach((one) => { delete one.dataset.wanted; });
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


def faults_by_keyboard(page):
    """Return what Tab does not reach on the page as it stands, and what does not show that it was reached."""
    wanted = page.evaluate(REACHABLE)
    page.evaluate(NOTE_FOCUS)
    reached, unseen = tab_through(page, len(wanted))
    faults = [f"is not reached: {wanted[number]}" for number in sorted(set(range(len(wanted))) - reached)]
    return faults + [f"shows no focus: {wanted[number]}" for number in sorted(unseen)]


def tab_through(page, count):
    """Which elements have had the focus, by number, and which of them did not show it."""
    reached, unseen, left = set(), set(), min(TABS_MAX, 2 * count + 10)
    # An editor of code keeps Tab for itself, and says that Esc gives it back.
    step = ["Escape", "Tab"] if page.locator("textarea.code").count() else ["Tab"]
    while left > 0 and len(reached) < count:
        presses = min(left, count - len(reached))
        # Tab held down as long as that: the browser is asked once for all of it.
        page.keyboard.press("+".join(step * presses))
        left -= presses
        focused = [each for each in page.evaluate(NOTED) if each["number"] is not None]
        reached |= {int(each["number"]) for each in focused}
        unseen |= {int(each["number"]) for each in focused if not each["isSeen"]}
    return reached, unseen
