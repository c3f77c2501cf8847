"""Reads a page for words of strangers that do not run in their own direction."""

from __future__ import annotations

from html.parser import HTMLParser

# No end tag follows them.
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "use", "wbr"}
# Nothing of it is laid out by us, or it is for programs.
NOT_SHOWN = {"title", "script", "style", "head"}


class Directions(HTMLParser):
    """`faults` names the elements with a text that has `mark` in it and no direction of its own, or that has words of
    ours before it in the same run; `found` counts all. A text with `mark` in it begins with `mark`."""

    def __init__(self, mark: str) -> None:
        super().__init__()
        self.mark = mark
        self.open: list[tuple[str, bool]] = []
        self.faults: list[str] = []
        self.found = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        has_own = tag == "bdi" or given.get("dir") == "auto"
        if tag == "input" and given.get("type") != "hidden" and self.mark in (given.get("value") or ""):
            self.note(has_own, f"<input name={given.get('name')}>")
        if tag not in EMPTY:
            self.open.append((tag, has_own))

    def handle_endtag(self, tag: str) -> None:
        names = [name for name, _ in self.open]
        if tag in names:
            del self.open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if self.mark in data and not NOT_SHOWN & {name for name, _ in self.open}:
            path = " ".join(name for name, _ in self.open[-4:])
            has_own = any(has_own for _, has_own in self.open) and data.lstrip().startswith(self.mark)
            self.note(has_own or set_apart(data, self.mark), f"{path}: {data.strip()[:60]}")

    def note(self, has_own: bool, where: str) -> None:
        self.found += 1
        if not has_own:
            self.faults.append(where)


def set_apart(sentence: str, mark: str) -> bool:
    """Whether all that begins with `mark` in a plain text stands between isolates."""
    return all(piece.endswith("\u2068") for piece in sentence.split(mark)[:-1])


def directions_of(html: str, mark: str) -> Directions:
    reader = Directions(mark)
    reader.feed(html)
    return reader
