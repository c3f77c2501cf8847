"""Requests that wait for a second person, as others ask, approve and decide at the same moment."""

from __future__ import annotations

from functools import partial
from threading import Thread

import pytest
from django.db import transaction

from drops.desk import deciding
from drops.desk.deciding import decide_case
from drops.desk.waiting import keep_open
from drops.models import Case, Drop
from drops.moderation import decisions
from drops.moderation.disqualifying import disqualify_entry
from tests.play import after, enter, make_user, open_drop, ring
from tests.races.crowd import SECONDS_MAX, at_once, crashed, somebody_waits_for_our_lock, wait_for
from wallet import approvals
from wallet.models import Approval

pytestmark = pytest.mark.usefixtures("ledger_db")


@pytest.mark.parametrize("verb", ["disqualify", "stop"])
def test_whoever_asks_while_another_approves_the_same_is_told_so(ledger_db, settings, verb):
    settings.FOUR_EYES_REFUND_CENTS = 400
    drop, staff = open_drop(make_user("sender")), [make_user(f"mo-{number}", is_staff=True) for number in range(3)]
    asker, approver, other = staff
    enter(drop, make_user("agent"))
    entry, words = ring(drop).submissions.get(), {"told": "No.", "reason": "Fish.", "now": after(400)}
    acts = {
        "disqualify": partial(disqualify_entry, submission=entry, **words),
        "stop": partial(decisions.stop_drop, drop=drop, **words),
    }
    asked, approved = acts[verb](staff=asker), []
    approve = partial(approvals.approve, approval=asked, staff=approver, reason="Yes.", now=after(410))
    thread = Thread(target=lambda: approved.extend(at_once([approve])))
    with transaction.atomic():
        Drop.objects.lock(drop.pk)
        thread.start()
        wait_for(somebody_waits_for_our_lock)
        with pytest.raises(approvals.AskedAlready):
            acts[verb](staff=other)
    thread.join(SECONDS_MAX)
    assert crashed(approved) == [] and Approval.objects.get().outcome == "approved"


def test_nobody_approves_a_stop_before_its_case_waits_for_it(ledger_db, settings, monkeypatch):
    settings.FOUR_EYES_REFUND_CENTS, seen = 400, []
    drop, staff = open_drop(make_user("sender")), make_user("mo", is_staff=True)
    enter(drop, make_user("agent"))
    decisions.judge_by_hand(drop=ring(drop), staff=staff, told="Ours.", reason="Ours.", now=after(400))

    def look_first(case, approval):
        seen.extend(at_once([Approval.objects.exists]))
        keep_open(case, approval)

    monkeypatch.setattr(deciding, "keep_open", look_first)
    words = {"decision": "stop", "told": "No.", "reason": "Fish.", "now": after(500)}
    assert decide_case(case=Case.objects.get(), staff=staff, **words).is_open
    assert seen == [False] and Approval.objects.get().asks["case"] == Case.objects.get().pk
