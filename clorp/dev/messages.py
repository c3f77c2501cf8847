"""`./run messages`: bring the catalogues up to date with what is marked, and compile them.

Those of clorp/locale are the site's, those of cli/clorp_cli/locale the command line's. `--check` changes nothing, and
tells what is missing. Marks are read from the syntax tree of Python and from Django's own reading of templates, so
nothing but this environment is needed; what is read when it runs (`.mo`) is kept in the repository, since the machine
that runs it has no tools at all.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from clorp.dev import cli_words
from clorp.dev.catalogue_faults import catalogue_faults
from clorp.dev.cli_words import Calls
from clorp.dev.environment import ROOT
from clorp.dev.say import say

LOCALE = ROOT / "clorp" / "locale"
CLI_LOCALE = cli_words.PACKAGE / "locale"
ROOMS = ("core", "accounts", "wallet", "drops", "clorp")
HEADER = r"""# Translations of clorp. How we speak, and which word stands for which: docs/translating.md.
msgid ""
msgstr ""
"Language: {language}\n"
"Plural-Forms: {plural};\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""
# What Django, allauth and click say, and we say otherwise: whole sentences of theirs that stand in no file of ours.
BORROWED = "borrowed.txt"
# Which arguments of a mark are the context, the sentence, and the sentence for many.
SHAPES = {
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*({STRING}(?:\s*,\s*{STRING})*)")

# The context, where there is one, and the sentence.
Key = tuple[str | None, str]


@dataclass
class Message:
    plural: str | None = None
    places: list[str] = field(default_factory=list)


def run_messages(arguments: list[str]) -> int:
    is_check, count = "--check" in arguments, 0
    faults = []
    for locale, read_marks in BOOKS.items():
        marked = read_marks()
        count += len(marked)
        for path in sorted(locale.glob("*/LC_MESSAGES/*.po")):
            if not is_check:
                update(path, marked)
            faults += [f"{path.relative_to(ROOT)}: {fault}" for fault in catalogue_faults(path, marked)]
    for fault in faults:
        say(fault)
    say(f"messages: {count} are marked; {len(faults) or 'no'} faults in the catalogues.")
    return 1 if faults else 0


def marked_messages() -> dict[Key, Message]:
    """Return all that is marked in the code and the templates of the site, and where."""
    return collected(*marks_in_python(), *marks_in_templates(), *borrowed(LOCALE))


def marked_in_command_line() -> dict[Key, Message]:
    """Return all that is marked in the command line, or that click shows of it, and where."""
    return collected(*marks_in_command_line(), *borrowed(CLI_LOCALE))


# Whose words stand in which folder.
BOOKS: dict[Path, Callable[[], dict[Key, Message]]] = {LOCALE: marked_messages, CLI_LOCALE: marked_in_command_line}


def collected(*marks: tuple[str, Calls]) -> dict[Key, Message]:
    marked: dict[Key, Message] = {}
    for path, calls in marks:
        for name, strings in calls:
            context, singular, plural = SHAPES[name]
            key = (None if context is None else strings[context], strings[singular])
            message = marked.setdefault(key, Message())
            message.plural = message.plural or (None if plural is None else strings[plural])
            if path not in message.places:
                message.places.append(path)
    return marked


def marks_in_command_line() -> Iterator[tuple[str, Calls]]:
    for path in cli_words.code():
        tree = ast.parse(path.read_text())
        yield str(path.relative_to(ROOT)), chain(calls_in_tree(tree), cli_words.shown_by_click(tree))


def marks_in_python() -> Iterator[tuple[str, Calls]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield str(path.relative_to(ROOT)), calls_in_tree(ast.parse(path.read_text()))


def calls_in_tree(tree: ast.AST) -> Calls:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = cli_words.name_of(node.func)
        name = "gettext" if name in {"_", "gettext_noop", "marked"} else name.removesuffix("_lazy")
        strings = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if name in SHAPES and len(strings) > max(place or 0 for place in SHAPES[name]):
            yield name, strings


def marks_in_templates() -> Iterator[tuple[str, Calls]]:
    for path in sorted((ROOT / "templates").rglob("*.*")):
        if path.suffix in {".html", ".txt", ".xml", ".svg"}:
            yield str(path.relative_to(ROOT)), calls_in_text(templatize(path.read_text(), origin=str(path)))


def calls_in_text(text: str) -> Calls:
    for name, strings in CALL.findall(text):
        yield name if name != "_" else "gettext", [ast.literal_eval(each) for each in re.findall(STRING, strings)]


def borrowed(locale: Path) -> Iterator[tuple[str, Calls]]:
    """Yield what others say that we say otherwise; what has a bar in it is one sentence for one and one for many."""
    path = locale / BORROWED
    lines = path.read_text().splitlines() if path.exists() else []
    calls = [line.replace("\\n", "\n").split(" | ") for line in lines if line and not line.startswith("#")]
    yield str(path.relative_to(ROOT)), iter([("ngettext" if len(each) > 1 else "gettext", each) for each in calls])


def update(path: Path, marked: dict[Key, Message]) -> None:
    """Write the catalogue with all that is marked and nothing else, keeping its translations; then compile it."""
    known = read_catalogue(path)
    catalogue = Catalog(locale=path.parts[-3], fuzzy=False)
    for (context, singular), message in sorted(marked.items(), key=lambda item: (item[1].places[0], item[0][1])):
        old = known.get(singular, context)
        unsaid = "" if message.plural is None else ("",) * catalogue.num_plurals
        is_fit = old is not None and isinstance(old.string, str) == isinstance(unsaid, str)
        catalogue.add(
            singular if message.plural is None else (singular, message.plural),
            old.string if is_fit and old is not None else unsaid,
            locations=[(place, 0) for place in message.places],
            user_comments=[] if old is None else old.user_comments,
            context=context,
        )
    text = io.BytesIO()
    write_po(text, catalogue, width=120, omit_header=True, include_lineno=False)
    path.write_bytes(HEADER.format(language=path.parts[-3], plural=catalogue.plural_forms).encode() + text.getvalue())
    path.with_suffix(".mo").write_bytes(compiled(path))


def read_catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def compiled(path: Path) -> bytes:
    """Return what the site reads of the catalogue; the same catalogue always gives the same."""
    file, catalogue = io.BytesIO(), read_catalogue(path)
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    write_mo(file, catalogue)
    return file.getvalue()
