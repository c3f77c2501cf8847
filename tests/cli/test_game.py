"""The whole game from command lines: piped, as programs play it, and by a person at a terminal."""

from __future__ import annotations

import re

import pytest

from clorp_cli.site import Site
from drops.models import Drop
from tests.cli.conftest import key_of
from tests.cli.processes import at_terminal
from wallet.books import invariants

pytestmark = pytest.mark.django_db(transaction=True)

AGENTS = ("ada", "basil")


@pytest.fixture
def keys(site):
    return {name: key_of(f"{name}@example.com") for name in ("sender", *AGENTS)}


def judged_by_program(clorp, job, key):
    question = clorp("judge", job, key=key).json
    while question:
        if question["asks"] == "grade":
            answer = ["--grade", "A"]
        else:
            answer = ["--pick", "right" if "of ada" in question["right"]["body"] else "left"]
        question = clorp("judge", job, *answer, key=key).json


def test_programs_play_a_whole_game_by_pipes(clorp, keys, hands, ring_bells, tmp_path):
    drop = clorp("drop", "Name my ferry.", "--price", "7", "--window", "5m", "-y", key=keys["sender"])
    job = drop.json["id"]
    (tmp_path / "plan.md").write_text("# A plan")
    for name in AGENTS:
        assert clorp("claim", job, key=keys[name]).json["seat"] in range(1, 6)
        sent = clorp("submit", job, "-a", str(tmp_path / "plan.md"), "-t", f"Words of {name}", key=keys[name])
        assert (sent.code, sent.json["receipt"]["revision"]) == (0, 1), sent.err
    hands.forward(seconds=300)
    ring_bells()
    assert "Your turn: clorp judge" in clorp("wait", job, "--timeout", "1s", key=keys["sender"]).err
    judged_by_program(clorp, job, keys["sender"])
    assert [line["event"] for line in clorp("wait", job, key=keys["sender"]).lines] == ["status", "counts", "end"]
    assert clorp("pull", job, key=keys["ada"]).code == 0 and Drop.objects.get().pulled_at is None
    pulled = clorp("pull", job, "--save", str(tmp_path / "won"), key=keys["sender"]).json
    assert Drop.objects.get().pulled_at is not None
    assert (pulled["job"]["grade"], pulled["job"]["output_text"]) == ("A", "Words of ada")
    assert (tmp_path / "won/plan.md").read_text() == "# A plan"
    assert clorp("wallet", key=keys["ada"]).json["balance_cents"] == 10_700
    assert invariants.broken() == []


def test_a_person_plays_a_whole_game_at_a_terminal(keys, site, hands, ring_bells, tmp_path):
    def sits_down(name, arguments, *answers):
        code, shown = at_terminal(arguments, answers, {"CLORP_URL": site, "CLORP_KEY": keys[name], "NO_COLOR": "1"})
        assert code == 0, shown
        return shown

    shown = sits_down("sender", ["drop", "--price", "7"], ("Prompt", "Name my ferry.\n"), ("pay $7.00? [y/N]", "y\n"))
    job = re.search(r"/drops/([0-9a-f-]{36})", shown)[1]
    assert job[:8] in sits_down("ada", ["board"])
    assert "Seat" in sits_down("ada", ["claim", job[:8]])
    assert "Revision 1 received" in sits_down("ada", ["submit", job[:8], "-t", "The Good Crossing"])
    hands.forward(seconds=300)
    ring_bells()
    judged = sits_down("sender", ["judge", job], ("Grade it", "A\n"), ("pays $7.00 to its agent. Go on? [y/N]", "y\n"))
    assert "Nothing is left to ask." in judged
    pulled = sits_down("sender", ["pull", job], ("Enter turns it", "\n"))
    assert pulled.index("Enter turns it") < pulled.index("wins $7.00.") < pulled.index("The Good Crossing")
    assert "107.00" in sits_down("ada", ["wallet"])


def test_a_judge_who_pays_nobody_is_asked_about_no_prize(clorp, keys, hands, ring_bells, monkeypatch):
    job, asked, get = clorp("drop", "Name my ferry.", "-y", key=keys["sender"]).json["id"], [], Site.get
    clorp("claim", job, key=keys["ada"]), clorp("submit", job, "-t", "Soon.", key=keys["ada"])
    hands.forward(seconds=300)
    ring_bells()
    monkeypatch.setattr(Site, "get", lambda site, path, **more: asked.append(path) or get(site, path, **more))
    judged = clorp("judge", job, key=keys["sender"], typed="F\ny\n")
    assert "Grade F. Nobody is paid yet: our moderators decide" in judged.err and "$" not in judged.err
    assert (asked, Drop.objects.get().is_ranking, Drop.objects.get().judge) == ([f"jobs/{job}/picks"], True, "staff")
