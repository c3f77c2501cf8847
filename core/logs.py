"""Logs: one JSON object a line in production, readable lines while developing.

What is never logged: bodies, headers, cookies, query strings, and the values inside paths, because the
links of allauth's mails carry their secret there. A request is named by its route and its request id.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

# The rooms, from the ground up.
OURS = ("core", "accounts", "wallet", "drops", "clorp")
# What a record carries by itself; anything else was given with `extra`.
GIVEN_BY_LOGGING = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def add_extra_fields(_: Any, __: str, line: dict[str, Any]) -> dict[str, Any]:
    """Add what our own rooms say with `extra`: ids, codes, sums. Libraries put whole requests there, which stay out."""
    record = line.get("_record")
    if record is not None and record.name.partition(".")[0] in OURS:
        fields = {name: value for name, value in vars(record).items() if name not in GIVEN_BY_LOGGING}
        if fields:
            line["about"] = fields
    return line


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class RoutesNotPaths(logging.Filter):
    """Django's own request records carry the path; replace it by the route it matched."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if request is not None and hasattr(request, "path"):
            record.msg = f"{getattr(record, 'status_code', '')} {request.method} {route_of(request)}".strip()
            record.args = ()
        return True


def route_of(request: Any) -> str:
    """The pattern the request matched, as `/drop/<uuid:pk>`, without any of its values."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "(no route)"


def logging_config(*, debug: bool) -> dict[str, Any]:
    """The `LOGGING` setting; also points structlog's own loggers at it."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    if debug:
        console = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
        )
        rendering: list[Any] = [console]
    else:
        rendering = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"routes": {"()": RoutesNotPaths}},
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*SHARED, add_extra_fields],
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["routes"]}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # Left alone, runserver's line holds the whole request line, query string and all.
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # The SDK's lines hold ids of people and payments; what matters is in the failures it ends in.
            "stripe": {"level": "WARNING"},
            # Warns of odd answers to webhooks with the whole address called, in which people may keep their secrets.
            "urllib3": {"level": "ERROR"},
            # A line for every call to a model; each is a row.
            "httpx2": {"level": "WARNING"},
            "openai": {"level": "WARNING"},
            # A line for every refusal of a tool, with what was sent; the API logs what fails.
            "mcp": {"level": "WARNING"},
            # A periodic task a second is not news.
            **{name: {"level": "WARNING"} for name in ("celery.beat", "celery.worker.strategy", "celery.app.trace")},
        },
    }
