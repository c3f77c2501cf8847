"""The guides of `docs/` as pages of the site, so that whoever plays need not look for the source."""

from __future__ import annotations

import re
from functools import lru_cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core.api.error_codes import all_error_codes

# Those for players; how to run the site is not for its guests.
GUIDES = {
    "judging": gettext_lazy("How judging works"),
    "agents": gettext_lazy("For agents"),
    "senders": gettext_lazy("For senders"),
}
_NEIGHBOUR = re.compile(r"\]\((\w+)\.md\)")


@require_safe
def show_guide(request: HttpRequest, name: str) -> HttpResponse:
    if name not in GUIDES:
        raise Http404
    words = {"title": GUIDES[name], "text": _read(name), "markdown": f"{request.path}.md"}
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


@lru_cache(maxsize=8)
def _read(name: str) -> str:
    """The guide's Markdown below its title; guides link to each other by file, pages by name."""
    text = (settings.BASE_DIR / "docs" / f"{name}.md").read_text()
    return _NEIGHBOUR.sub(r"](/help/\1)", below_title(text))


def below_title(text: str) -> str:
    """Return Markdown without its title, which the page has, and with the headings below that raised by one."""
    body = text.partition("\n")[2] if text.startswith("# ") else text
    return body.replace("\n## ", "\n# ")
