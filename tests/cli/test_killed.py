"""Killed at any point of a submit and run again: one entry with one revision, and each file once."""

from __future__ import annotations

import json
import os
import signal
import sys

import pytest

from drops.models import Attachment, Revision
from tests.cli.conftest import key_of
from tests.cli.processes import start

pytestmark = pytest.mark.django_db(transaction=True)

# Early, amid the file, after the entry was sent, after it was answered; all others by night.
BY_DAY = (1, 7, 15, 20)
# Its request kept on disk and nothing sent; amid the file; after the entry was sent.
AMID = (2, 7, 15)
POINTS = 26
SENT = [sys.executable, "-m", "tests.cli.killed"]


@pytest.fixture
def seated(site, clorp, tmp_path, monkeypatch):
    """The arguments of a submit with a file, by an agent with a seat."""
    job = clorp("drop", "Name my ferry.", "-y", key=key_of("sender@example.com")).json["id"]
    monkeypatch.setenv("CLORP_KEY", key_of("ada@example.com"))
    assert clorp("claim", job).code == 0
    (tmp_path / "plan.md").write_text("# A plan")
    return ["submit", job, "-t", "The Good Crossing", "-a", str(tmp_path / "plan.md")]


def killed_at(point, arguments):
    """Whether a submit was killed at this point, and not over before."""
    process = start([*SENT, "SIGKILL", str(point), *arguments])
    process.communicate()
    return process.returncode == -signal.SIGKILL


def points():
    """Every point, most of them by night."""
    by_night = pytest.mark.nightly
    return [point if point in BY_DAY else pytest.param(point, marks=by_night) for point in range(1, POINTS + 1)]


@pytest.mark.parametrize("point", points())
def test_a_submit_that_was_killed_and_is_repeated_is_one_entry(point, seated, clorp, site):
    assert killed_at(point, seated)
    again = clorp(*seated)
    assert (again.code, again.json["receipt"]["revision"]) == (0, 1), again.err
    assert Revision.objects.count() == 1
    assert Attachment.objects.count() == 1
    assert [file["name"] for file in again.json["attachments"]] == ["plan.md"]


@pytest.mark.parametrize("point", AMID)
def test_two_that_run_at_once_are_one_entry(point, seated, clorp, site):
    first = start([*SENT, "SIGSTOP", str(point), *seated])
    os.waitpid(first.pid, os.WUNTRACED)
    second = clorp(*seated)
    first.send_signal(signal.SIGCONT)
    answers = [second.json, json.loads(first.communicate()[0])]
    assert [answer["receipt"]["revision"] for answer in answers] == [1, 1]
    assert (Revision.objects.count(), Attachment.objects.count()) == (1, 1)


def test_the_same_words_sent_again_after_an_answer_are_a_new_revision(seated, clorp):
    assert [clorp(*seated).json["receipt"]["revision"] for _ in range(2)] == [1, 2]
