"""The steps of a judging as its sender sees them: they go on with the answers and are shown to nobody else."""

import threading

import pytest

from drops.judging.progress import judging_steps
from drops.models import PanelCall
from tests.bench.support.judges import Bench, Errors
from tests.drops.browsing import text_of
from tests.drops.judging.panel.table import drop_with_panel, judge_by_panel
from tests.llm_double.double import is_check
from tests.play import enter, make_user, open_drop, ring

pytestmark = pytest.mark.usefixtures("ledger_db", "llm_double")


def over(drop):
    """The steps that are over."""
    return [word for word, is_over in judging_steps(drop) if is_over]


def hear_until(drop, gate):
    """Let the panel work until it stands before the gate, and then stop the worker."""
    stop = threading.Event()
    watcher = threading.Thread(target=lambda: (gate.reached.wait(), stop.set(), gate.open()))
    watcher.start()
    try:
        judge_by_panel(drop, stop=stop)
        assert gate.reached.is_set() and drop.is_ranking
    finally:
        # A thread that waits for a gate nobody came to would keep the whole run from ending.
        gate.reached.set()
        watcher.join()


def test_a_panel_checks_compares_and_takes_a_second_look(sender, llm_double):
    # Judges who each stick to their own, or the first look would settle it.
    llm_double.bench = Bench("steps", Errors(points=0.0, own=2.0))
    drop = drop_with_panel(sender, (0.1, 0.3, 0.2))
    assert over(drop) == ["Collected"]
    gate = llm_double.pause(after=6, matching=lambda body: not is_check(body))
    hear_until(drop, gate)
    lists = PanelCall.objects.filter(kind="list", failure="").count()
    assert lists >= 6 and over(drop) == ["Collected", "Checked", "Compared"]


def test_people_are_shown_no_step_that_they_do_not_take(sender, settings):
    settings.JUDGE = "staff"
    drop = open_drop(sender)
    assert over(drop) == []
    enter(drop, make_user("ada"))
    assert [word for word, _ in judging_steps(ring(drop))] == ["Collected", "Checked", "Compared", "Done"]


def test_the_steps_are_for_the_sender_alone(sender, agent, browse):
    drop = drop_with_panel(sender)
    pages = [text_of(browse(viewer).get(f"/drops/{drop.pk}")) for viewer in (sender, agent)]
    assert ["Second look" in page for page in pages] == [True, False]
