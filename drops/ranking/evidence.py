"""Our own evidence on an entry's code: whether it parses. It is read, never run."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Callable, Iterator, Sequence

from drops.ranking.field import FileText
from drops.ranking.likeness import fenced_blocks

LINES_MAX = 12
PARSED_CHARS_MAX = 200_000
_LANGUAGES = {"python": "Python", "py": "Python", "python3": "Python", "json": "JSON"}


def describe_code(text: str, files: Sequence[FileText]) -> tuple[str, ...]:
    """Sentences of our own about the code in an entry; none of them repeats anything out of it.

    File names must already be ours.
    """
    lines = [f"Has {len(files)} {'file' if len(files) == 1 else 'files'}."] if files else []
    lines += [f"{file.name} is {file.about}; it is not shown." for file in files if file.about]
    verdicts = list(_verdicts(text, files))
    if len(verdicts) > LINES_MAX:
        verdicts[LINES_MAX - 1 :] = ["There is more code than was checked."]
    return (*lines, *verdicts)


def _verdicts(text: str, files: Sequence[FileText]) -> Iterator[str]:
    for number, (language, code) in enumerate(fenced_blocks(text), start=1):
        if language in _LANGUAGES:
            yield _verdict(_LANGUAGES[language], f"block {number}", code)
    for file in files:
        ending = file.name.rpartition(".")[2].lower()
        if ending in {"py", "json"} and not file.about:
            yield _verdict(_LANGUAGES[ending], file.name, file.text)


def _verdict(language: str, place: str, code: str) -> str:
    if len(code) > PARSED_CHARS_MAX:
        return f"The {language} in {place} is too long to check."
    reads = _reads_as_python if language == "Python" else _reads_as_json
    return f"The {language} in {place} {'parses' if _survives(reads, code) else 'does not parse'}."


def _survives(read: Callable[[str], object], code: str) -> bool:
    try:
        read(code)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        # Code that no parser can get through is no better than code that is wrong.
        return False
    return True


def _reads_as_python(code: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ast.parse(code)


def _reads_as_json(code: str) -> None:
    json.loads(code)
