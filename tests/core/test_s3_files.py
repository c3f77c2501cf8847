"""Files in a bucket: read through us alone, whole or not at all, and a store that is away is said as that."""

from __future__ import annotations

import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage

from core.disk_full import DiskFull
from core.errors import Refused
from core.files import StoreAway, let_go, stored_below
from core.s3_files import S3Files
from tests.s3_store import BUCKET, S3Store

PATH = "attachments/ab/one"


class Sent(ContentFile):
    """An upload, which says of itself that it is a page."""

    content_type = "text/html"


def test_what_is_stored_is_there_whole_and_gone_once_deleted(bucket):
    content = b"The ferry of the pier. " * 100_000
    assert default_storage.save(PATH, Sent(content)) == PATH
    assert bucket.paths() == [f"one/{PATH}"]
    with default_storage.open(PATH) as file:
        assert (file.read(), file.size) == (content, len(content))
    default_storage.delete(PATH)
    default_storage.delete(PATH)
    assert bucket.paths() == []
    with pytest.raises(FileNotFoundError):
        default_storage.open(PATH)


def test_nobody_reads_at_the_store_itself(bucket):
    default_storage.save(PATH, Sent(b"<script>"))
    with pytest.raises(NotImplementedError):
        default_storage.url(PATH)
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{bucket.url}/{BUCKET}/one/{PATH}")  # noqa: S310
    told = bucket.client.head_object(Bucket=BUCKET, Key=f"one/{PATH}")
    assert (told["ContentType"], told["ContentDisposition"]) == ("application/octet-stream", "attachment")


@pytest.mark.parametrize("kind", ["bucket", "folder"])
def test_all_below_a_folder_is_listed_with_when_it_came(kind, request, tmp_path):
    if kind == "bucket":
        request.getfixturevalue("bucket")
    storage = default_storage if kind == "bucket" else FileSystemStorage(tmp_path)
    for path in (PATH, "attachments/cd/two", "exports/three"):
        storage.save(path, ContentFile(b"words"))
    stored = dict(stored_below(storage, "attachments"))
    assert sorted(stored) == [PATH, "attachments/cd/two"] and [*stored_below(storage, "nowhere")] == []
    assert all(abs(datetime.now(UTC) - came_at) < timedelta(minutes=5) for came_at in stored.values())


def test_a_list_goes_on_after_its_first_page(bucket):
    storage = S3Files(**bucket.options())
    pages = []

    def of_two(params, **_):
        pages.append(params)
        return {**params, "MaxKeys": 2}

    storage.connection.meta.client.meta.events.register("provide-client-params.s3.ListObjectsV2", of_two)
    paths = {storage.save(f"attachments/{number}", ContentFile(b"")) for number in range(5)}
    assert {path for path, _ in stored_below(storage, "attachments")} == paths and (len(paths), len(pages)) == (5, 3)


def test_a_store_that_is_away_is_asked_once_and_then_left_alone_for_a_while():
    store = S3Store()
    files = S3Files(**store.options())
    for ask in (files.open, files.delete, lambda path: [*stored_below(files, path)]):
        with pytest.raises(StoreAway):
            ask(PATH)
    with pytest.raises(StoreAway):
        files.save(PATH, ContentFile(b"words"))
    let_go(files, PATH)
    assert files.away_until > 0 and StoreAway.status == 503 and StoreAway.is_retryable()


def test_a_missing_bucket_is_no_missing_file(bucket):
    files = S3Files(**{**bucket.options(), "bucket_name": "another"})
    with pytest.raises(StoreAway):
        files.open(PATH)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("QuotaExceeded", 403, DiskFull),
        ("XMinioStorageFull", 507, DiskFull),
        ("Whatever", 507, DiskFull),
        ("SlowDown", 503, StoreAway),
        ("AccessDenied", 403, StoreAway),
    ],
)
def test_what_the_store_says_is_told_apart(code, status, kind, monkeypatch):
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    files = S3Files(**S3Store().options())

    def refuse(*_, **__):
        raise ClientError(answer, "PutObject")

    monkeypatch.setattr(files.connection.meta.client, "_make_api_call", refuse)
    with pytest.raises(Refused) as refusal:
        files.save(PATH, ContentFile(b"words"))
    assert type(refusal.value) is kind and files.away_until == 0
