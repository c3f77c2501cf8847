"""Files: a bucket in place of the folder, and that none is asked for while a transaction is open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection

from tests.s3_store import S3Store


@pytest.fixture(scope="session")
def s3_store() -> Iterator[S3Store]:
    store = S3Store()
    store.start()
    yield store
    store.stop()


@pytest.fixture
def bucket(s3_store: S3Store, settings: Any) -> S3Store:
    """The site's files lie in an empty bucket."""
    s3_store.empty()
    files = {"BACKEND": "core.s3_files.S3Files", "OPTIONS": s3_store.options()}
    settings.STORAGES = {**settings.STORAGES, "default": files}
    return s3_store


@pytest.fixture(autouse=True)
def files_outside_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """They may lie in a bucket, and no transaction waits for the network. The test's own does not count."""
    for name in ("_open", "_save", "delete"):
        monkeypatch.setattr(FileSystemStorage, name, _outside(getattr(FileSystemStorage, name)))


def _outside(ask: Any) -> Any:
    def asked(*given: Any, **more: Any) -> Any:
        opened = [block for block in connection.atomic_blocks if not block._from_testcase]
        assert not opened, "A file is asked for inside a transaction."
        return ask(*given, **more)

    return asked
