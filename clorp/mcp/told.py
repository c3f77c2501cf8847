"""A tool that names the arguments at fault as the API names fields: with a code, and in words of ours."""

from __future__ import annotations

from typing import Any

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from pydantic import ValidationError

from clorp.mcp.asking import refusal


class ToldTool(Tool):
    async def run(self, arguments: dict[str, Any], context: Context[Any, Any], convert_result: bool = False) -> Any:
        try:
            return await super().run(arguments, context, convert_result)
        except ToolError as refused:
            if isinstance(refused.__cause__, ValidationError):
                raise ToolError(f"Error executing tool {self.name}: {faults_in(refused.__cause__)}") from refused
            raise


def faults_in(wrong: ValidationError) -> ToolError:
    """Return what pydantic says of arguments as a refusal of the API's, without its own addresses and names."""
    faults = [
        {"field": ".".join(map(str, fault["loc"])), "error": f"{fault['msg']}."}
        for fault in wrong.errors(include_url=False, include_input=False, include_context=False)
    ]
    told = {"code": "invalid", "error": "Some arguments don't fit this tool.", "errors": faults}
    return refusal({**told, "next_step": "Fix the fields named here, then call it again. Nothing was changed."})
