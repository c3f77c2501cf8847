"""Files at the door: types by content, clean names, limits, and downloads that nothing runs."""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from core.errors import Invalid
from drops.contest import attachments, cleaning, upload_limits
from drops.contest.encodings import encoding_of
from drops.contest.file_types import kind_of
from drops.models import Attachment
from tests.api import Api, is_problem

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00"


@pytest.fixture(autouse=True)
def own_storage(settings: object, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def store(agent: User) -> Callable[..., Attachment]:
    def call(name: str = "a.txt", content: bytes = b"hello", **more: object) -> Attachment:
        upload = SimpleUploadedFile(name, content)
        return attachments.store_attachment(upload=upload, **{"owner": agent, "now": NOW, **more})

    return call


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "hi")
    return buffer.getvalue()


def test_a_stored_file_says_what_it_is(store: Callable[..., Attachment]) -> None:
    attachment = store()
    assert (attachment.name, attachment.content_type, attachment.size) == ("a.txt", "text/plain", 5)
    assert attachment.sha256 == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    with attachment.file.open() as content:
        assert content.read() == b"hello"


def test_a_zip_named_png_is_refused_in_clear_words(store: Callable[..., Attachment], own_storage: Path) -> None:
    with pytest.raises(Invalid, match=r"The name says \.png, but the content is a \.zip file\. Rename it"):
        store("a.png", zipped())
    assert not Attachment.objects.exists() and not list(own_storage.rglob("*"))


def test_a_file_above_the_limit_is_refused_with_413(store: Callable[..., Attachment], settings: object) -> None:
    settings.FILE_BYTES_MAX = 4  # type: ignore[attr-defined]
    with pytest.raises(attachments.FileTooLarge, match="at most 25 MiB") as refusal:
        store()
    assert refusal.value.status == 413
    assert not Attachment.objects.exists()


EMPTY = {
    "nothing": b"",
    "spaces": b" \n\t\r\n",
    "a byte order mark": b"\xef\xbb\xbf",
    "a mark of UTF-16": b"\xff\xfe",
    "zero width": "\u200b\u2060\n".encode(),
    "braille's blank": "\u2800 \u2800".encode("utf-16"),
    "a filler of Hangul": "\u3164".encode(),
    "marks without a letter": "\u0301\u20dd".encode(),
    "many spaces": b" " * 200_000,
}


@pytest.mark.parametrize("content", EMPTY.values(), ids=EMPTY)
def test_an_empty_file_is_refused(store: Callable[..., Attachment], content: bytes) -> None:
    with pytest.raises(Invalid, match="empty"):
        store("a.txt", content)
    assert not Attachment.objects.exists()


def test_a_file_with_one_sign_far_down_is_not_empty(store: Callable[..., Attachment]) -> None:
    assert store("a.txt", b" " * 200_000 + b".").size == 200_001


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("a.png", PNG, "image/png"),
        ("report.docx", zipped(), "application/zip"),
        ("BMW.txt", b"BM is how this text begins, MZ too", "text/plain"),
        ("a.pdf", b"%PDF-1.4 all of it printable", "application/pdf"),
        ("page.html", b"<script>alert(1)</script>", "text/plain"),
        ("data.bin", b"\x00\x01\x02", "application/octet-stream"),
        ("cut.txt", "é".encode() * 5000, "text/plain"),
        ("cut.txt", b"a" + "é".encode() * 5000, "text/plain"),
    ],
)
def test_the_content_decides_the_type(name: str, content: bytes, content_type: str) -> None:
    assert kind_of(name, SimpleUploadedFile(name, content)).content_type == content_type


@pytest.mark.parametrize(("name", "content"), [("a.txt", b"\x00\x01"), ("a.png", b"hello"), ("a.py", PNG)])
def test_a_name_that_promises_something_else_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(Invalid, match="The name says"):
        kind_of(name, SimpleUploadedFile(name, content))


def test_the_same_key_finds_the_file_stored_before(store: Callable[..., Attachment]) -> None:
    assert store(idempotency_key="1:a") == store("b.txt", b"other", idempotency_key="1:a")
    assert Attachment.objects.count() == 1


def test_too_many_loose_files_are_refused_until_the_first_no_longer_counts(
    store: Callable[..., Attachment], monkeypatch: pytest.MonkeyPatch, own_storage: Path
) -> None:
    monkeypatch.setattr(attachments, "UNATTACHED_FILES_MAX", 2)
    store(), store()
    with pytest.raises(attachments.TooManyUploads) as refusal:
        store()
    assert refusal.value.retry_at == NOW + timedelta(days=1)
    assert len([path for path in own_storage.rglob("*") if path.is_file()]) == 2
    assert store(now=NOW + timedelta(days=1))


