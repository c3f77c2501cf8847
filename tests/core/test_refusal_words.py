"""That nothing was changed is said once: by the page of a refusal, for all of them, and not again by its own words."""

from __future__ import annotations

import ast
import re

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.translation import override

from clorp.dev.environment import ROOT
from core.api.error_codes import all_error_codes, refusals_below
from core.errors import Refused
from tests.house import ROOMS

# As it is said here in the languages of the site, of what was changed, and of money.
SAID = {
    "en": re.compile(
        r"(nothing|no money) (was |is |has been )?(changed|charged|stored|paid|moved|started|posted)|(not|n't) charged",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"nichts (wurde |ist )?(geändert|belastet|abgebucht|berechnet|gespeichert|bezahlt|begonnen|gestartet)"
        r"|(nichts|kein geld) bewegt|nicht belastet",
        re.IGNORECASE,
    ),
}
ERROR_PAGES = ["400.html", "403.html", "403_csrf.html", "404.html", "405.html", "500.html", "503.html"]


def all_refusals():
    all_error_codes()  # imports whatever defines one
    return sorted({each for each in refusals_below(Refused) if each.__module__.split(".")[0] in ROOMS}, key=repr)


def written_where_raised():
    """Yield where a refusal is made with words of its own, and the words."""
    names = {refusal.__name__ for refusal in all_refusals()}
    for file in (file for room in ROOMS for file in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                for part in ast.walk(node):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield f"{file.relative_to(ROOT)}:{part.lineno}", part.value


def sayings(html, language):
    return [match.group() for match in SAID[language].finditer(" ".join(strip_tags(html).split()))]


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_refusal_shows_once_that_nothing_was_changed(language):
    assert len(all_refusals()) > 150
    with override(language):
        for refusal in all_refusals():
            shown = {"refusal": Refused(refusal.message, next_step=refusal.next_step)}
            # The line says both in one breath: of what was changed, and of money.
            assert len(sayings(render_to_string("parts/refusal.html", shown), language)) == 2, refusal


def test_no_refusal_says_it_again_where_it_is_raised():
    written = list(written_where_raised())
    assert len(written) > 100
    assert [(where, words) for where, words in written if SAID["en"].search(words)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", ERROR_PAGES)
@pytest.mark.parametrize("case", [{}, {"is_anothers": True}, {"has_no_cookies": True, "typed": {"prompt": "Fish."}}])
def test_no_error_page_says_it_twice(name, case, language, rf):
    with override(language):
        page = render_to_string(name, {**case, "sentence": "Closed.", "retry_seconds": 60, "page": "/"}, rf.get("/"))
    assert len(sayings(page, language)) <= 1
