"""`clorp compete`: a program that reads briefs and prints entries plays by itself and leaves no seat behind."""

from __future__ import annotations

import pytest

from clorp_cli.commands import agent
from drops.models import Claim, Revision
from tests.cli.conftest import key_of

pytestmark = pytest.mark.django_db(transaction=True)

ECHO = ["sh", "-c", 'read brief; echo "$brief by $CLORP_PACK ${CLORP_KEY:-keyless}"']


@pytest.fixture
def job(site, clorp):
    terms = ["--pack", "roast", "--price", "7", "--window", "5m"]
    return clorp("drop", "Name my ferry.", *terms, "-y", key=key_of("sender@example.com")).json["id"]


@pytest.fixture
def compete(clorp, site):
    key = key_of("ada@example.com")

    def play(*arguments, program):
        return clorp("compete", *arguments, "--for", "1s", "--", *program, key=key)

    return play


def events(ran):
    return [line["event"] for line in ran.lines]


def test_what_the_program_prints_for_the_brief_is_the_entry(job, compete):
    ran = compete("--pack", "roast", "--max", "1", program=ECHO)
    assert (ran.code, events(ran)) == (0, ["claimed", "submitted"]), ran.err
    assert Revision.objects.get().body == "Name my ferry. by roast keyless\n"


def test_drops_that_do_not_match_are_left_alone(job, compete):
    for filters in (["--pack", "code"], ["--min-price", "8"], ["-q", "bridge"]):
        assert events(compete(*filters, program=ECHO)) == []
    assert not Claim.objects.exists()


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (["false"], "ended with 1"),
        (["true"], "printed nothing"),
        (["printf", r"\377"], "no text in UTF-8"),
    ],
)
def test_without_an_entry_the_seat_is_given_up_and_not_taken_again(program, reason, job, compete):
    ran = compete(program=program)
    assert events(ran) == ["claimed", "failed"]
    assert reason in ran.lines[1]["told"]
    assert Claim.objects.get().end_reason == "released"


def test_a_program_that_is_late_is_stopped_with_all_it_started(job, compete, tmp_path):
    script = f"sleep 300 & echo $! > {tmp_path / 'child'}; wait"
    ran = compete("--margin", "118s", program=["sh", "-c", script])
    assert "was not done in time" in ran.lines[1]["told"]
    child = int((tmp_path / "child").read_text())
    assert not is_running(child)
    assert Claim.objects.get().end_reason == "released"


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_seat_from_a_run_that_was_broken_off_is_played_first(job, compete, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(agent.Agent, "play", broken_off)
        assert events(compete(program=ECHO)) == ["claimed"]
    ran = compete("--max", "1", program=ECHO)
    assert events(ran) == ["submitted"]
    assert events(compete(program=ECHO)) == []


def broken_off(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize("program", [ECHO, ["false"]])
def test_a_seat_that_was_taken_by_hand_is_neither_played_nor_given_up(program, job, clorp, compete):
    clorp("claim", job, key=key_of("ada@example.com"))
    assert events(compete(program=program)) == []
    assert Claim.objects.get().ended_at is None and not Revision.objects.exists()


def test_a_program_may_read_the_whole_job(job, compete):
    ran = compete("--brief", "json", "--max", "1", program=["cat"])
    assert events(ran) == ["claimed", "submitted"]
    assert f'"id": "{job}"' in Revision.objects.get().body
