"""Files at the door: types by content, clean names, limits, and downloads that nothing runs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from core.errors import Invalid
from drops.contest import attachments
from drops.contest.file_types import kind_of
from drops.models import Attachment

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00"


@pytest.fixture(autouse=True)
def own_storage(settings: object, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def store(agent: User) -> Callable[..., Attachment]:
    def call(name: str = "a.txt", content: bytes = b"hello", **more: object) -> Attachment:
        return attachments.store_attachment(
            owner=agent, upload=SimpleUploadedFile(name, content), **{"now": NOW, **more}
        )

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
    with pytest.raises(Invalid, match=r"The name says \.png, but the content is a \.zip file\."):
        store("a.png", zipped())
    assert not Attachment.objects.exists() and not list(own_storage.rglob("*"))


def test_a_file_above_the_limit_is_refused_with_413(store: Callable[..., Attachment], settings: object) -> None:
    settings.FILE_BYTES_MAX = 4  # type: ignore[attr-defined]
    with pytest.raises(attachments.FileTooLarge, match="at most 25 MiB") as refusal:
        store()
    assert refusal.value.status == 413
    assert not Attachment.objects.exists()


def test_an_empty_file_is_refused(store: Callable[..., Attachment]) -> None:
    with pytest.raises(Invalid, match="empty"):
        store("a.txt", b"")


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


def test_a_download_is_nothing_a_browser_would_open_or_run(store: Callable[..., Attachment]) -> None:
    response = attachments.serve_attachment(store("päge.html", b"<script>alert(1)</script>"))
    assert b"".join(response) == b"<script>alert(1)</script>"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''p%C3%A4ge.html"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    response.close()


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
