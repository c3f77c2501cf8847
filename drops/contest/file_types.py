"""Which kind of file somebody sent: told by its content, never by its name, and refused where the two disagree."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import NamedTuple

import filetype
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Invalid
from drops.contest.encodings import UTF_8, encoding_of

HEAD_BYTES = 8192
TEXT, UNKNOWN = "text/plain", "application/octet-stream"

# Types that share one container format: their first bytes do not always tell them apart.
_FAMILIES = (
    {"zip", "docx", "xlsx", "pptx", "odt", "ods", "odp", "epub", "jar", "apk", "whl"},
    {"mp4", "m4v", "m4a", "mov", "3gp", "heic", "avif"},
    {"mkv", "webm"},
    {"ogg", "oga", "ogv", "opus"},
    {"doc", "xls", "ppt"},
    {"gz", "tgz"},
    {"jpg", "jpeg"},
    {"tif", "tiff"},
)
_KNOWN = {kind.extension for kind in filetype.TYPES}.union(*_FAMILIES)
_CODE = {"c", "css", "diff", "go", "h", "java", "js", "patch", "py", "rb", "rs", "sh", "sql", "ts"}
_TEXT = _CODE | {"csv", "htm", "html", "json", "md", "svg", "toml", "tsv", "txt", "xml", "yaml", "yml"}
# Formats that may begin with nothing but printable text and are no text all the same.
_PRINTABLE_FORMATS = {"pdf", "rtf", "ps"}
_SAVE_AS_UTF_8 = gettext_lazy(
    "This .{} file isn't in UTF-8, and we can't tell for certain which encoding it's in. Save it "
    "as UTF-8 (in most editors under Save as, Encoding), then send it again."
)
_UNREADABLE = gettext_lazy("no text that we can read: save it as text in UTF-8, or send it under its own ending")
_NO_CONTROLS = gettext_lazy(
    "This .{} file contains control characters, such as a terminal's colours, which aren't text. "
    "Take them out, then send it again."
)


class Kind(NamedTuple):
    """A media type and, of text, the registered name of its encoding."""

    content_type: str
    charset: str = ""


def kind_of(name: str, upload: UploadedFile) -> Kind:
    """Return of which kind an upload is. Raises Invalid where the name's ending promises another, or text that can't
    be read for certain."""
    upload.seek(0)
    head = upload.read(HEAD_BYTES)
    upload.seek(0)
    promised = PurePosixPath(name).suffix[1:].lower()
    file_type = filetype.guess(head)
    if file_type is not None and file_type.extension in _PRINTABLE_FORMATS:
        return Kind(_as_promised(promised, file_type))
    if promised not in _TEXT and not _is_text(head):
        return Kind(_as_promised(promised, file_type))
    charset_read = encoding_of(upload.chunks())
    upload.seek(0)
    charset = None if charset_read == UTF_8 and not _is_text(head) else charset_read
    if charset is not None and (promised in _TEXT or charset == UTF_8):
        return Kind(_as_promised(promised, None, is_text=True), charset)
    if promised in _TEXT and file_type is None and not _has_controls(head):
        sentence = _NO_CONTROLS if charset_read == UTF_8 else _SAVE_AS_UTF_8
        raise Invalid({"file": sentence.format(promised)})
    return Kind(_as_promised(promised, file_type))


def _as_promised(promised: str, file_type: filetype.Type | None, *, is_text: bool = False) -> str:
    """Return the media type of what was found. Raises Invalid where the name promises another."""
    actual = file_type.extension if file_type else "text" if is_text else "unknown"
    if not _keeps_promise(promised, actual):
        raise Invalid({"file": _broken(promised, actual)})
    if file_type is not None:
        return str(file_type.mime)
    return TEXT if is_text else UNKNOWN


def _broken(promised: str, actual: str) -> str:
    """Return what the name says, what the content is, and what to do about it."""
    if actual == "unknown" and promised in _TEXT:
        return _("The name says .{promised}, but the content is {described}.").format(
            promised=promised, described=_UNREADABLE
        )
    described = {"text": _("plain text"), "unknown": _("something else")}.get(
        actual, _("a .{actual} file").format(actual=actual)
    )
    told = _("The name says .{promised}, but the content is {described}. Rename it to match, or send the right file.")
    return told.format(promised=promised, described=described)


def _keeps_promise(promised: str, actual: str) -> bool:
    if promised in _TEXT:
        return actual == "text"
    if promised not in _KNOWN:
        return True
    return promised == actual or any({promised, actual} <= family for family in _FAMILIES)


def _is_text(head: bytes) -> bool:
    """UTF-8 without control characters; the head may end within a character."""
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if len(head) - error.start >= 4 or len(head) < HEAD_BYTES:
            return False
        text = head[: error.start].decode()
    return not any(char < " " and char not in "\t\n\r\f" for char in text)


def _has_controls(head: bytes) -> bool:
    """Whether there are bytes that stand in no text, whatever its encoding."""
    return any(byte < 0x20 and byte not in b"\t\n\r\f\x1b" for byte in head)
