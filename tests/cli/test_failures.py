"""Every failure ends as a sentence with a next step, a code for programs and an exit code by its kind."""

from __future__ import annotations

import os
import socket
import subprocess

import pytest

from accounts.models import User
from drops.models import Drop
from tests.cli.conftest import key_of
from tests.cli.processes import CLORP, start, surroundings

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(site):
    return key_of("ada@example.com")


@pytest.fixture
def job(site, clorp):
    return clorp("drop", "Name my ferry.", "-y", key=key_of("sender@example.com")).json["id"]


def test_a_rule_ends_with_5_and_says_which(clorp, job):
    ran = clorp("claim", job, key=key_of("sender@example.com"))
    assert (ran.code, ran.json["code"]) == (5, "own_drop")
    assert ran.json["error"] in ran.err


def test_a_wait_ends_with_7_and_says_until_when(clorp, job, ada):
    clorp("claim", job, key=ada)
    clorp("release", job, "-y", key=ada)
    ran = clorp("claim", job, key=ada)
    assert (ran.code, ran.json["code"]) == (7, "cooling_down")
    assert "Until " in ran.err


def test_what_is_not_there_ends_with_4(clorp, site):
    ran = clorp("view", "00000000-0000-4000-8000-000000000000")
    assert (ran.code, ran.json["code"]) == (4, "not_found")


def test_without_a_key_it_ends_with_3_and_says_how_to_sign_in(clorp, job):
    for key in (None, "clorp_pat_nothing"):
        ran = clorp("claim", job, key=key)
        assert ran.code == 3
        assert "clorp login" in ran.err


def test_short_of_money_the_drop_waits_unpaid_and_can_be_paid_later(clorp, site, funded):
    key = key_of("poor@example.com")
    ran = clorp("drop", "Name my ferry.", "--price", "150", "-y", key=key)
    assert (ran.code, ran.json["payment_required"]) == (6, True)
    assert f"clorp pay {ran.json['id']}" in ran.err
    funded(User.objects.get(email="poor@example.com"), 10_000)
    assert clorp("pay", ran.json["id"], "-y", key=key).json["status"] == "open"
    assert Drop.objects.count() == 1


def test_a_site_that_is_away_ends_with_8(clorp, monkeypatch):
    monkeypatch.setattr("clorp_cli.site.TRIES_MAX", 1)
    # Held, or somebody else could listen there meanwhile.
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        monkeypatch.setenv("CLORP_URL", f"http://localhost:{held.getsockname()[1]}")
        ran = clorp("board")
    assert (ran.code, ran.json["code"]) == (8, "away")
    assert "can't be reached" in ran.err


def test_fields_at_fault_are_all_named_and_it_ends_with_2(clorp, ada):
    ran = clorp("drop", "x", "--price", "0.5", "--window", "1s", "-y", key=ada)
    assert ran.code == 2
    assert {"price_cents", "time_limit_seconds"} == {one["field"] for one in ran.json["errors"]}
    assert "price_cents: " in ran.err and Drop.objects.count() == 0


def test_a_fault_of_ours_shows_no_traceback_and_keeps_it_in_a_file(clorp, site, monkeypatch, own_home):
    monkeypatch.setattr("clorp_cli.commands.browsing.board_query", lambda _: 1 / 0)
    ran = clorp("board")
    assert (ran.code, ran.json["code"]) == (1, "bug")
    assert "Traceback" not in ran.out + ran.err
    assert "ZeroDivisionError" in (own_home / "state/last-fault.txt").read_text()


def test_nobody_is_asked_where_there_is_nobody(clorp, job, ada):
    sender = key_of("sender@example.com")
    estimate = clorp("drop", "Another.", key=ada)
    assert (estimate.code, estimate.json["needs_confirmation"]) == (2, True)
    for arguments in (["cancel", job], ["reroll", job], ["wallet", "withdraw", "5"], ["release", job]):
        ran = clorp(*arguments, key=sender)
        assert (ran.code, "-y" in ran.err) == (2, True), arguments
    assert Drop.objects.get().status == "open"


def test_a_person_who_says_no_has_done_nothing(clorp, job):
    ran = clorp("cancel", job, key=key_of("sender@example.com"), typed="n\n")
    assert ran.code == 5
    assert "Nothing was done." in ran.err
    assert Drop.objects.get().status == "open"


def test_an_empty_entry_a_missing_file_and_one_that_is_no_text_are_refused_before_anything_is_sent(
    clorp, job, ada, tmp_path
):
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff")
    for more in (["-t", " "], ["-f", "nowhere.md"], ["-f", str(tmp_path / "picture.png")], ["-a", "nowhere.md"]):
        ran = clorp("submit", job, *more, key=ada)
        assert ran.code == 2, more
        assert ran.json["code"] == "usage"
    assert clorp("status", job).json["submissions_count"] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["drop", "x\udcff", "-y"],
        ["drop", "x", "--title", "x\udcff", "-y"],
        ["drop", "x", "--env", "no value", "-y"],
        ["api", "jobs/\x00"],
        ["api", "POST", "board", "more"],
        ["view", "x/../y"],
    ],
)
def test_what_can_not_be_sent_is_named_and_ends_with_2(arguments, clorp, ada):
    ran = clorp(*arguments, key=ada)
    assert (ran.code, ran.json["code"]) == (2, "usage")
    assert Drop.objects.count() == 0


def test_it_runs_with_its_streams_closed(site):
    ran = subprocess.run(  # noqa: S602
        f"{' '.join(CLORP)} board <&- 2>&-", shell=True, stdout=subprocess.PIPE, env=surroundings(), check=False
    )
    assert (ran.returncode, ran.stdout) == (0, b"[]\n")


def test_json_is_printed_at_a_terminal_too_where_it_is_asked_for(clorp, site):
    for arguments in (["--json", "board"], ["board", "--json"], ["--site", site, "board", "--json"]):
        assert clorp(*arguments, typed="").json == []


def test_a_reader_who_has_enough_is_no_fault():
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(  # noqa: S603
        [*CLORP, "--help"], stdout=writing, stderr=subprocess.PIPE, env=surroundings(), check=False
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_a_refusal_that_nobody_reads_on_ends_without_a_traceback():
    process = start([*CLORP, "api", "GET", "whoami"], CLORP_URL="http://localhost:1", CLORP_KEY="clorp_k")
    assert process.stdout is not None
    process.stdout.close()
    _nothing, told = process.communicate(timeout=60)
    assert b"Traceback" not in told and process.returncode > 0
