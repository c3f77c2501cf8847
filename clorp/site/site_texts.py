"""Terms, privacy and contact: the operator's own words where they have put some, else drafts that come with clorp."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clorp.site.guide import below_title
from core.api.public_cache import shared_with_strangers

DOCS = settings.BASE_DIR / "docs"
TITLES = {"terms": gettext_lazy("Terms"), "privacy": gettext_lazy("Privacy"), "contact": gettext_lazy("Contact")}
# The drafts lie beside the guides, and link to files as those do.
_GUIDE, _NEIGHBOUR = re.compile(r"\]\(\.\./(\w+)\.md\)"), re.compile(r"\]\((\w+)\.md\)")
NOBODY_TO_WRITE_TO = gettext_lazy("The people who run this site haven't said yet how to reach them.")


@shared_with_strangers
@require_safe
def show_site_text(request: HttpRequest, name: str) -> HttpResponse:
    pages = {reverse(each): words for each, words in TITLES.items()}
    context = {"shelf": _("About this site"), "pages": pages, "title": TITLES[name], "text": read_site_text(name)}
    return render(request, "guide.html", context | {"text_language": _file_of(name)[1]})


def read_site_text(name: str) -> str:
    """Return the Markdown of one of TITLES, without its title; `{contact}` in it becomes how to reach the operator."""
    body = below_title(_file_of(name)[0].read_text(encoding="utf-8"))
    return _NEIGHBOUR.sub(r"](/\1)", _GUIDE.sub(r"](/help/\1)", body)).replace("{contact}", _contact())


def _file_of(name: str) -> tuple[Path, str]:
    """Return the file and the language it is in: "" for an operator's own text, which is in whatever they wrote."""
    own = Path(settings.SITE_TEXTS, f"{name}.md") if settings.SITE_TEXTS else None
    if own is not None and own.is_file():
        return own, ""
    language = get_language() or "en"
    draft = DOCS / language / "site" / f"{name}.md"
    return (draft, language) if draft.is_file() else (DOCS / "site" / f"{name}.md", "en")


def _contact() -> str:
    mail = settings.CONTACT_EMAIL
    return _("Write to [{mail}](mailto:{mail}).").format(mail=mail) if mail else str(NOBODY_TO_WRITE_TO)
