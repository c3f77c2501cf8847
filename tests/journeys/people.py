"""People at their browsers: what each of them does on the site, in the words of the game."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import CDPSession, Error, Locator, Page, ViewportSize, expect

from accounts.models import User
from tests.browsers import signed_in
from tests.plugins.browser import EXPECT_MILLISECONDS

QUESTIONS_MAX = 10
SHOWN_MAX = 3000
# A page that is refused has its own status, which is no fault of what shows it.
REFUSED = "Failed to load resource: the server responded with a status of 4"


def thumbnail_of(size: ViewportSize) -> dict[str, Any]:
    """Return the wish for a window of this size that is painted at a twentieth; only a script's eye can look at it."""
    screen = {"screenWidth": size["width"], "screenHeight": size["height"]}
    return {**size, **screen, "deviceScaleFactor": 1, "mobile": False, "scale": 0.05}


# What moves by itself once a page and its faces are there; from a tenth in sum people notice. The admin is Django's.
COMPLAIN_OF_SHIFTS = """
let moved = 0;
const named = (source) => (source.node?.outerHTML ?? source.node?.textContent ?? "gone").trim().slice(0, 80);
const watch = () => new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) if (!shift.hadRecentInput && !window.isBeingResized) {
    moved += shift.value;
    if (moved > 0.1) console.warn(`the layout shifted by ${moved}: ${shift.sources.map(named).join(" | ")}`);
  }
}).observe({type: "layout-shift"});
if (!location.pathname.startsWith("/admin/")) addEventListener("load", () => document.fonts.ready.then(watch));
"""

# A page's own looks for news come five times as often.
LOOK_OFTEN = """
const set = window.setTimeout;
window.setTimeout = (call, wait, ...rest) => set(call, wait === 2500 ? 500 : wait, ...rest);
"""
# They never come, nor does what a page looks for when it is shown: it stays as it is, but for its clock.
NO_LOOKS = """
    const wait = window.setTimeout;
    window.setTimeout = (call, time, ...rest) => wait(call, time === 2500 || time === 30000 ? 2 ** 30 : time, ...rest);
    addEventListener("look", (event) => event.stopImmediatePropagation(), true);
"""
MOTION_RATE = 10


class Visitor:
    """One page in a browser of its own.

    `complaints` collects what the browser found wrong, `read` every page as it was when a visitor who remembers looked.
    """

    def __init__(self, page: Page, site: str, user: User | None, *, scripts: bool) -> None:
        self.page, self.site, self.scripts = page, site, scripts
        self.complaints, self.read = list[str](), list[str]()
        self._devtools: CDPSession | None = None
        self._remembers = False
        page.set_default_timeout(EXPECT_MILLISECONDS)
        page.add_init_script(COMPLAIN_OF_SHIFTS)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        if user is not None:
            self.signs_in(user)

    def _note(self, message: Any) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(REFUSED):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def signs_in(self, user: User) -> Visitor:
        client = signed_in(user)
        session = client.cookies["sessionid"].value
        self.page.context.add_cookies([{"name": "sessionid", "value": session, "url": self.site}])
        return self

    def looks_through(self, size: ViewportSize) -> Visitor:
        """Take a window of this size and paint a thumbnail of it, which saves a fifth of the work for a page.

        The page is laid out as ever, and hears the keyboard; but the mouse would miss what it points at.
        """
        self._ask_browser("Emulation.setDeviceMetricsOverride", thumbnail_of(size))
        return self

    def stands_in(self, corner: dict[str, Any]) -> Visitor:
        """Look at the page as it stands through a window of this size, in this scheme of colours."""
        self.page.emulate_media(color_scheme=corner["color_scheme"])
        return self.looks_through(corner["viewport"])

    def hurries(self) -> Visitor:
        """Let pages look for news, and move, as they always do but faster, from the next one on."""
        self.page.add_init_script(LOOK_OFTEN)
        self._ask_browser("Animation.enable")
        self._ask_browser("Animation.setPlaybackRate", {"playbackRate": MOTION_RATE})
        return self

    def _ask_browser(self, method: str, wish: dict[str, Any] | None = None) -> None:
        self._devtools = self._devtools or self.page.context.new_cdp_session(self.page)
        self._devtools.send(method, wish)

    def opens(self, path: str) -> Visitor:
        self.page.goto(path)
        self._take_note()
        return self

    def presses(self, name: str, *, within: Locator | None = None) -> Visitor:
        """Press the button, or follow the link, of this name, and wait for the page it leads to."""
        place = within or self.page.locator("body")
        with self.page.expect_navigation():
            place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name)).first.click()
        self._take_note()
        return self

    def pulls(self) -> Visitor:
        """Turn card after card; where no scripts run they turn by themselves."""
        button = self.page.locator("[data-turn-next]")
        while self.scripts and button.is_visible() and button.is_enabled():
            button.click()
        return self

    def sees(self, text: str) -> Visitor:
        """Wait until the page says `text`: by itself where scripts run, else by looking again."""
        found = self.page.locator("main").get_by_text(text).filter(visible=True).first
        if not self.scripts and not found.is_visible():
            self.page.reload()
        expect(found).to_be_visible()
        self._take_note()
        return self

    def where(self) -> str:
        """Return the page's address and the beginning of what it says, or why it no longer can."""
        try:
            return f"{self.page.url}\n{self.page.inner_text('body', timeout=1000)[:SHOWN_MAX]}"
        except Error as error:
            return f"{self.page.url}\n{error.message}"

    def remembers(self) -> Visitor:
        self._remembers = True
        return self

    def _take_note(self) -> None:
        if self._remembers:
            self.read.append(self.page.content())

    def has_never_read(self, *words: str) -> bool:
        assert self.read, "only who remembers can say that"
        return not any(word in page for word in words for page in self.read)

    def signs_up(self, email: str) -> Visitor:
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill("correct horse battery")
        return self.presses("Sign Up", within=self.page.locator("main"))

    def claims(self, drop_path: str) -> Visitor:
        return self.opens(drop_path).presses("Claim a seat").sees("is yours")

    def submits(self, text: str) -> Visitor:
        self.page.get_by_label("Text").fill(text)
        return self.presses("Submit, sealed").sees("Received as revision 1")

    def judges(self, *, favourite: str, letter: str) -> Visitor:
        """Prefer the entry that holds `favourite` wherever it is asked about, and give the best one `letter`."""
        question = self.page.get_by_role("heading", name="Which one is better?")
        for _ in range(QUESTIONS_MAX):
            if not question.is_visible():
                break
            is_right = self.page.locator("article.side-right").filter(has_text=favourite).count()
            self.presses("Right is better" if is_right else "Left is better")
        self.presses(f"Grade {letter}").sees(f"Grade {letter}?")
        why = self.page.get_by_label("Why, for the sender and the agents")
        if why.is_visible():
            why.fill("By the rubric.")
        return self.presses(f"Grade it {letter}")