@pytest.mark.parametrize("uploads", [1, 2])
def test_who_has_no_room_has_nothing_read(
    store: Callable[..., Attachment], agent: User, monkeypatch: pytest.MonkeyPatch, uploads: int
) -> None:
    monkeypatch.setattr(attachments, "UNATTACHED_FILES_MAX", 1)
    store()
    monkeypatch.setattr(attachments, "kind_of", None)
    with pytest.raises(attachments.TooManyUploads):
        attachments.store_attachments(owner=agent, uploads=[SimpleUploadedFile("a.txt", b"a")] * uploads, now=NOW)


def test_a_great_file_that_shifts_at_each_word_is_soon_read() -> None:
    content = b"~{VPND~} " * 300_000
    began = time.thread_time()
    assert encoding_of([content]) is None
    assert time.thread_time() - began < 1


def test_a_download_is_nothing_a_browser_would_open_or_run(store: Callable[..., Attachment]) -> None:
    response = attachments.serve_attachment(store("päge.html", b"<script>alert(1)</script>"))
    assert b"".join(response) == b"<script>alert(1)</script>"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''p%C3%A4ge.html"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    response.close()


def test_a_file_whose_bytes_are_gone_is_not_there(store: Callable[..., Attachment], agent: User) -> None:
    file = store("plan.md", b"# A plan")
    file.file.storage.delete(file.file.name)
    is_problem(Api(agent).get(f"attachments/{file.pk}"), 404, "file_gone")


def test_all_bad_uploads_of_a_request_are_named_at_once_and_none_is_kept(agent: User) -> None:
    sent = [("a.txt", b""), ("b.txt", b"fine"), ("c.png", b"no picture"), ("d.pdf", b"")]
    uploads = [SimpleUploadedFile(name, content) for name, content in sent]
    with pytest.raises(Invalid) as refused:
        attachments.store_attachments(owner=agent, uploads=uploads, now=NOW)
    told = str(refused.value)
    assert [name for name, _ in sent if f"“{name}”" in told] == ["a.txt", "c.png", "d.pdf"]
    assert not Attachment.objects.exists()


def test_uploads_of_a_request_that_comes_twice_are_kept_once(agent: User) -> None:
    def send() -> list[Attachment]:
        uploads = [SimpleUploadedFile(name, b"fine") for name in ("a.txt", "b.txt")]
        return attachments.store_attachments(owner=agent, uploads=uploads, now=NOW, idempotency_key="once")

    assert [file.pk for file in send()] == [file.pk for file in send()]
    assert Attachment.objects.count() == 2


def test_refused_uploads_count_and_beyond_so_many_none_is_looked_at(store, rival, monkeypatch) -> None:
    for _ in range(upload_limits.REFUSED_MAX - 2):
        with pytest.raises(Invalid):
            store("a.png", b"no picture")
    several = [SimpleUploadedFile(name, b"no picture") for name in ("a.png", "b.png")]
    with pytest.raises(Invalid):
        attachments.store_attachments(owner=User.objects.get(email="agent@example.com"), uploads=several, now=NOW)
    monkeypatch.setattr(attachments, "kind_of", lambda *looked_at: pytest.fail("It was looked at."))
    with pytest.raises(upload_limits.TooManyRefusedUploads) as refusal:
        store("a.txt", b"hello")
    assert refusal.value.retry_at == NOW + timedelta(hours=1)
    monkeypatch.undo()
    assert store("a.txt", b"hello", now=NOW + timedelta(hours=1)) and store("b.txt", b"hello", owner=rival)


def test_bytes_that_no_row_names_are_swept_once_they_are_old(store, own_storage):
    kept = store()
    folder = own_storage / "attachments" / "ab"
    folder.mkdir(parents=True, exist_ok=True)
    old, fresh = folder / "old", folder / "fresh"
    for path in (old, fresh):
        path.write_bytes(b"half of it")
    for path in (old, Path(kept.file.path)):
        os.utime(path, (0, 0))
    now = datetime.now(UTC)
    assert cleaning.purge_litter(now=now, files_max=10) == 1
    assert (old.exists(), fresh.exists(), Path(kept.file.path).exists()) == (False, True, True)
    assert cleaning.purge_litter(now=now, files_max=10) == 0
