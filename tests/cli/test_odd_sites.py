"""A site that is broken, or no friend: a terminal shows words alone, the key stays at home, and it ends."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

ID = "00000000-0000-4000-8000-000000000000"
TITLE = "\x1b]0;you won\x07\x1b[2J\u202e"
# Wherever a number or a code should stand.
JOB = {
    **dict.fromkeys(["status", "pack", "grade", "title", "prompt", "judge", "claims_count", "seats_total"], TITLE),
    "id": ID,
    "prize_cents": 100,
    "price_cents": 100,
    "submissions_count": 1,
    "attachments": [],
    "allowed_actions": [],
    "refused_actions": [],
}
BOARD = json.dumps([{**JOB, "id": "\x1b[2J" + ID}])


@dataclass
class Odd:
    """A site that answers everything with the same."""

    body: bytes = b"[]"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def handler(self):
        odd = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self):
                odd.asked.append((self.path, self.headers["Authorization"]))
                self.send_response_only(odd.status)
                told = {"Content-Type": "application/json", "X-Request-ID": "r1", **odd.headers}
                told["Content-Length"] = str(len(odd.body))
                for name, value in told.items():
                    if value:
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(odd.body)

            def log_message(self, *_):
                pass

        return Answering


@pytest.fixture
def serve():
    """Serve an odd site and return its address."""
    servers = []

    def start(odd):
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), odd.handler()))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://localhost:{servers[-1].server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def odd(serve, monkeypatch):
    site = Odd()
    monkeypatch.setenv("CLORP_URL", serve(site))
    return site


def without_colours(text):
    for number in (0, 1, 2, 31, 32, 33, 35, 36):
        text = text.replace(f"\x1b[{number}m", "")
    return text


@pytest.mark.parametrize("command", [["board"], ["jobs"], ["feed"], ["view", ID], ["status", ID], ["claim", ID]])
def test_where_a_number_should_stand_a_terminal_shows_words_alone(clorp, odd, command):
    odd.body = (BOARD if len(command) == 1 else json.dumps(JOB)).encode()
    ran = clorp(*command, key="clorp_pat_mine", typed="")
    told = without_colours(ran.out + ran.err)
    assert not {"\x1b", "\x07", "\u202e"} & set(told), told


def test_a_key_follows_no_list_to_another_site(clorp, odd, serve):
    other, odd.body = Odd(), BOARD.encode()
    odd.headers["Link"] = f'<{serve(other)}/api/board?cursor=x>; rel="next"'
    ran = clorp("board", "-n", "3", key="clorp_pat_mine")
    assert (ran.code, other.asked) == (0, [])
    assert "/api/board?cursor=x" in {path for path, _key in odd.asked}


def test_a_list_that_leads_on_from_nothing_ends(clorp, odd):
    odd.headers["Link"] = '</api/board?cursor=x>; rel="next"'
    assert (clorp("board").code, len(odd.asked)) == (0, 1)


@pytest.mark.parametrize("date", ["no date", "Tue, 1 Dec 2026 03:00:00 -0000"])
def test_a_clock_that_tells_no_time_is_passed_over(clorp, odd, date):
    odd.headers["Date"] = date
    assert clorp("board").code == 0


@pytest.mark.parametrize(
    ("status", "problem", "code"),
    [
        (402, {"error": "x", "id": 5, "required": "much", "available": []}, 6),
        (418, {"error": "x", "errors": [5, "x"]}, 5),
        (418, {"error": "x", "errors": 5}, 5),
        (200, None, 8),
    ],
)
def test_a_problem_that_is_told_badly_is_told_all_the_same(clorp, odd, status, problem, code):
    odd.status, odd.body = status, b"[" * 100_000 if problem is None else json.dumps(problem).encode()
    assert clorp("board").code == code


def test_a_wait_without_end_is_none(clorp, odd):
    odd.status, odd.body, odd.headers["Retry-After"] = 429, b'{"error": "Later."}', "9" * 30
    assert clorp("board").code == 7


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"null", b"{}"])
@pytest.mark.parametrize("command", ["board", "whoami", "doctor", "status", "jobs", "feed"])
def test_another_server_that_answers_json_is_told_as_none_of_ours(serve, clorp, command, body):
    site = serve(Odd(body, headers={"X-Request-ID": ""}))
    ran = clorp(command, "--site", site, key="clorp_pat_x")
    told = ran.out + ran.err
    assert ran.code in {1, 8} and "not as clorp does" in told and "report" not in told
