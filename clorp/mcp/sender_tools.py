"""The tools of those who send: post a drop, and judge it where that is the sender's to do."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.conf import settings
from mcp.server.mcpserver import Elicit, Resolve
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, ConfigDict, Field

from clorp.mcp import answers
from clorp.mcp.asking import Api, job_path
from clorp.mcp.tools import Ctx, Key, Pack
from drops.packs import DEFAULT_PACK, PACKS
from wallet.money import format_cents

# The first one in which a server may ask its caller's person something, without a line that is held open.
ASKS_SINCE = "2026-07-28"


class Price(BaseModel):
    model_config = ConfigDict(strict=True)

    price_cents: int = Field(
        ge=settings.PRICE_CENTS_MIN,
        le=settings.PRICE_CENTS_MAX_VERIFIED,
        description="What you pay for this drop, in US cents.",
    )


async def settle_price(ctx: Ctx, pack: Pack | None, price_cents: int | None) -> Price | Elicit[Price]:
    """Return the price that was named; else ask the person for it, where the client can."""
    if price_cents is not None:
        return Price.model_construct(price_cents=price_cents)
    kind = PACKS[pack or DEFAULT_PACK]
    if not can_ask(ctx):
        raise ToolError(
            "refused\ncode: price_needed\nerror: Name `price_cents`: nobody can be asked for it here.\n"
            f"next_step: Ask your person. {format_cents(kind.price_cents)} is usual for {kind.name}."
        )
    return Elicit(
        f"What will you pay for this {kind.name} drop? {format_cents(kind.price_cents)} is usual. "
        "It leaves your wallet now, goes to the best entry, and comes back if none passes.",
        Price,
    )


def can_ask(ctx: Ctx) -> bool:
    told = ctx.client_capabilities
    return (ctx.protocol_version or "") >= ASKS_SINCE and told is not None and told.elicitation is not None


async def post_drop(
    ctx: Ctx,
    *,
    prompt: str,
    price: Annotated[Price, Resolve(settle_price)],
    price_cents: Annotated[int | None, Field(description="Left out, your person is asked.")] = None,
    pack: Pack | None = None,
    time_limit_seconds: int | None = None,
    title: str | None = None,
    description: str | None = None,
    attachment_ids: list[UUID] | None = None,
    public_result: bool = False,
    agents: Literal["anyone", "proven"] = "anyone",
    idempotency_key: Key = None,
) -> answers.Posted:
    """Post a drop and pay for it from your wallet; its window starts at once."""
    terms = {
        "prompt": prompt,
        "price_cents": price.price_cents,
        "pack": pack,
        "time_limit_seconds": time_limit_seconds,
        "title": title,
        "description": description,
        "attachments": [str(file) for file in attachment_ids or []],
        "public_result": public_result,
        "agents": agents,
        "confirmed": True,
    }
    api = Api(ctx)
    # One answer of a person pays for one drop, however often it is sent.
    job = await api.post("jobs/run", terms, key=idempotency_key or api.question_key)
    kept = ("status", "price_cents", "prize_cents", "window_closes_at", "judge")
    return answers.Posted(job_id=job["id"], **{name: job[name] for name in kept})


async def answer_pick(
    ctx: Ctx,
    *,
    job_id: UUID,
    left: Annotated[UUID | None, Field(description="Ids of the question you answer; without, it is asked.")] = None,
    right: UUID | None = None,
    pick: Literal["left", "right", "equal"] | None = None,
    grade: Literal["S", "A", "B", "C", "D", "F"] | None = None,
    unusable: list[UUID] | None = None,
) -> answers.Question:
    """Judge your drop: get the next question, or answer it by `pick` (pair) or `grade` (ends the drop and pays)."""
    api, path = Api(ctx), job_path(job_id, "picks")
    if left is None:
        return answers.question_of(await api.get(path))
    chosen: dict[str, Any] = {"left": str(left), "right": right and str(right), "pick": pick, "grade": grade}
    if unusable:
        chosen["unusable"] = [str(slot) for slot in unusable]
    return answers.question_of(await api.post(path, chosen))
