"""HTTP to judges, with an end: an attempt is over when its time is, however slowly an answer drips in. No answer is
read past a size limit, and no redirect is followed: the operator named one address.
"""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import httpcore2
import httpx2

if TYPE_CHECKING:
    import ssl

ANSWER_BYTES_MAX = 4 * 1024 * 1024
PIECE_BYTES = 64 * 1024
# Nobody asked for it, but some servers pack all the same.
PACKED = {"gzip", "x-gzip"}
UNPACKED = {"", "identity"}


class _Attempt(threading.local):
    """Until when the attempt of this thread may last, by the monotonic clock."""

    until = float("inf")


_attempt = _Attempt()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """End all that is asked in here, in this thread, after so long. Raises what httpx2 raises for a timeout."""
    _attempt.until = time.monotonic() + seconds
    try:
        yield
    finally:
        del _attempt.until


def _left(timeout: float | None) -> float | None:
    left = _attempt.until - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("The whole attempt took too long.")
    if timeout is None:
        return None if left == float("inf") else left
    return min(timeout, left)


class _HurriedStream(httpcore2.NetworkStream):
    """A connection that waits no longer than the attempt lasts: a limit for each read alone lets an answer drip on."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self.stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _HurriedStream(self.stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


class _HurriedBackend(httpcore2.SyncBackend):
    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *args: Any, **options: Any
    ) -> httpcore2.NetworkStream:
        return _HurriedStream(super().connect_tcp(host, port, _left(timeout), *args, **options))


class _Bounded(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, *, is_packed: bool) -> None:
        self.stream, self.is_packed = stream, is_packed

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self._unpacked() if self.is_packed else self.stream:
            size += len(part)
            if size > ANSWER_BYTES_MAX:
                raise httpx2.ReadError("The answer does not end.")
            yield part

    def _unpacked(self) -> Iterator[bytes]:
        """Yield an answer that is packed as gzip, by pieces no larger than may come: a little can be without end."""
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            for part in self.stream:
                left = part
                while left:
                    yield unpacker.decompress(left, PIECE_BYTES)
                    left = unpacker.unconsumed_tail
                # Whatever follows its end is read no further, or it would be kept.
                if unpacker.eof:
                    return
        except zlib.error as error:
            raise httpx2.ReadError("The answer can't be unpacked.") from error
        # What is left of the last of it; the end of a text that was cut short is no JSON.
        yield unpacker.flush()

    def close(self) -> None:
        self.stream.close()


def _end_of(response: httpx2.Response) -> None:
    """Count what is read once it is unpacked, which is done here: the client would unpack as much as there is."""
    coding = response.headers.pop("Content-Encoding", "").strip().lower()
    if coding not in PACKED | UNPACKED:
        raise httpx2.ReadError("The answer is in a coding that was not asked for.")
    assert isinstance(response.stream, httpx2.SyncByteStream)
    response.stream = _Bounded(response.stream, is_packed=coding in PACKED)


@cache
def trusted() -> ssl.SSLContext:
    """Return whom every judge's client trusts: to read all certificates of a machine takes longer than to ask one."""
    return httpx2.create_ssl_context()


def bound(client: httpx2.Client) -> httpx2.Client:
    """Have `client` follow no redirect, and end each answer; the proxies of the environment stay."""
    client.follow_redirects = False
    client.event_hooks = {"response": [_end_of]}
    # There is no other way in that leaves the rest of the client as its library makes it.
    for transport in (client._transport, *client._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = _HurriedBackend()
    return client
