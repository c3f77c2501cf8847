"""The drills' own instruments: a lie about the time is believed, and an unkind answer is counted."""

from __future__ import annotations

import pytest

from tests.bench.support.serving import free_port
from tests.drill import clocks
from tests.drill.support import town
from tests.drill.support.callers import Answer, Visitors, ask
from tests.drill.support.players import Players


@pytest.mark.needs_compiler
def test_a_process_believes_the_clock_it_is_given_and_notices_when_it_is_set(tmp_path):
    library, file = str(tmp_path / "clock_ahead.so"), tmp_path / "off"
    clocks.make_library(library)
    for seconds in (3600, -5, 0):
        clocks.put_off(file, seconds)
        assert abs(clocks.seen_off(clocks.lied_to(library, file)) - seconds) < 1


@pytest.mark.parametrize(
    ("status", "retry_after", "unkind"),
    [(200, None, False), (401, None, False), (503, "5", False), (503, None, True), (500, None, True), (0, None, True)],
)
def test_an_answer_is_unkind_that_neither_serves_nor_says_when_to_come_back(status, retry_after, unkind):
    group = Visitors(0, answers=[Answer(1.0, status, "/", retry_after, 0.1)])
    assert bool(group.unkind()) is unkind
    assert bool(group.well()) is (status in {200, 401})
    assert bool(group.odd()) is (status not in {200, 401})


def test_a_closed_port_answers_nothing():
    port = free_port()
    assert Visitors(port).look_at("/").status == 0
    assert ask(port, "POST", "/api/jobs/run", {}) == (0, {})


def test_players_count_what_was_not_answered_before_the_bell():
    players = Players([free_port()], [], [])
    assert players.until_answered("key", "/api/jobs/run", {}, until=0.0) is None
    assert (len(players.missed), players.passing, players.receipts) == (1, {0: 1}, [])


def test_what_is_drilled_is_what_production_starts(tmp_path):
    assert "--respawn-failed-workers" in town.web_of_image(8123) and "8123" in town.web_of_image(8123)
    assert town.of_compose("beat", tmp_path)[2] == "celery"
    assert f"{tmp_path}/beat-schedule" in town.of_compose("beat", tmp_path)


def test_what_does_not_come_is_said():
    with pytest.raises(town.Stuck, match="the bell: not within 0 s"):
        town.wait_for("the bell", lambda: False, 0)
