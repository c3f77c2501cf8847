"""Reading from this machine: texts from arguments, files and pipes, and files to attach."""

from __future__ import annotations

import hashlib
import mimetypes
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

from clorp_cli.errors import Failure, wrong_usage
from clorp_cli.words import gettext as _
from clorp_cli.words import ngettext

FILES_MAX, FILE_BYTES_MAX = 10, 25 * 2**20
PIECE_BYTES = 2**16


def read_text(text: str | None, file: str | None, *, missing: str, hint: str) -> str:
    """Return a text given as an argument, in a file, or on stdin (named "-", or where that is no terminal)."""
    if text is not None and file is not None:
        raise wrong_usage(_("Give the text once: as an argument or as a file."))
    if text is not None and text != "-":
        return _well_formed(text)
    if text is None and file is not None and file != "-":
        try:
            return decoded(Path(file).read_bytes(), file)
        except OSError as error:
            raise unreadable(file, error) from None
    if text is None and file is None and sys.stdin.isatty():
        raise wrong_usage(missing, hint)
    return decoded(sys.stdin.buffer.read(), "stdin")


def decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        words = _("{name} is no text in UTF-8.").format(name=name)
        raise wrong_usage(words, _("Attach other files with -a.")) from None


def _well_formed(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise wrong_usage(_("What you gave is no text in UTF-8.")) from None
    return text


def unreadable(name: str, error: OSError) -> Failure:
    return wrong_usage(_("{name} can't be read: {error}.").format(name=name, error=error.strerror or error))


Progress = Callable[[int], None]


@dataclass(frozen=True)
class Upload:
    """A file to attach. `progress` is told of every piece that was read to be sent."""

    path: Path
    progress: Progress

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def content_type(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    @cached_property
    def sha256(self) -> str:
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @contextmanager
    def opened(self) -> Iterator[Metered]:
        with self.path.open("rb") as file:
            yield Metered(file, self.progress)


class Metered:
    """A file that tells how much of it was read, for httpx, which reads it in pieces and may begin again."""

    def __init__(self, file: IO[bytes], progress: Progress) -> None:
        self.file, self.progress = file, progress

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size if size > 0 else PIECE_BYTES)
        self.progress(len(piece))
        return piece

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def fileno(self) -> int:
        return self.file.fileno()


def uploads(paths: tuple[str, ...], progress: Callable[[str, int], Progress]) -> list[Upload]:
    """Return files to attach, in their order; refused before anything is sent."""
    if len(paths) > FILES_MAX:
        words = ngettext(
            "That is {count} file; at most {most} can be attached.",
            "That is {count} files; at most {most} can be attached.",
            len(paths),
        )
        raise wrong_usage(words.format(count=len(paths), most=FILES_MAX), _("Pack them into one."))
    files = []
    for name in paths:
        path = Path(name)
        try:
            size = path.stat().st_size
            with path.open("rb"):
                pass
        except OSError as error:
            raise unreadable(name, error) from None
        if size > FILE_BYTES_MAX:
            words = _("{name} has {size} MB; at most {most} can be attached.")
            raise wrong_usage(words.format(name=name, size=size // 2**20, most=FILE_BYTES_MAX // 2**20))
        files.append(Upload(path, progress(path.name, size)))
    return files
