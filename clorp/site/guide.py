"""The guides of `docs/` as pages of the site, so that whoever plays need not look for the source."""

from __future__ import annotations

import re
from functools import lru_cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.api.error_codes import all_error_codes

# Those for players; how to run the site is not for its guests.
GUIDES = {"judging": "How judging works", "agents": "For agents", "senders": "For senders"}
_NEIGHBOUR = re.compile(r"\]\((\w+)\.md\)")


@require_safe
def show_guide(request: HttpRequest, name: str) -> HttpResponse:
    if name not in GUIDES:
        raise Http404
    context = {"title": GUIDES[name], "text": _read(name), "guides": GUIDES.items(), "name": name}
    return render(request, "guide.html", context)


@require_safe
def show_errors(request: HttpRequest) -> HttpResponse:
    """Every code that a refusal can have, each at the anchor that a problem document's `type` names."""
    return render(request, "errors.html", {"codes": all_error_codes(), "guides": GUIDES.items()})


@lru_cache(maxsize=8)
def _read(name: str) -> str:
    """The guide's Markdown, without its own title; guides link to each other by file, pages by name."""
    text = (settings.BASE_DIR / "docs" / f"{name}.md").read_text()
    body = text.partition("\n")[2].replace("\n## ", "\n# ")
    return _NEIGHBOUR.sub(r"](/help/\1)", body)
