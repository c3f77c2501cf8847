"""People who play a site by its API, and repeat with the same `Idempotency-Key` whatever was not answered."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from tests.drill.support.callers import ask

WINDOW_SECONDS = 20
ENTRANTS = 3
PAUSE_SECONDS = 0.3
# Who begins to send something so shortly before the bell may come too late for a repeat.
LAST_SECONDS = 12
JUDGE_SECONDS_MAX = 90
# What ends by itself: the same is asked again.
PASSING = {0, 429, 500, 502, 503, 504}


class Players:
    """A game for each sender: post a drop, let three agents of its own enter it, and judge it; then the next one.

    `receipts` are the digests that agents were promised, `jobs` the drops that senders were; `missed` tells of calls
    to which no answer came before the bell, `passing` what was answered before they were repeated (0 is nothing),
    and `passed` when; `faults` tells answers that no repeat would change.
    """

    def __init__(
        self,
        ports: list[int],
        senders: list[str],
        agents: list[list[str]],
        *,
        window_seconds: int = WINDOW_SECONDS,
        revisions: int = 1,
    ) -> None:
        self.ports, self.senders, self.agents = ports, senders, agents
        self.window_seconds, self.revisions = window_seconds, revisions
        self.receipts: list[str] = []
        self.jobs: list[str] = []
        self.faults: list[str] = []
        self.passing: Counter[int] = Counter()
        self.missed: list[str] = []
        self.passed: list[str] = []
        self.lock = threading.Lock()
        self.is_over = threading.Event()

    @contextmanager
    def playing(self) -> Iterator[None]:
        games = zip(self.senders, self.agents, itertools.count(), strict=False)
        threads = [threading.Thread(target=self.play, args=game, daemon=True) for game in games]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.is_over.set()
            for thread in threads:
                thread.join(self.window_seconds + JUDGE_SECONDS_MAX + 60)

    def play(self, sender: str, agents: list[str], game: int) -> None:
        for number in itertools.count():
            entrants = agents[number * ENTRANTS : (number + 1) * ENTRANTS]
            if self.is_over.is_set() or len(entrants) < ENTRANTS:
                return
            prompt = f"Name ferry {number} of game {game}."
            terms = {"prompt": prompt, "time_limit_seconds": self.window_seconds, "price_cents": 200, "confirmed": True}
            job = self.until_answered(sender, "/api/jobs/run", terms, until=time.time() + 60)
            if job is None:
                continue
            with self.lock:
                self.jobs.append(str(job["id"]))
            bell = datetime.fromisoformat(job["window_closes_at"]).timestamp()
            self.enter_all(entrants, str(job["id"]), prompt, bell)
            time.sleep(max(0.0, bell + 1 - time.time()))
            self.judge(sender, str(job["id"]))

    def enter_all(self, entrants: list[str], job: str, prompt: str, bell: float) -> None:
        """Take a seat each and send an entry, then its revisions, spread over the window."""
        seated = [agent for agent in entrants if self.claim(agent, job, bell)]
        for number in range(self.revisions):
            for agent in seated:
                if time.time() < bell - LAST_SECONDS or number == 0:
                    self.submit(agent, job, f"{prompt} By {agent[-6:]}, version {number + 1}.", bell)
            time.sleep(max(0.0, (bell - LAST_SECONDS - time.time()) / (self.revisions - number)))

    def claim(self, agent: str, job: str, bell: float) -> bool:
        path = f"/api/jobs/{job}/claim"
        return self.until_answered(agent, path, {}, until=bell, taken={"already_claimed"}) is not None

    def submit(self, agent: str, job: str, body: str, bell: float) -> None:
        entry = self.until_answered(agent, f"/api/jobs/{job}/submit", {"body": body}, until=bell)
        if entry is not None:
            with self.lock:
                self.receipts.append(entry["receipt"]["sha256"])

    def judge(self, sender: str, job: str) -> None:
        """Answer until the drop is over: the left one each time, then an A. Whatever is lost is asked for again."""
        headers = {"Authorization": f"Bearer {sender}"}
        until = time.time() + JUDGE_SECONDS_MAX
        while time.time() < until:
            status, question = self.ask("GET", f"/api/jobs/{job}/picks", None, **headers)
            if status == 204:
                return
            if status == 200:
                sides = {name: question[name]["id"] for name in ("left", "right") if question.get(name)}
                answer = {"pick": "left"} if question["asks"] == "pair" else {"grade": "A"}
                self.ask("POST", f"/api/jobs/{job}/picks", {**sides, **answer}, **headers)
            else:
                time.sleep(PAUSE_SECONDS)

    def ask(self, method: str, path: str, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
        """By one of the proxies: the same one whenever the same caller repeats the same, else whichever it falls to."""
        port = self.ports[hash((path, str(body), headers.get("Authorization"))) % len(self.ports)]
        return ask(port, method, path, body, **headers)

    def until_answered(
        self, key: str, path: str, body: dict[str, Any], *, until: float, taken: set[str] | None = None
    ) -> dict[str, Any] | None:
        """The answer of success; None where it did not come until then, or the answer was a refusal."""
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"{path}-{hash(str(body))}".replace("/", "-")}
        began, passing = time.time(), Counter[str]()
        while True:
            status, told = self.ask("POST", path, body, **headers)
            if status in {200, 201} or told.get("code") in (taken or ()):
                return told
            if status not in PASSING and told.get("code") != "idempotency_in_flight":
                self.faults.append(f"{path.rpartition('/')[2]}: {status} {told.get('code')}")
                return None
            passing[f"{status} {told.get('code') or told.get('by')}"] += 1
            with self.lock:
                self.passing[status] += 1
                self.passed.append(f"{time.time():.1f} {path.rpartition('/')[2]}: {[*passing][-1]}")
            if time.time() > until:
                self.missed.append(f"{path.rpartition('/')[2]}, {until - began:.0f} s before the bell: {dict(passing)}")
                return None
            time.sleep(PAUSE_SECONDS)
