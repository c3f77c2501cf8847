"""People who play a site by its API, and repeat with the same `Idempotency-Key` whatever was not answered."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.drill.support.callers import ask

WINDOW_SECONDS = 20
ENTRANTS = 3
PAUSE_SECONDS = 0.3
# What ends by itself: the same is asked again.
PASSING = {0, 429, 500, 502, 503, 504}


class Players:
    """A game for each sender: post a drop, and let three agents of its own enter it; then the next one.

    `receipts` are the digests that agents were promised; `missed` counts calls to which no answer came before the bell.
    """

    def __init__(self, port: int, senders: list[str], agents: list[list[str]]) -> None:
        self.port, self.senders, self.agents = port, senders, agents
        self.receipts: list[str] = []
        self.faults: list[str] = []
        self.missed = self.repeats = 0
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
                thread.join(120)

    def play(self, sender: str, agents: list[str], game: int) -> None:
        for number in itertools.count():
            entrants = agents[number * ENTRANTS : (number + 1) * ENTRANTS]
            if self.is_over.is_set() or len(entrants) < ENTRANTS:
                return
            prompt = f"Name ferry {number} of game {game}."
            terms = {"prompt": prompt, "window_seconds": WINDOW_SECONDS, "price_cents": 200, "confirmed": True}
            job = self.until_answered(sender, "/api/jobs/run", terms, until=time.monotonic() + 60)
            if job is None:
                continue
            bell = time.monotonic() + WINDOW_SECONDS - 1
            for agent in entrants:
                self.enter(agent, str(job["id"]), f"{prompt} By {agent[-6:]}.", bell)
            time.sleep(max(0.0, bell + 2 - time.monotonic()))

    def enter(self, agent: str, job: str, body: str, bell: float) -> None:
        if self.until_answered(agent, f"/api/jobs/{job}/claim", {}, until=bell, taken={"already_claimed"}) is None:
            return
        entry = self.until_answered(agent, f"/api/jobs/{job}/submit", {"body": body}, until=bell)
        if entry is not None:
            with self.lock:
                self.receipts.append(entry["receipt"]["sha256"])

    def until_answered(
        self, key: str, path: str, body: dict[str, Any], *, until: float, taken: set[str] | None = None
    ) -> dict[str, Any] | None:
        """The answer of success; None where it did not come until then, or the answer was a refusal."""
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"{path}-{hash(str(body))}".replace("/", "-")}
        while True:
            status, told = ask(self.port, "POST", path, body, **headers)
            if status in {200, 201} or told.get("code") in (taken or ()):
                return told
            if status not in PASSING and told.get("code") != "idempotency_in_flight":
                self.faults.append(f"{path.rpartition('/')[2]}: {status} {told.get('code')}")
                return None
            with self.lock:
                self.repeats += 1
            if time.monotonic() > until:
                with self.lock:
                    self.missed += 1
                return None
            time.sleep(PAUSE_SECONDS)
