"""A sandbox drop by the API: the same addresses and fields as of any drop, marked, and graded by a plain rule."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.live import threads
from core.live.stream_quota import StreamQuota
from drops.api import sandbox
from drops.models import Claim, Drop, SandboxDrop, Submission
from drops.packs import PACKS
from drops.sandbox import playing
from tests.api import Api, hold_clock, is_problem
from tests.core.live.story import read_events, read_in_threads_alone
from tests.play import NOON, after, open_drop
from wallet.books import invariants, ledger

pytestmark = pytest.mark.django_db
OVER = 30
GOOD = "The ferry of good hope"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    hold_clock(monkeypatch)


def opened(user, pack="wild"):
    return Api(user).post("sandbox", {"pack": pack}).json()


def played(user, body=GOOD, pack="wild"):
    """A sandbox drop with an entry; its path."""
    path = f"jobs/{opened(user, pack)['id']}"
    assert Api(user).post(f"{path}/claim").status_code == 201
    assert Api(user).post(f"{path}/submit", {"body": body}).status_code == 201
    return path


def end(monkeypatch):
    hold_clock(monkeypatch, after(OVER))


@pytest.mark.parametrize("pack", PACKS)
def test_a_program_plays_the_whole_game_with_each_pack(pack, agent, monkeypatch):
    path = played(agent, pack=pack)
    end(monkeypatch)
    job, (entry,) = Api(agent).get(path).json(), Api(agent).get(f"{path}/submissions").json()
    assert (job["status"], job["grade"], job["pack"], job["output_text"]) == ("completed", "A", pack, GOOD)
    assert (entry["grade"], entry["is_winner"], entry["place"], job["sandbox"]) == ("A", True, 1, True)
    assert Api(agent).get(f"submissions/{job['winning_submission_id']}").json() == entry


def test_its_job_has_every_field_of_a_job_and_is_marked(sender, agent):
    real = Api(agent).get(f"jobs/{open_drop(sender).pk}").json()
    mine = opened(agent)
    assert {*mine} == {*real}
    assert (real["sandbox"], mine["sandbox"], mine["price_cents"], mine["prize_cents"]) == (False, True, 0, 0)


def test_claim_and_submission_have_the_fields_of_real_ones(sender, agent, rival):
    answers = []
    for path in (f"jobs/{open_drop(sender).pk}", f"jobs/{opened(agent)['id']}"):
        claimed = Api(agent).post(f"{path}/claim").json()
        answers.append(({*claimed}, {*Api(agent).post(f"{path}/submit", {"body": GOOD}).json()}))
    assert answers[0] == answers[1]


@pytest.mark.parametrize(("body", "status", "grade"), [("A boat", "failed", "F"), ("ferry " * 100, "completed", "C")])
def test_a_plain_rule_grades(body, status, grade, agent, monkeypatch):
    path = played(agent, body)
    end(monkeypatch)
    assert Api(agent).get(path).json()["status"] == status
    assert Api(agent).get(f"{path}/submissions").json()[0]["grade"] == grade


def test_before_its_end_no_grade_is_told(agent, monkeypatch):
    path = played(agent)
    for seconds, status in ((0, "open"), (20, "ranking")):
        hold_clock(monkeypatch, after(seconds))
        assert (Api(agent).get(path).json()["status"], Api(agent).get(path).json()["grade"]) == (status, None)
        assert Api(agent).get(f"{path}/submissions").json()[0]["grade"] is None


def test_its_actions_lead_through_it(agent):
    job = opened(agent)
    seen = []
    for step in ("claim", "submit"):
        actions = {action["action"]: action["href"] for action in job["allowed_actions"]}
        seen.append(sorted(actions))
        assert actions[step] == f"http://testserver/api/jobs/{job['id']}/{step}"
        Api(agent).post(f"jobs/{job['id']}/{step}", {"body": GOOD} if step == "submit" else None)
        job = Api(agent).get(f"jobs/{job['id']}").json()
    assert (seen, [action["action"] for action in job["allowed_actions"]]) == (
        [["claim"], ["release", "submit"]],
        ["submit"],
    )


def test_a_repeat_with_the_same_key_is_one_entry(agent):
    path = f"jobs/{opened(agent)['id']}"
    Api(agent).post(f"{path}/claim")
    answers = [Api(agent).post(f"{path}/submit", {"body": GOOD}, key="once").json() for _ in range(2)]
    assert answers[0] == answers[1] and answers[0]["receipt"]["revision"] == 1


def test_it_refuses_as_the_game_does(agent, monkeypatch):
    path = f"jobs/{opened(agent)['id']}"
    api = Api(agent)
    is_problem(api.post(f"{path}/submit", {"body": GOOD}), 403, "no_seat")
    is_problem(api.post(f"{path}/release"), 403, "no_seat")
    api.post(f"{path}/claim")
    is_problem(api.post(f"{path}/claim"), 409, "already_claimed")
    is_problem(api.post(f"{path}/submit", {"body": ""}), 400, "invalid")
    api.post(f"{path}/submit", {"body": GOOD})
    is_problem(api.post(f"{path}/release"), 409, "seat_kept")
    end(monkeypatch)
    is_problem(api.post(f"{path}/submit", {"body": "Late ferry"}), 409, "window_over")
    assert SandboxDrop.objects.get().body == GOOD


def test_a_seat_let_go_can_be_taken_again(agent):
    path = f"jobs/{opened(agent)['id']}"
    Api(agent).post(f"{path}/claim")
    assert Api(agent).post(f"{path}/release").status_code == 204
    assert Api(agent).get(f"{path}/claims").json() == []
    assert Api(agent).post(f"{path}/claim").status_code == 201


def test_nobody_else_finds_it(agent, rival, staff):
    path = played(agent)
    for other in (rival, staff, None):
        is_problem(Api(other).get(path), 404, "not_found")
        is_problem(Api(other).get(f"{path}/submissions"), 404, "not_found")
    is_problem(Api(rival).post(f"{path}/claim"), 404, "not_found")


def test_it_takes_the_scope_compete_and_a_pack(agent):
    is_problem(Api(agent, scopes=["read"]).post("sandbox", {"pack": "wild"}), 403, "missing_scope")
    is_problem(Api().post("sandbox", {"pack": "wild"}), 401, "not_authenticated")
    is_problem(Api(agent).post("sandbox", {"pack": "boats"}), 400, "invalid")
    assert not SandboxDrop.objects.exists()


def test_it_moves_no_money_and_is_on_no_list_and_no_record(agent, monkeypatch):
    before = ledger.balance_cents(agent)
    played(agent)
    end(monkeypatch)
    lists = ("board", "feed", "gallery", "leaderboard")
    assert [Api(agent).get(name).json() for name in lists] == [[], [], [], []]
    assert not (Drop.objects.exists() or Claim.objects.exists() or Submission.objects.exists())
    assert ledger.balance_cents(agent) == before and invariants.broken() == []
    assert not Submission.objects.passing().filter(user=agent).exists()


def test_an_account_has_so_many_an_hour(agent, settings, monkeypatch):
    settings.SANDBOX_DROPS_PER_HOUR = 2
    for _ in range(2):
        opened(agent)
    told = is_problem(Api(agent).post("sandbox", {"pack": "wild"}), 429, "too_many_sandbox_drops")
    assert (told["retry_at"], SandboxDrop.objects.count()) == ("2030-01-01T13:00:00Z", 2)
    hold_clock(monkeypatch, NOON + timedelta(hours=1))
    assert opened(agent)["status"] == "open"


def test_what_closed_a_day_ago_is_taken_away(agent):
    opened(agent)
    closes_at = SandboxDrop.objects.get().closes_at
    assert playing.purge_sandbox_drops(now=closes_at + timedelta(hours=23)) == 0
    assert playing.purge_sandbox_drops(now=closes_at + timedelta(hours=24)) == 1
    assert not SandboxDrop.objects.exists()


def test_its_log_is_told_as_a_list_and_as_a_stream(agent, monkeypatch):
    path = played(agent)
    assert Api(agent).get(f"{path}/logs").json() == []
    end(monkeypatch)
    lines = Api(agent).get(f"{path}/logs").json()
    assert [line["type"] for line in lines] == ["info", "result"] and "Grade A" in lines[1]["content"]


class Ticking:
    """A hub that has nothing to tell; each time that somebody waits, `seconds` pass."""

    is_listening, quota = True, StreamQuota()

    def __init__(self, monkeypatch):
        self.passed, self.monkeypatch = 0, monkeypatch

    def follow(self, name):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    async def next(self, *, seconds):
        self.passed += 20.5
        hold_clock(self.monkeypatch, after(self.passed))


def heard(events):
    written = b""
    while True:
        try:
            anext(events).send(None)
        except StopIteration as piece:
            written += piece.value
        except StopAsyncIteration:
            return [(name, data.get("status", "")) for name, data, _ in read_events(written)]


def test_a_stream_follows_it_to_its_end(agent, monkeypatch):
    played(agent)
    drop = SandboxDrop.objects.get()

    async def ask(call):
        return call()

    monkeypatch.setattr(threads, "ask", ask)
    told = heard(sandbox.log_events(Ticking(monkeypatch), drop, 0))
    statuses = [status for name, status in told if name == "status"]
    assert statuses == ["open", "ranking", "completed"] and [name for name, _ in told][-3:] == ["status", "log", "end"]


def test_its_stream_asks_the_database_in_threads_alone(agent, monkeypatch):
    played(agent)
    SandboxDrop.objects.update(closes_at=NOON - timedelta(seconds=5))
    drop = SandboxDrop.objects.get()
    read_in_threads_alone(monkeypatch)
    assert heard(sandbox.log_events(Ticking(monkeypatch), drop, 0))[-1] == ("end", "")


def test_an_account_has_so_much_text(agent, settings):
    settings.SANDBOX_BYTES_KEPT = 10
    first, second = played(agent, "ferry öö"), f"jobs/{opened(agent)['id']}"
    Api(agent).post(f"{second}/claim")
    told = is_problem(Api(agent).post(f"{second}/submit", {"body": "a"}), 429, "sandbox_full")
    assert (told["retry_at"], SandboxDrop.objects.filter(revisions=0).count()) == ("2030-01-02T12:00:20Z", 1)
    # A revision takes the place of the one before.
    assert Api(agent).post(f"{first}/submit", {"body": "ferries"}).status_code == 201
    assert Api(agent).post(f"{second}/submit", {"body": "abc"}).status_code == 201
