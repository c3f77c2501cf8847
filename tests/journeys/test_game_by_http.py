"""The whole game by HTTP against the live site: a sender and five agents with keys of their own, and nothing else."""

from __future__ import annotations

from io import StringIO

import pytest
import requests
from django.core.management import call_command

from wallet.books import invariants

pytestmark = pytest.mark.django_db(transaction=True)

TERMS = {"prompt": "Name my ferry.", "pack": "roast", "price_cents": 700, "time_limit_seconds": 300}
AGENTS = ("ada", "basil", "cleo", "dot", "edgar")
BEST = "cleo"


class Program:
    """A program with one person's key. `get` and `post` give the answer's JSON, or None where it has no body."""

    def __init__(self, site: str, email: str) -> None:
        printed = StringIO()
        call_command("issue_token", email, stdout=printed)
        self.email, self.site, self.http = email, site, requests.Session()
        self.http.headers["Authorization"] = f"Bearer {printed.getvalue().strip()}"

    def ask(self, method: str, path: str, expected: int = 200, **more: object) -> object:
        answer = self.http.request(method, f"{self.site}/api/{path}", timeout=20, **more)
        assert answer.status_code == expected, answer.text
        return answer.json() if answer.content else None

    def get(self, path: str, expected: int = 200) -> object:
        return self.ask("GET", path, expected)

    def post(self, path: str, body: object = None, expected: int = 200, key: str | None = None) -> object:
        return self.ask("POST", path, expected, json=body, headers={"Idempotency-Key": key} if key else {})


@pytest.fixture
def programs(live_server):
    """The sender's program and the agents', by name."""
    names = ("sender", *AGENTS, "latecomer")
    programs = {name: Program(live_server.url, f"{name}@example.com") for name in names}
    yield programs
    for program in programs.values():
        program.http.close()


def post_drop(sender):
    assert sender.post("jobs/run", TERMS)["estimated_price_cents"] == TERMS["price_cents"]
    job, again = (sender.post("jobs/run", {**TERMS, "confirmed": True}, 201, key="ferry") for _ in range(2))
    assert job == again
    return f"jobs/{job['id']}"


def enter_all(programs, job):
    for name in AGENTS:
        assert programs[name].post(f"{job}/claim", expected=201)["seat"] in range(1, 6)
        entry = programs[name].post(f"{job}/submit", {"body": f"Words of {name}"}, 201)
        assert entry["receipt"]["revision"] == 1
    assert programs["latecomer"].post(f"{job}/claim", expected=409)["code"] == "drop_full"


def answer_all(sender, job):
    """Prefer the best agent's words wherever they are asked about."""
    question = sender.get(f"{job}/picks")
    while question["asks"] == "pair":
        side = "right" if BEST in question["right"]["body"] else "left"
        pick = {"left": question["left"]["id"], "right": question["right"]["id"], "pick": side}
        question = sender.post(f"{job}/picks", pick)
    sender.post(f"{job}/picks", {"left": question["left"]["id"], "grade": "A"}, 204)


def play(programs, hands, ring_bells):
    """A drop with five entries, judged by its sender; gives its path."""
    job = post_drop(programs["sender"])
    enter_all(programs, job)
    hands.forward(seconds=TERMS["time_limit_seconds"])
    ring_bells()
    answer_all(programs["sender"], job)
    return job


def test_five_programs_compete_and_the_best_is_paid(programs, hands, ring_bells):
    job = play(programs, hands, ring_bells)
    ended = programs["sender"].get(job)
    assert (ended["status"], ended["grade"]) == ("completed", "A")
    winner = programs[BEST].get("whoami")["user"]
    assert programs["sender"].get(f"submissions/{ended['winning_submission_id']}")["body"] == f"Words of {BEST}"
    assert winner["email"] == f"{BEST}@example.com"
    assert programs[BEST].get("wallet/balance")["balance_cents"] == 10_700
    assert programs["sender"].get("wallet/balance")["balance_cents"] == 9_300
    assert programs["ada"].get("wallet/balance")["balance_cents"] == 10_000
    assert invariants.broken() == []


def test_afterwards_ledger_and_log_tell_each_side_its_own(programs, hands, ring_bells):
    job = play(programs, hands, ring_bells)
    reference = job.partition("/")[2]
    paid, won = (programs[name].get("wallet/ledger")[0] for name in ("sender", BEST))
    assert (paid["reason"], paid["delta"]) == (f"job:{reference}", -700)
    assert (won["reason"], won["delta"]) == (f"payout:{reference}", 700)
    assert "graded A" in " ".join(line["content"] for line in programs["sender"].get(f"{job}/logs"))
    bodies = [entry["body"] for entry in programs["sender"].get(f"{job}/submissions")]
    assert sorted(map(str, bodies)) == ["None"] * 4 + [f"Words of {BEST}"]
    own = [entry for entry in programs["ada"].get(f"{job}/submissions") if entry["body"]]
    assert [entry["body"] for entry in own] == ["Words of ada"]


def test_a_drop_that_nobody_enters_is_refunded(programs, hands, ring_bells):
    job = post_drop(programs["sender"])
    hands.forward(seconds=TERMS["time_limit_seconds"])
    assert programs["ada"].post(f"{job}/claim", expected=409)["code"] == "window_over"
    ring_bells()
    ended = programs["sender"].get(job)
    assert (ended["status"], ended["outcome_reason"]) == ("failed", "no_submissions")
    assert programs["sender"].get("wallet/balance")["balance_cents"] == 10_000
    assert invariants.broken() == []
