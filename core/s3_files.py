"""Files in a bucket of a store that speaks S3. Nobody is sent there: what is read goes through us, and our checks.

Only settings name this module, and only where a bucket is configured: its packages are optional.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from functools import wraps
from tempfile import SpooledTemporaryFile
from typing import IO, Any, ParamSpec, TypeVar, cast

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files import File
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from core.disk_full import DiskFull
from core.files import StoreAway

log = logging.getLogger(__name__)

# A store that is frozen costs each call its whole timeout, so after one failure nobody asks for a while.
AWAY_SECONDS = 5.0
# What people upload goes in one piece, which is there or not; only a larger copy of somebody's data goes in more.
PIECE_BYTES = 64 * 1024**2
# Whoever should come to read a file at the store itself gets neither a page nor a picture.
AS_STORED = {"ContentType": "application/octet-stream", "ContentDisposition": "attachment"}
GONE = {"NoSuchKey", "404"}
FULL = {"InsufficientStorage", "QuotaExceeded", "XMinioStorageFull"}

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
_making = threading.Lock()


def asking(ask: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Have a method raise StoreAway, DiskFull or FileNotFoundError for what the store or the way to it says."""

    @wraps(ask)
    def asked(*given: Given.args, **more: Given.kwargs) -> Answer:
        store = cast("S3Files", given[0])
        if time.monotonic() < store.away_until:
            raise StoreAway
        try:
            return ask(*given, **more)
        except ClientError as error:
            raise _told(error) from error
        except BotoCoreError as error:
            store.away_until = time.monotonic() + AWAY_SECONDS
            log.error("the store of files is away (%s)", type(error).__name__)
            raise StoreAway from error

    return asked


def _told(error: ClientError) -> Exception:
    """Return the exception that stands here for an error that the store tells of."""
    code, about = error.response.get("Error", {}).get("Code", ""), error.response.get("ResponseMetadata", {})
    if code in GONE:
        return FileNotFoundError(str(error))
    log.error("the store of files refuses (%s)", code)
    return DiskFull() if code in FULL or about.get("HTTPStatusCode") == 507 else StoreAway()


class S3Files(S3Storage):
    """As S3Storage, with errors of ours, short waits, one client for all threads, and no addresses of files."""

    def __init__(self, **options: Any) -> None:
        self.away_until = 0.0
        self._made: Any = None
        style = "path" if options.get("endpoint_url") else "auto"
        super().__init__(
            **options,
            default_acl=None,
            file_overwrite=True,  # names are used once (but see `exporting._store`); asking would be one more question
            object_parameters=AS_STORED,
            transfer_config=TransferConfig(multipart_threshold=PIECE_BYTES, use_threads=False),
            client_config=Config(
                connect_timeout=2,
                read_timeout=10,
                retries={"mode": "standard", "total_max_attempts": 2},
                max_pool_connections=50,
                s3={"addressing_style": style},
                signature_version="s3v4",
                # Not every store that speaks S3 knows the newer checksums. Ours stand beside the row.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    @property
    def connection(self) -> Any:
        """One for all threads: each request has a thread of its own, and making one takes a tenth of a second."""
        with _making:
            if self._made is None:
                about = {"use_ssl": self.use_ssl, "verify": self.verify, "config": self.client_config}
                session = self._create_session()
                self._made = session.resource(
                    "s3", region_name=self.region_name, endpoint_url=self.endpoint_url, **about
                )
            return self._made

    @asking
    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        """The whole file, fetched before the first byte of it is sent to anybody: an answer is never cut short."""
        if mode != "rb":
            raise ValueError("Files of a bucket are only read.")
        with closing(self.bucket.Object(self._normalize_name(clean_name(name))).get()["Body"]) as body:
            whole = SpooledTemporaryFile(max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115
            try:
                shutil.copyfileobj(body, whole)
            except BaseException:
                whole.close()
                raise
        whole.seek(0)
        return File(cast("IO[bytes]", whole), name)

    @asking
    def _save(self, name: str, content: File[bytes]) -> str:
        return str(super()._save(name, content))

    @asking
    def delete(self, name: str) -> None:
        super().delete(name)

    def listed_below(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """Path and time of each file below a folder, by pages of a thousand, which ask of no file by itself."""
        below = f"{self._normalize_name(clean_name(folder))}/"
        pages = iter(
            self.connection.meta.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name, Prefix=below)
        )
        while page := self._next(pages):
            for entry in page.get("Contents", ()):
                yield f"{folder}/{entry['Key'].removeprefix(below)}", entry["LastModified"]

    @asking
    def _next(self, pages: Iterator[dict[str, Any]]) -> dict[str, Any] | None:
        return next(pages, None)

    def url(self, *_: Any, **__: Any) -> str:
        """No address: whoever has one needs no right."""
        raise NotImplementedError("Files are read through the site alone.")
