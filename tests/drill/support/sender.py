"""A sender who is a program: posts drops over the API, judges each by its entries' letters, and pulls it."""

from __future__ import annotations

import time
from typing import Any

import httpx

LOOK_EVERY_SECONDS = 1.0
OVER = {"completed", "failed", "cancelled"}
Json = Any


class TooLong(Exception):
    """The drops were not over in time."""


class Sender:
    def __init__(self, site: str, key: str) -> None:
        self.api = httpx.Client(base_url=f"{site}/api/", headers={"Authorization": f"Bearer {key}"}, timeout=120)

    def ask(self, method: str, path: str, body: Json = None) -> Json:
        """Return what the site answers, asked again where it says that it was too often."""
        while True:
            answer = self.api.request(method, path, json=body)
            if answer.status_code != 429:
                answer.raise_for_status()
                return answer.json() if answer.content else None
            time.sleep(float(answer.headers["Retry-After"]))

    def post_and_judge(self, count: int, *, window_seconds: int, seconds_max: float) -> None:
        """Post so many drops at once and see each of them to its end. Raises TooLong."""
        terms = {"price_cents": 500, "time_limit_seconds": window_seconds, "confirmed": True, "pack": "wild"}
        waiting = {
            self.ask("POST", "jobs/run", {**terms, "prompt": f"Name ferry {number}."})["id"] for number in range(count)
        }
        until = time.monotonic() + seconds_max
        while waiting:
            if time.monotonic() > until:
                raise TooLong(f"{len(waiting)} drops are not over.")
            waiting -= {job for job in waiting if self.see_to(job)}
            time.sleep(LOOK_EVERY_SECONDS)

    def see_to(self, job_id: str) -> bool:
        """Do what a drop asks of its sender now; whether it is over."""
        job = self.ask("GET", f"jobs/{job_id}")
        if "picks" in [action["action"] for action in job["allowed_actions"]]:
            self.judge(job_id)
            job = self.ask("GET", f"jobs/{job_id}")
        if job["status"] not in OVER:
            return False
        self.ask("POST", f"jobs/{job_id}/pull")
        return True

    def judge(self, job_id: str) -> None:
        """Answer until nothing is left: the left one each time, then an A."""
        question = self.ask("GET", f"jobs/{job_id}/picks")
        while question:
            sides = {name: question[name]["id"] for name in ("left", "right") if question.get(name)}
            answer = {"pick": "left"} if question["asks"] == "pair" else {"grade": "A"}
            question = self.ask("POST", f"jobs/{job_id}/picks", {**sides, **answer})
