"""What keeps a town running, and what is before it, are as our units and the guide have them."""

from __future__ import annotations

import configparser
import sys

import psutil
import pytest

from clorp.dev.environment import ROOT
from tests.drill import kill
from tests.drill.support import front, keeper, town

UNIT = ROOT / "docs/operations/systemd/clorp-web@.service"
# One process that waits for another of its own group.
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"


@pytest.fixture
def place(tmp_path):
    place = town.Town(tmp_path, "postgres://nobody@localhost/nothing", 1)
    yield place
    for name in list(place.residents):
        place.stop(name)


def test_who_ends_is_started_again_and_nothing_of_it_is_left(place):
    place.start("one", [sys.executable, "-c", PARENT])
    town.wait_for("its child", lambda: len(list(keeper.of_town(place))) == 2)
    before = {one.pid for one in keeper.of_town(place)}
    with keeper.kept(place) as keeping:
        psutil.Process(place.residents["one"].process.pid).kill()
        town.wait_for("another one", lambda: keeping.restarts["one"] == 1)
        town.wait_for("its child", lambda: len(list(keeper.of_town(place))) == 2)
    assert not before & {one.pid for one in keeper.of_town(place)}
    assert keeper.strays(place) == [] and keeping.ended == []


def test_a_process_whose_first_one_is_gone_is_a_stray(place):
    place.start("one", [sys.executable, "-c", PARENT])
    town.wait_for("its child", lambda: len(list(keeper.of_town(place))) == 2)
    forgotten = place.residents.pop("one")
    assert len(keeper.strays(place)) == 2
    forgotten.stop(1)
    assert keeper.strays(place) == []


def test_a_command_that_ends_badly_is_told_from_one_that_does_not(place):
    assert place.fails("no_command_of_ours") and not place.fails("version")


def test_units_start_again_as_soon_as_the_drill_does():
    unit = configparser.ConfigParser(strict=False)
    unit.read_string(UNIT.read_text())
    assert float(unit["Service"]["RestartSec"]) == keeper.RESTART_SECONDS
    assert unit["Service"]["KillMode"] == "mixed" and unit["Service"]["Restart"] == "always"


def test_a_process_that_was_killed_is_dead(place):
    resident = place.start("one", [sys.executable, "-c", "import time; time.sleep(60)"])
    one = psutil.Process(resident.process.pid)
    assert not kill.is_dead(one)
    one.kill()
    town.wait_for("it is dead", lambda: kill.is_dead(one), 10)
    assert kill.is_dead(one)


@pytest.mark.parametrize("program", ["caddy", "nginx"])
def test_the_proxies_are_those_of_the_guide_with_the_towns_webs(program):
    text = front.config(program, [1111, 2222], "/tmp/folder", 3333)  # noqa: S108
    assert all(f"127.0.0.1:{port}" in text for port in (1111, 2222)) and "3333" in text
    assert "127.0.0.1:8000" not in text and "clorp.example" not in text


def test_caddy_is_told_of_one_web_less():
    text = front.config("caddy", [1111, 2222], "/tmp/folder", 3333)  # noqa: S108
    left = front.without(text, "127.0.0.1:1111")
    assert "reverse_proxy 127.0.0.1:2222 {" in left
    with pytest.raises(AssertionError):
        front.without(left, "127.0.0.1:1111")
