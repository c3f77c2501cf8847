"""`./run lint` asks here for code that nothing uses: vulture's search, told what templates, settings and others call.

Only what has a body is looked for, classes, functions, methods and properties: fields and options have no callers.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from vulture import Vulture

from clorp.dev.environment import ROOT
from clorp.dev.say import say

WITH_A_BODY = {"class", "function", "method", "property"}
REGISTERED = ["@admin.*", "@receiver*", "@register*", "@*.connect*", "@shared_task*", "@*.command*"]
REGISTERED_BY_TESTS = ["@pytest.*", "@schemathesis.hook*", "@rule*", "@invariant*", "@route*"]
# What Django, REST framework, drf-spectacular, Celery, kombu and click look for by these names.
CALLED_BY_NAME = [
    *("*Config", "Meta", "Command", "add_arguments", "handle", "ready"),
    # And html.parser.
    *("handle_startendtag", "handle_endtag", "handle_data"),
    *(
        "clean_*",
        "validate",
        "create_superuser",
        "get_by_natural_key",
        "get_full_name",
        "process_exception",
        "process_view",
        "item_*",
        "lastmod",
        "location",
    ),
    *(
        "has_*_permission",
        "get_app_list",
        "get_changelist",
        "lookup_allowed",
        "lookups",
        "url_for_result",
        "password_change",
    ),
    *("authenticate", "authenticate_header", "has_permission", "allow_request", "select_renderer", "populate_username"),
    "is_open_for_signup",
    *("is_reauthentication_required", "authentication_failed", "get_password_change_redirect_url"),
    *("list_commands", "get_command", "resolve_command", "format_commands", "convert", "get_metavar"),
    *("get_issuer", "validate_client_registration", "validate_resource_uris"),
    *("*Scheme", "WholeSchema", "TextSchema", "map_serializer_field", "get_security_definition"),
    *("get_security_requirement", "get_summary", "get_tags", "describe", "collect", "enable_sql", "_put"),
    "_get_session_from_db",
]
# What pytest, http.server, html.parser and hypothesis look for.
CALLED_IN_TESTS = ["test_*", "pytest_*", "do_*", "log_message", "handle_*", "teardown"]
# What the client of the MCP SDK asks of whoever keeps its tokens.
CALLED_IN_TESTS += ["set_tokens", "get_client_info", "set_client_info"]
# Used only by tests and benchmarks, which drive the site by it.
FOR_TESTS = ["launch_flags", "unprocessed"]


def find_unused(
    sources: Iterable[Path], texts: Iterable[Path], *, called: list[str], registered: list[str]
) -> list[str]:
    """Return where in `sources` something is defined that neither they nor `texts`, the templates, ever name."""
    search = Vulture(ignore_names=called, ignore_decorators=registered)
    named: set[str] = set()
    for path in texts:
        named |= set(re.findall(r"\w+", path.read_text()))
    for path in sources:
        source = path.read_text()
        search.scan(source, filename=str(path))
        named |= set(names_in_strings(ast.parse(source)))
    unused = [item for item in search.get_unused_code() if item.typ in WITH_A_BODY and item.name not in named]
    return [f"{item.filename}:{item.first_lineno} nothing uses the {item.typ} {item.name}" for item in unused]


def names_in_strings(tree: ast.Module) -> Iterator[str]:
    """The last names of `package.module.name` and the like, as settings and serializers have them; prose has spaces."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[\w.:]+", node.value):
            yield re.split(r"[.:]", node.value)[-1]


def sources_of(*tops: str) -> list[Path]:
    files = [path for top in tops for path in ([ROOT / top] if top.endswith(".py") else (ROOT / top).rglob("*.py"))]
    return sorted(path.relative_to(ROOT) for path in files if "migrations" not in path.parts)


def main() -> int:
    from clorp.dev.lint import packages

    texts = [path.relative_to(ROOT) for path in (ROOT / "templates").rglob("*") if path.is_file()]
    site = sources_of(*(name for name in packages() if name not in {"tests", "conftest.py"}))
    unused = find_unused(site, texts, called=[*CALLED_BY_NAME, *FOR_TESTS], registered=REGISTERED)
    everything = find_unused(
        sources_of(*packages()),
        texts,
        called=[*CALLED_BY_NAME, *CALLED_IN_TESTS],
        registered=[*REGISTERED, *REGISTERED_BY_TESTS],
    )
    unused += [line for line in everything if line.startswith("tests/")]
    for line in unused:
        say(line)
    return 1 if unused else 0


if __name__ == "__main__":
    sys.exit(main())
