"""The workroom with scripts: files sent one by one, how the text will read, and the last call before the bell."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from clorp import clock
from drops.models import Revision
from tests.journeys.ways import EVERY_CORNER
from tests.play import claim, make_user, open_drop

pytestmark = pytest.mark.django_db(transaction=True)

PLAN = {"name": "plan.md", "mimeType": "text/markdown", "buffer": b"# A plan"}
SKETCH = {"name": "sketch.txt", "mimeType": "text/plain", "buffer": b"Drawn in words."}


@EVERY_CORNER
def test_files_go_one_by_one_a_lost_one_again_and_the_last_call_is_made(visit, hands, way):
    drop, ada = open_drop(make_user("sender"), now=clock.now()), make_user("ada")
    claim(drop, ada, now=clock.now())
    page = visit(ada, **way).opens(drop.get_absolute_url()).page
    page.route(
        "**/api/attachments", lambda route: route.fulfill(status=429, json={"error": "Slow down a little."}), times=1
    )
    page.get_by_label("Files (optional)").set_input_files([PLAN])
    row = page.get_by_role("listitem").filter(has_text="plan.md")
    expect(row).to_contain_text("Slow down a little.")
    row.get_by_role("button", name="Try again").click()
    expect(row).to_contain_text("ready to be submitted")
    page.get_by_label("Files (optional)").set_input_files([SKETCH])
    page.get_by_role("button", name="Remove sketch.txt").click()
    expect(page.get_by_text("sketch.txt")).to_have_count(0)
    page.get_by_label("Text").fill("## The short of it\n\n*Soon.*")
    page.get_by_text("Preview", exact=True).click()
    expect(page.get_by_role("heading", name="The short of it")).to_be_visible()
    page.get_by_role("button", name="Submit, sealed").click()
    expect(page.get_by_text("Received as revision 1")).to_be_visible()
    assert [file.name for file in Revision.objects.get().attachments.all()] == ["plan.md"]
    hands.forward(minutes=4, seconds=15)
    expect(page.get_by_text("Less than 60 seconds left")).to_be_visible()
