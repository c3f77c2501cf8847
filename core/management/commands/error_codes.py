"""`./run manage error_codes > docs/errors.md`: the document of all codes, from the source."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.api.error_codes import ErrorCode, all_error_codes

HEAD = """# Error codes

Every refusal of the API is an `application/problem+json` document with one of these as its `code`; its `type` leads to
the same entry on the site. A refusal changes nothing. *Again* says whether the same request may be taken
later, by itself: after `Retry-After` seconds, where the answer has it. This page is made from the source:
`./run manage error_codes`.

| code | status | when | what to do | again |
|---|---|---|---|---|
"""


class Command(BaseCommand):
    help = "Print docs/errors.md, which lists every error code."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(HEAD + "\n".join(line_of(code) for code in all_error_codes()))


def line_of(code: ErrorCode) -> str:
    again = "yes" if code.retryable else "no"
    statuses = ", ".join(map(str, code.statuses))
    return f"| `{code.code}` | {statuses} | {code.when} | {code.next_step} | {again} |"
