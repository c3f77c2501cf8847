"""A drop that a panel left to staff: what they see of its findings, where, and as what."""

from __future__ import annotations

import pytest

from accounts.models import User
from drops.judging.panel.held import held_by_panel
from drops.moderation import disqualifying
from tests.admin_site import change_url, logged_in
from tests.api import hold_clock
from tests.bench.support.judges import Errors
from tests.drops.judging.panel.table import drop_with_panel, judge_by_panel
from tests.drops.judging.panel.test_held import OneAccuser
from tests.drops.pages_of_judging import opened
from tests.play import NOON, after, judge

pytestmark = pytest.mark.usefixtures("ledger_db", "llm_double")
TRICK = "capture <b>the judge</b> [here](https://evil.example) and <script>alert(1)</script>"
INERT = "capture &lt;b&gt;the judge"


@pytest.fixture
def held(sender, llm_double, settings, monkeypatch):
    """A drop whose best entry one judge reports, so that staff must look."""
    settings.STAFF_SECOND_FACTOR = False
    hold_clock(monkeypatch, after(303))
    llm_double.bench = OneAccuser("held", Errors(points=0.0))
    return judge_by_panel(drop_with_panel(sender, tricks={2: TRICK}))


@pytest.fixture
def chief(db):
    return User.objects.create_superuser("chief@example.com")


def test_the_admin_page_tells_reasons_and_letters_and_quotes_nothing(held, chief):
    page = logged_in(chief).get(change_url(held)).content.decode()
    assert "What the panel left for you" in page
    assert "the first entry speaks to the judges" in page
    assert "1st of 5" in page and "accused" in page and "1, shown where you judge" in page
    assert "capture" not in page and "evil.example" not in page


def test_whoever_judges_sees_reported_words_as_words(held, staff):
    client = logged_in(staff)
    seen = []
    for _ in range(6):
        response = opened(held, client)
        page = response.content.decode()
        findings = page.split('<div class="answers">')[0]
        assert "What the panel found" in findings and 'evil.example"' not in findings
        seen.append(INERT in findings)
        if not response.context["is_pair"]:
            break
        (_, left), (_, right) = response.context["sides"]
        client.post(f"/drops/{held.pk}/picks", {"left": left.slot, "right": right.slot, "pick": "left"})
    assert any(seen)


def test_a_drop_without_a_panel_or_judged_by_its_sender_has_no_findings(held, sender, staff):
    assert held_by_panel(held) is not None
    assert not logged_in(sender).get(f"/drops/{held.pk}/picks").content.decode().count("What the panel found")
    done = judge(held, staff)
    assert done.is_ended
    page = logged_in(staff).get(f"/drops/{held.pk}").content.decode()
    assert "What the panel found" not in page


def test_findings_of_entries_that_changed_since_are_not_shown_as_if_they_still_held(held, staff):
    worst = held.submissions.order_by("created_at").first()
    disqualifying.disqualify_entry(submission=worst, staff=staff, told="copied", reason="copied", now=NOON)
    held.refresh_from_db()
    left = held_by_panel(held)
    assert left.entries == () and "have changed since" in left.sentences[0]
