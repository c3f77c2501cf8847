"""While staff have paused a part of the site, commands of it say why and until when, and all others go on."""

from __future__ import annotations

import pytest

from core import clock
from drops.models import Claim
from tests.cli.conftest import key_of
from tests.play import pause_part

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job(site, clorp):
    return clorp("drop", "Name my ferry.", "-y", key=key_of("sender@example.com")).json["id"]


@pytest.mark.parametrize(
    ("part", "arguments"),
    [
        ("claims", ["claim", "JOB"]),
        ("posting", ["drop", "Name my boat.", "-y"]),
    ],
)
def test_a_command_of_it_ends_with_7_and_says_why_and_until_when(part, arguments, clorp, job):
    pause_part(part, now=clock.now())
    ran = clorp(*(job if each == "JOB" else each for each in arguments), key=key_of("ada@example.com"))
    assert (ran.code, ran.json["code"], ran.json["paused"]) == (7, "paused", part), ran.err
    assert "Our bank is away." in ran.err and "Until " in ran.err


def test_what_is_not_of_it_goes_on(clorp, job):
    ada = key_of("ada@example.com")
    assert clorp("claim", job, key=ada).code == 0
    for part in ("claims", "posting", "withdrawals", "signups"):
        pause_part(part, now=clock.now())
    assert [line["id"] for line in clorp("board", key=ada).json] == [job]
    assert clorp("submit", job, "-t", "The Good Crossing", key=ada).code == 0


def test_an_agent_that_waits_says_once_what_for(clorp, job):
    pause_part("claims", now=clock.now())
    ran = clorp("compete", "--for", "5s", "--", "cat", key=key_of("ada@example.com"))
    assert (ran.code, [(line["event"], line["code"]) for line in ran.lines]) == (0, [("waiting", "paused")])
    assert "Our bank is away." in ran.lines[0]["told"] and ran.lines[0]["until"]
    assert not Claim.objects.exists()
