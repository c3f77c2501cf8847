"""Pages beside the way, under axe: on a phone and a desk, in the light and the dark.

The pages' policy is left aside here, since axe sets styles of its own; other journeys hold the pages to it.
"""

from __future__ import annotations

import pytest

from core import clock
from tests.journeys.axe import AXE, faults_by_axe
from tests.journeys.stage import set_stage
from tests.journeys.ways import CORNERS, EVERY_PAIR

pytestmark = pytest.mark.django_db(transaction=True)

# Django's inline tables leave the heads of their own columns of links and ticks empty.
OF_DJANGO = {"rules": {"empty-table-header": {"enabled": False}}}
ADMIN = ("", "drops/drop/", "drops/report/", "drops/submission/", "accounts/user/", "wallet/transfer/", "wallet/topup/")
ADMIN += ("auth/group/",)


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
        visitor.stands_in(CORNERS[name])
        found |= {f"{name} {fault}" for fault in faults_by_axe(visitor.page, options)}
    return sorted(found)


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
    ada = stage.people["ada"].pk
    people = (
        f"accounts/user/{ada}/change/",
        *(f"accounts/user/act/{verb}/?ids={ada}" for verb in ("suspend", "limit")),
    )
    for path in (*ADMIN, f"drops/drop/{stage.drops['busy'].pk}/change/", *people):
        visitor.page.goto(f"/admin/{path}")
        found += [f"{path} {fault}" for fault in faults_of(visitor, corners, OF_DJANGO)]
    assert not found, "\n".join(found)
