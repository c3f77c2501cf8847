"""A walk along every link, as everybody there is, on a phone: no dead end, no error, and every page in good shape."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urlsplit

import pytest

from core import clock
from tests.journeys.stage import set_stage

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"viewport": {"width": 360, "height": 640}}
PAGES_MAX = 400
# What is known to be no page of ours: files, the API and its reader, and the admin, which is Django's.
NOT_OURS = ("/attachments/", "/api/", "/admin/", "/wallet/statement.csv")
# Their queries only say where to go next, or how a list is sorted.
SAME_WHATEVER_IS_ASKED = ("/accounts/", "/admin/")
LOOK = """() => ({
  links: [...document.querySelectorAll("a[href]")].map((link) => link.href),
  shape: [document.querySelectorAll("h1").length, document.title.length > 0, document.documentElement.lang,
          document.documentElement.scrollWidth <= document.documentElement.clientWidth],
  ids: [...document.querySelectorAll("[id]")].map((element) => element.id),
  unnamed: [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
    .filter((field) => !field.labels?.length && !field.getAttribute("aria-label")
                       && !field.getAttribute("aria-labelledby")).map((field) => field.outerHTML),
})"""
GOOD_SHAPE = [1, True, "en", True]


def is_no_page(path):
    """A file, or a page that is not ours."""
    return path.startswith(NOT_OURS) or path.endswith(("/work.md", "/card.png", ".atom"))


class Walk:
    """From the front page along every link of this site; `faults` says what was wrong where."""

    def __init__(self, visitor, site, *starts):
        self.visitor, self.site = visitor, site
        self.faults, self.seen, self.waiting = [], set(), list(starts)
        visitor.looks_through(visitor.page.viewport_size)

    def go(self):
        while self.waiting:
            path = self.waiting.pop()
            if path not in self.seen and len(self.seen) < PAGES_MAX:
                self.seen.add(path)
                self.look_at(path)
        assert len(self.seen) < PAGES_MAX
        return self

    def look_at(self, path):
        if is_no_page(path):
            self.fetch(path)
            return
        answer = self.visitor.page.goto(path)
        found = self.visitor.page.evaluate(LOOK)
        if answer.status != 200:
            self.faults.append(f"{path} answers {answer.status}")
        if found["shape"] != GOOD_SHAPE:
            self.faults.append(f"{path} has h1, title, lang, width {found['shape']}")
        if len(found["ids"]) != len(set(found["ids"])) or found["unnamed"]:
            self.faults.append(f"{path} has doubled ids or unnamed fields: {found['ids']} {found['unnamed']}")
        self.follow(found["links"])

    def fetch(self, path):
        answer = self.visitor.page.request.get(path)
        if answer.status != 200:
            self.faults.append(f"{path} answers {answer.status}")

    def follow(self, links):
        for link in links:
            address, _ = urldefrag(link)
            if address.startswith(self.site):
                path = address.removeprefix(self.site)
                self.waiting.append(urlsplit(path).path if path.startswith(SAME_WHATEVER_IS_ASKED) else path)


class KindWalk(Walk):
    """The same walk to one page of each kind: of those that differ in nothing but an id or a query, the first.

    The page of a drop is another one at each stage, so all of them are looked at.
    """

    def __init__(self, *args):
        super().__init__(*args)
        self.kinds = set()

    def look_at(self, path):
        kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "id", path.partition("?")[0])
        if is_no_page(path) or (kind in self.kinds and kind != "/drops/id"):
            return
        self.kinds.add(kind)
        super().look_at(path)
        self.faults += [f"{path} {fault}" for fault in self.faults_here()]


@pytest.mark.parametrize(
    ("who", "least"),
    [
        ("sender", 35),
        ("staff", 20),
        pytest.param("ada", 25, marks=pytest.mark.nightly),
        pytest.param(None, 15, marks=pytest.mark.nightly),
        pytest.param("newcomer", 15, marks=pytest.mark.nightly),
    ],
    ids=str,
)
def test_every_link_leads_to_a_page_in_good_shape(visit, live_server, settings, who, least):
    settings.STAFF_SECOND_FACTOR = False
    stage = set_stage(clock.now())
    visitor = visit(stage.people.get(who), **PHONE)
    walk = Walk(visitor, live_server.url, "/", "/accounts/password/reset/", stage.way_out).go()
    assert walk.faults == []
    assert len(walk.seen) >= least


def test_what_one_may_not_see_is_said_on_pages_in_good_shape(visit):
    stage = set_stage(clock.now())
    visitor = visit(stage.people["ada"], **PHONE)
    drops = {name: drop.get_absolute_url() for name, drop in stage.drops.items()}
    pages = {"/nothing": 404, f"{drops['won']}/pull": 403, f"{drops['empty']}/pull": 403, drops["pending"]: 404}
    for path, status in pages.items():
        assert visitor.page.goto(path).status == status
        assert visitor.page.evaluate(LOOK)["shape"] == GOOD_SHAPE
        assert visitor.page.get_by_role("link", name="To the board").is_visible()
