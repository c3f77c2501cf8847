"""One call to somebody's address: to where it was checked to lead, in bounded time, without following anything."""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import certifi
import urllib3
from django.utils.translation import gettext as _

from accounts.webhooks.guard import Address, Target, Unreachable, find_target
from core.retry_after import seconds_asked

CONNECT_SECONDS_MAX = 3.0
ANSWER_SECONDS_MAX = 8.0
ADDRESSES_MAX = 2
INTERIM_MAX = 16
SWITCHING_PROTOCOLS = 101
# Whose certificates are accepted: the internet's usual authorities.
AUTHORITIES = certifi.where()


class Reply(NamedTuple):
    """The status that was answered, and in how many seconds the address wants to be asked again, if it says so."""

    status: int
    retry_after: float | None = None


class Page(NamedTuple):
    """The answer to whoever only reads."""

    status: int
    body: bytes


class _HurriedSocket(ssl.SSLSocket):
    """Gives up when its whole time is over: a limit for each read alone lets an answer drip on for hours."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        now = time.monotonic()
        until = self.__dict__.setdefault("_until", now + (self.gettimeout() or ANSWER_SECONDS_MAX))
        if now >= until:
            raise TimeoutError("took too long")
        self.settimeout(until - now)
        return super().recv_into(*args, **kwargs)


class _FinalAnswer(http.client.HTTPResponse):
    """Passes over what may come before an answer (1xx, RFC 9110, 15.2), of which the library knows 100 alone."""

    def begin(self) -> None:
        super().begin()
        for _try in range(INTERIM_MAX):
            if self.status == SWITCHING_PROTOCOLS or not 100 < self.status < 200:
                return
            self.headers = self.msg = None  # type: ignore[assignment]  # so that it reads on
            super().begin()
        raise http.client.HTTPException("no answer came after all that comes before one")


class _Connection(urllib3.connection.HTTPConnection):
    response_class = _FinalAnswer


class _TlsConnection(urllib3.connection.HTTPSConnection):
    response_class = _FinalAnswer


@cache
def _trust(authorities: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authorities)
    context.sslsocket_class = _HurriedSocket
    return context


def post(url: str, *, body: str | bytes, headers: Mapping[str, str]) -> Reply:
    """Send `body`, as JSON unless `headers` say otherwise, and return what is answered, whose body is not read.

    Raises Unreachable where there is no answer, with a reason for the address's owner.
    """
    sent = {"Content-Type": "application/json", "User-Agent": "clorp-webhooks/1", **headers}
    packed = body.encode() if isinstance(body, str) else body
    return _ask(url, _Call("POST", sent, packed))[0]


def get(url: str, *, bytes_max: int, seconds_max: float | None = None) -> Page:
    """Return what is answered at `url` within `seconds_max`, of whose body one byte more is read than `bytes_max`.

    Raises Unreachable.
    """
    sent = {"Accept": "application/json", "User-Agent": "clorp/1"}
    reply, body = _ask(url, _Call("GET", sent, bytes_read=bytes_max + 1, seconds_max=seconds_max))
    return Page(reply.status, body)


class _Call(NamedTuple):
    method: str
    headers: Mapping[str, str]
    body: bytes | None = None
    bytes_read: int = 0
    seconds_max: float | None = None


def _ask(url: str, call: _Call) -> tuple[Reply, bytes]:
    target = find_target(url)
    host = f"[{target.host}]" if ":" in target.host else target.host
    is_usual = target.port == (443 if target.is_tls else 80)
    sent = {"Host": host if is_usual else f"{host}:{target.port}", **call.headers}
    for address in target.addresses[:ADDRESSES_MAX]:
        try:
            return _call(target, address, call._replace(headers=sent))
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError):
            continue
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise Unreachable(_why(error)) from error
    raise Unreachable(_("no connection"))


def _call(target: Target, address: Address, call: _Call) -> tuple[Reply, bytes]:
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS_MAX, read=call.seconds_max or ANSWER_SECONDS_MAX)
    pool: urllib3.HTTPConnectionPool
    if target.is_tls:
        pool = urllib3.HTTPSConnectionPool(
            str(address),
            target.port,
            timeout=timeout,
            ssl_context=_trust(AUTHORITIES),
            server_hostname=target.host,
        )
        pool.ConnectionCls = _TlsConnection
    else:
        pool = urllib3.HTTPConnectionPool(str(address), target.port, timeout=timeout)
        pool.ConnectionCls = _Connection
    try:
        answer = pool.urlopen(
            call.method,
            target.path,
            body=call.body,
            headers=call.headers,
            redirect=False,
            retries=False,
            preload_content=False,
            decode_content=False,
        )
        body = answer.read(call.bytes_read) if call.bytes_read else b""
        answer.close()
        return Reply(answer.status, seconds_asked(answer.headers.get("Retry-After"))), body
    finally:
        pool.close()


def _why(error: Exception) -> str:
    if isinstance(error, urllib3.exceptions.SSLError):
        return _("its certificate was not accepted")
    if isinstance(error, urllib3.exceptions.TimeoutError | TimeoutError):
        return _("it took too long to answer")
    return _("the connection broke")
