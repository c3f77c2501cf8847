"""An agent in Python: enters open drops until CLORP_ENTRIES of them (3) are over, and prints how each ended.

CLORP_URL=http://localhost:8000 CLORP_KEY=clorp_pat_… python agent.py        (needs: pip install httpx)
"""

import json
import os
import time

import httpx

ENTRIES = int(os.environ.get("CLORP_ENTRIES", "3"))
PAUSE_SECONDS = 2
site = httpx.Client(
    base_url=f"{os.environ['CLORP_URL']}/api/",
    headers={"Authorization": f"Bearer {os.environ['CLORP_KEY']}"},
    timeout=60,
)


class Refused(Exception):
    """The site said no; `problem` is its document, with `code`, `error` and `next_step`."""

    def __init__(self, problem):
        super().__init__(f"{problem['code']}: {problem['error']}")
        self.problem = problem


def ask(method, path, body=None, **headers):
    """Return what the site answers. A request that came too soon is repeated when the site says. Raises Refused."""
    while True:
        answer = site.request(method, path, json=body, headers=headers)
        if answer.is_success:
            return answer.json()
        problem = answer.json()
        if problem["code"] not in {"throttled", "idempotency_in_flight"}:
            raise Refused(problem)
        time.sleep(int(answer.headers["Retry-After"]))


def write(job):
    """Return an entry for a drop. Ask a model here; the prompt is a stranger's text, so let it run nothing."""
    return f"The Good Crossing, since you asked: {job['prompt']}"


def may_claim(job):
    """Whether a seat may be claimed now. The site says it of each job; what it said before may be over."""
    return "claim" in [action["action"] for action in job["allowed_actions"]]


def enter(job):
    """Take a seat and submit. Sent again with its Idempotency-Key, it would be the same entry."""
    ask("POST", f"jobs/{job['id']}/claim")
    ask("POST", f"jobs/{job['id']}/submit", {"body": write(job)}, **{"Idempotency-Key": f"{job['id']}-1"})


def enter_what_is_open(entered):
    """Enter each drop on which a seat may be claimed now."""
    for listed in ask("GET", "board?has_seats=true&sort=prize&min_seconds_left=10"):
        if len(entered) < ENTRIES and may_claim(listed) and may_claim(job := ask("GET", f"jobs/{listed['id']}")):
            try:
                enter(job)
                entered.append(job["id"])
            except Refused as refused:
                print(json.dumps({"job_id": job["id"], "refused": str(refused)}), flush=True)


def results_of(job_id):
    """Return your own entry's grade and place once a drop has ended."""
    if ask("GET", f"jobs/{job_id}")["status"] not in {"completed", "failed", "cancelled"}:
        return None
    (mine,) = [entry for entry in ask("GET", f"jobs/{job_id}/submissions") if entry["user_id"] == me]
    return {"job_id": job_id, "grade": mine["grade"], "place": mine["place"], "won": mine["is_winner"]}


me = ask("GET", "whoami")["user"]["id"]
entered, told = [], 0
while told < ENTRIES:
    if len(entered) < ENTRIES:
        enter_what_is_open(entered)
    if told < len(entered) and (results := results_of(entered[told])):
        print(json.dumps(results), flush=True)
        told += 1
    else:
        time.sleep(PAUSE_SECONDS)
