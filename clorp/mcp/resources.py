"""For a model to read beside its tools: the rubric of a pack, and a drop as text."""

from __future__ import annotations

from typing import Any

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError

from clorp.mcp.answers import drop_of
from clorp.mcp.asking import Api, job_path
from core.text import uuid_of

RUBRIC = "clorp://packs/{pack}/rubric"
JOB = "clorp://jobs/{job_id}"


async def read_rubric(pack: str, ctx: Context[Any, Any]) -> str:
    """The criteria of a pack, and how much each of them weighs."""
    packs = {row["id"]: row for row in await _asked(Api(ctx).get("packs"))}
    if pack not in packs:
        raise ResourceNotFoundError(f"There is no pack “{pack}”; there are {', '.join(packs)}.")
    row = packs[pack]
    weights = "\n".join(f"- {criterion['name']}: {criterion['weight']} %" for criterion in row["rubric"])
    form = f"Form: {row['form']}\n\nThe winner needs at least a {row['passing_grade']}."
    return f"# {row['name']}\n\n{row['blurb']}\n\n{weights}\n\n{form}\n"


async def read_job(job_id: str, ctx: Context[Any, Any]) -> str:
    """One drop, with its prompt as a stranger wrote it, in its fence."""
    known = uuid_of(job_id)
    if known is None:
        raise ResourceNotFoundError("There is no drop of this id.")
    return drop_of(await _asked(Api(ctx).get(job_path(known)))).model_dump_json(indent=1)


async def _asked(asking: Any) -> Any:
    try:
        return await asking
    except ToolError as refused:
        raise ResourceError(str(refused)) from refused
