"""A tool that names the arguments at fault as the API names fields: with a code, and in words of ours."""

from __future__ import annotations

from typing import Any

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from pydantic import ValidationError

from clorp.mcp.asking import refusal

# How the library begins what it says of a question that a person did not answer as asked.
UNANSWERED = "Resolver "


class ToldTool(Tool):
    async def run(self, arguments: dict[str, Any], context: Context[Any, Any], convert_result: bool = False) -> Any:
        # A model that errs by a word would get other terms than it meant, and pay for them.
        if unknown := arguments.keys() - self.parameters["properties"].keys():
            raise ToolError(f"Error executing tool {self.name}: {self.unknown(sorted(unknown))}")
        try:
            return await super().run(arguments, context, convert_result)
        except ToolError as refused:
            if isinstance(refused.__cause__, ValidationError):
                raise ToolError(f"Error executing tool {self.name}: {faults_in(refused.__cause__)}") from refused
            if UNANSWERED in str(refused):
                raise ToolError(f"Error executing tool {self.name}: {PRICE_NEEDED}") from refused
            raise

    def unknown(self, names: list[str]) -> ToolError:
        known = ", ".join(self.parameters["properties"])
        return faulty([{"field": name, "error": f"There is no such argument. There are: {known}."} for name in names])


def faults_in(wrong: ValidationError) -> ToolError:
    """Return what pydantic says of arguments as a refusal of the API's, without its own addresses and names."""
    faults = [
        {"field": ".".join(map(str, fault["loc"])), "error": f"{fault['msg']}."}
        for fault in wrong.errors(include_url=False, include_input=False, include_context=False)
    ]
    return faulty(faults)


def faulty(faults: list[dict[str, str]]) -> ToolError:
    told = {"code": "invalid", "error": "Some arguments don't fit this tool.", "errors": faults}
    return refusal({**told, "next_step": "Fix the fields named here, then call it again. Nothing was changed."})


PRICE_NEEDED = refusal(
    {
        "code": "price_needed",
        "error": "Your person named no price, so nothing was posted.",
        "next_step": "Ask them what it may cost and name `price_cents`, or leave it.",
    }
)
