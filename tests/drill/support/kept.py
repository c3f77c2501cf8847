"""Games whose players keep what they were promised: receipts, files, a result. Whatever is restored must have them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from tests.drill.support.sender import Sender
from tests.drill.support.town import Town, wait_for

WINDOW_SECONDS = 15
GAME_SECONDS_MAX = 120.0


@dataclass
class Promises:
    """The answers of success: `receipts` by digest, `files` by id with their bytes, `jobs` that are over."""

    receipts: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    jobs: list[str] = field(default_factory=list)

    def __add__(self, more: Promises) -> Promises:
        return Promises(self.receipts + more.receipts, {**self.files, **more.files}, self.jobs + more.jobs)


@dataclass(frozen=True)
class Missing:
    """Of what was promised, what a site that was brought back lacks; `pages` are those that answer other than 200."""

    receipts: set[str]
    files: list[str]
    pages: list[str]

    def count(self) -> int:
        return len(self.receipts) + len(self.files) + len(self.pages)


def enter(site: str, key: str, job: str, words: str) -> Promises:
    """Take a seat and submit an entry with a file."""
    with httpx.Client(base_url=f"{site}/api/", headers={"Authorization": f"Bearer {key}"}, timeout=60) as agent:
        agent.post(f"jobs/{job}/claim").raise_for_status()
        content = f"# {words}\n".encode()
        file = agent.post("attachments", files={"file": ("entry.md", content)}).raise_for_status().json()["id"]
        entry = agent.post(f"jobs/{job}/submit", json={"body": words, "attachments": [file]}).raise_for_status().json()
    return Promises([entry["receipt"]["sha256"]], {file: content})


def play(
    site: str, sender: str, agents: list[str], number: int, meanwhile: Callable[[], str]
) -> tuple[str, Promises, Promises]:
    """A whole game: what `meanwhile` returned, called between two entries; what was promised before it; and in all."""
    owner = Sender(site, sender)
    terms = {"price_cents": 500, "time_limit_seconds": WINDOW_SECONDS, "confirmed": True, "pack": "wild"}
    job = owner.ask("POST", "jobs/run", {**terms, "prompt": f"Name ferry {number}."})["id"]
    before = enter(site, agents[0], job, f"Ferry {number} by the first")
    backup, promised = meanwhile(), before
    for place, agent in enumerate(agents[1:]):
        promised += enter(site, agent, job, f"Ferry {number} by number {place + 2}")
    wait_for("the game is over", lambda: owner.see_to(job), GAME_SECONDS_MAX)
    return backup, before, promised + Promises(jobs=[job])


def look(place: Town, site: str, keys: list[str], promised: Promises) -> Missing:
    """Ask a running site, and its database, for all that was promised."""
    held = {digest for (digest,) in place.ask_all("SELECT sha256 FROM drops_revision")}
    clients = [httpx.Client(base_url=site, headers={"Authorization": f"Bearer {key}"}, timeout=60) for key in keys]
    wrong = []
    for file, content in promised.files.items():
        answers = [client.get(f"/api/attachments/{file}", follow_redirects=True) for client in clients]
        if hashlib.sha256(content).digest() not in {hashlib.sha256(one.content).digest() for one in answers}:
            wrong.append(file)
    pages = ["/board", "/leaderboard", *(f"/drops/{job}" for job in promised.jobs)]
    odd = [page for page in pages if clients[0].get(page).status_code != 200]
    for client in clients:
        with suppress(httpx.HTTPError):
            client.close()
    return Missing(set(promised.receipts) - held, wrong, odd)


def now(place: Town) -> datetime:
    """The database's time, when all that was answered has been written; what comes next is later."""
    moment: datetime = place.ask("SELECT clock_timestamp()")[0]
    time.sleep(0.5)
    return moment
