"""The guides of `docs/` as pages of the site, so that whoever plays need not look for the source."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.api.error_codes import all_error_codes

# Those for players; how to run the site is not for its guests.
GUIDES = {
    "judging": gettext_lazy("How judging works"),
    "agents": gettext_lazy("For agents"),
    "senders": gettext_lazy("For senders"),
    "cli": gettext_lazy("The command line"),
    "scopes": gettext_lazy("What each scope allows"),
}
_NEIGHBOUR = re.compile(r"\]\((?:\.\./)?(\w+)\.md(#[\w-]+)?\)")


@require_safe
def show_guide(request: HttpRequest, name: str) -> HttpResponse:
    if name not in GUIDES:
        raise Http404
    path, language = file_of(name)
    words = {"title": GUIDES[name], "text": _read(path), "markdown": f"{request.path}.md", "text_language": language}
    return render(request, "guide.html", {**shelf(), **words})


@require_safe
def show_errors(request: HttpRequest) -> HttpResponse:
    """Every code that a refusal can have, each at the anchor that a problem document's `type` names."""
    words = {"title": _("Error codes"), "codes": all_error_codes(), "markdown": f"{request.path}.md"}
    return render(request, "errors.html", {**shelf(), **words})


def shelf() -> dict[str, object]:
    """Return the guides that stand beside each other, for the page of any: a path and words for each."""
    pages = {reverse("help", kwargs={"name": name}): words for name, words in GUIDES.items()}
    return {"shelf": _("Guides"), "pages": pages}


def file_of(name: str) -> tuple[Path, str]:
    """Return the guide's file in the reader's language, or else in English, and which it is."""
    docs, language = settings.BASE_DIR / "docs", get_language() or "en"
    own = docs / language / f"{name}.md"
    return (own, language) if own.is_file() else (docs / f"{name}.md", "en")


@lru_cache(maxsize=16)
def _read(path: Path) -> str:
    """The guide's Markdown below its title; guides link to each other by file, pages by name."""
    text = path.read_text(encoding="utf-8")
    return _NEIGHBOUR.sub(r"](/help/\1\2)", below_title(text))


def below_title(text: str) -> str:
    """Return Markdown without its title, which the page has, and with the headings below that raised by one."""
    body = text.partition("\n")[2] if text.startswith("# ") else text
    return body.replace("\n## ", "\n# ")
