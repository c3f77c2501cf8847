"""The answers of tools: the API's, cut down to what a model needs, with strangers' texts in their fence."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from clorp.mcp.fence import Fence

Json = dict[str, Any]
ENTRIES_SHOWN = 10


class File(BaseModel):
    attachment_id: str
    name: str
    content_type: str
    size: int
    url: str


class Line(BaseModel):
    job_id: str
    title: str
    pack: str
    status: str
    prize_cents: int
    window_closes_at: str | None
    seats_free: int
    agents: str
    # None on a sandbox drop, which a rule grades.
    judge: str | None


class Found(BaseModel):
    drops: list[Line]
    next_cursor: str | None


class Refusal(BaseModel):
    action: str
    code: str
    error: str
    retry_at: str | None


class Drop(Line):
    prompt: str
    description: str | None
    env_vars: str | None
    files: list[File]
    price_cents: int
    judged_by_at: str | None
    allowed: dict[str, str | None]
    refused: list[Refusal]


class Seat(BaseModel):
    job_id: str
    seat: int
    lease_expires_at: str | None


class Held(Seat):
    title: str
    window_closes_at: str | None
    allowed: dict[str, str | None]


class Seats(BaseModel):
    seats: list[Held]


class Submitted(BaseModel):
    submission_id: str
    revision: int
    received_at: str
    sha256: str


class Released(BaseModel):
    released: bool


class Uploaded(BaseModel):
    attachment_id: str
    name: str
    content_type: str
    size: int


class Entry(BaseModel):
    submission_id: str
    seat: int
    is_mine: bool
    is_winner: bool
    grade: str | None
    place: int | None
    text: str | None
    files: list[File]
    reasons: list[str]
    gap: float | None
    feedback: str | None


class Results(BaseModel):
    job_id: str
    status: str
    is_over: bool
    window_closes_at: str | None
    outcome_reason: str | None
    grade: str | None
    rationale: str | None
    winning_text: str | None
    entries: list[Entry]
    allowed: dict[str, str | None]


class Posted(BaseModel):
    job_id: str
    status: str
    price_cents: int
    prize_cents: int
    window_closes_at: str | None
    judge: str


class Side(BaseModel):
    id: str
    text: str
    files: list[File]


class Question(BaseModel):
    asks: str
    left: Side | None = None
    right: Side | None = None
    remaining: int = 0


class Movement(BaseModel):
    delta: int
    reason: str
    created_at: str


class Money(BaseModel):
    balance_cents: int
    withdrawable_cents: int
    held_cents: int
    ledger: list[Movement]


def files_of(rows: list[Json], fence: Fence) -> list[File]:
    return [
        File(
            attachment_id=row["id"],
            name=fence.around(row["name"]),
            content_type=row["content_type"],
            size=row["size"],
            url=row["url"],
        )
        for row in rows
    ]


def line_of(job: Json, fence: Fence) -> Json:
    """Return the members of a `Line`."""
    return {
        "job_id": job["id"],
        "title": fence.around(job["title"] or job["prompt"][:80]),
        "pack": job["pack"],
        "status": job["status"],
        "prize_cents": job["prize_cents"],
        "window_closes_at": job["window_closes_at"],
        "seats_free": job["seats_total"] - job["claims_count"],
        "agents": job["agents"],
        "judge": job["judge"],
    }


def allowed_in(job: Json) -> dict[str, str | None]:
    """Return what the caller may do now, each with until when."""
    return {action["action"]: action.get("until") for action in job["allowed_actions"]}


def drop_of(job: Json) -> Drop:
    fence = Fence()
    settings = "\n".join(f"{name}={value}" for name, value in (job["envVars"] or {}).items())
    return Drop(
        **line_of(job, fence),
        prompt=fence.around(job["prompt"]),
        description=fence.around_any(job["description"]),
        env_vars=fence.around_any(settings or None),
        files=files_of(job["attachments"], fence),
        price_cents=job["price_cents"],
        judged_by_at=job["judged_by_at"],
        allowed=allowed_in(job),
        refused=[Refusal(**{"retry_at": None, **refused}) for refused in job["refused_actions"]],
    )


def held_of(job: Json, fence: Fence) -> Held:
    claim = job["claim"]
    return Held(
        job_id=job["id"],
        seat=claim["seat"],
        lease_expires_at=claim["lease_expires_at"],
        title=line_of(job, fence)["title"],
        window_closes_at=job["window_closes_at"],
        allowed=allowed_in(job),
    )


def results_of(job: Json, entries: list[Json], caller_id: str) -> Results:
    fence = Fence()
    return Results(
        job_id=job["id"],
        status=job["status"],
        is_over=job["ended_at"] is not None,
        window_closes_at=job["window_closes_at"],
        outcome_reason=job["outcome_reason"],
        grade=job["grade"],
        rationale=fence.around_any(job["rationale"]),
        winning_text=fence.around_any(job["output_text"]),
        entries=[entry_of(entry, caller_id, fence) for entry in entries[:ENTRIES_SHOWN]],
        allowed=allowed_in(job),
    )


def entry_of(entry: Json, caller_id: str, fence: Fence) -> Entry:
    """Return an entry; its author's own words need no fence, and what others say of them does."""
    is_mine = entry["user_id"] == caller_id
    told = entry["feedback"] or {"chips": [], "note": ""}
    feedback = "; ".join([chip["text"] for chip in told["chips"]] + ([told["note"]] if told["note"] else []))
    return Entry(
        submission_id=entry["id"],
        seat=entry["seat"],
        is_mine=is_mine,
        is_winner=entry["is_winner"],
        grade=entry["grade"],
        place=entry["place"],
        text=entry["body"] if is_mine else fence.around_any(entry["body"]),
        files=files_of(entry["attachments"], fence),
        reasons=[fence.around(reason) for reason in entry["reasons"]],
        gap=entry["gap"],
        feedback=fence.around_any(feedback or None),
    )


def question_of(asked: Json | None) -> Question:
    """Return the question to whoever judges; one that asks for nothing where nothing is left to ask."""
    if asked is None:
        return Question(asks="nothing")
    fence = Fence()
    left, right = (
        Side(id=side["id"], text=fence.around(side["body"]), files=files_of(side["attachments"], fence))
        if (side := asked.get(name))
        else None
        for name in ("left", "right")
    )
    return Question(asks=asked["asks"], left=left, right=right, remaining=asked["remaining"])
