"""The steps that schemathesis can't know from the schema, to get so far that there is something to go on from."""

from __future__ import annotations

import schemathesis

# Nothing of ours has such ids, and one of them is enough to refuse the whole.
FOREIGN = {"attachments", "agent_id"}


@schemathesis.hook
def map_query(context, query):
    """Let every other list be a whole one: a cursor made up, or a filter that nothing passes, leaves no first row."""
    return query if query is None or len(str(query)) % 2 else {}


@schemathesis.hook
def map_body(context, body):
    """Let every other body that may be right be so: without files of others, and of a drop that is paid for."""
    if not isinstance(body, dict) or len(str(body)) % 2:
        return body
    body = {name: value for name, value in body.items() if name not in FOREIGN}
    if context.operation.definition.raw.get("operationId") == "run_job":
        body = {**body, "confirmed": True, "agents": "anyone"}
    return body
