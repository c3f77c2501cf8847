"""Requests byte by byte over the wire, to the server as it is started: honoured, or refused by their own status."""

from __future__ import annotations

import gzip
import socket

import pytest
from django.db import connection

from accounts.keys import create_key
from core import clock
from tests.journeys.served import serve
from tests.play import make_user

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS_MAX = 10
PROBLEM, JSON, PAGE, NONE = "application/problem+json", "application/json", "text/html", ""
HOST, KEY = "Host: localhost", "Authorization: Bearer {key}"
PATCH, POST, BOARD = "PATCH /api/users/{id} HTTP/1.1", "POST /api/jobs/run HTTP/1.1", "GET /api/board HTTP/1.1"
FORM, TEXT = "Content-Type: application/x-www-form-urlencoded", "Content-Type: application/json"
CHUNKED, TWO = "Transfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n"
NAME = 'e\r\n{"name": "Ada"\r\n1;x=y\r\n}\r\n0\r\nX-Trailer: 1\r\n\r\n'
PACKED = gzip.compress(b'{"name": "x"}').decode("latin-1")
LENGTH = f"Content-Length: {len(PACKED)}"
GZIP = "Content-Encoding: gzip"
# By lines of the head and the body: the status, and the type of what is answered.
WIRE = {
    "a chunked change": ([PATCH, HOST, KEY, TEXT, CHUNKED], NAME, 200, JSON),
    "the coding in capitals": ([POST, HOST, KEY, TEXT, "Transfer-Encoding: CHUNKED"], TWO, 400, PROBLEM),
    "a chunked form": (["POST /preview HTTP/1.1", HOST, FORM, CHUNKED], "6\r\nbody=x\r\n0\r\n\r\n", 403, PAGE),
    "a packed body": ([PATCH, HOST, KEY, TEXT, GZIP, LENGTH], PACKED, 415, PROBLEM),
    "a packed body in chunks": ([PATCH, HOST, KEY, TEXT, GZIP, CHUNKED], TWO, 415, PROBLEM),
    "an unknown coding, then chunks": ([PATCH, HOST, KEY, TEXT, "Transfer-Encoding: x, chunked"], TWO, 501, PROBLEM),
    # Nobody can tell where such a body ends (RFC 9112, section 6.3).
    "an unknown coding alone": ([PATCH, HOST, KEY, TEXT, "Transfer-Encoding: x"], TWO, 400, NONE),
    "an unknown coding after chunks": ([PATCH, HOST, KEY, TEXT, "Transfer-Encoding: chunked, x"], TWO, 400, NONE),
    "two lengths": ([PATCH, HOST, KEY, TEXT, "Content-Length: 2", "Content-Length: 3"], "{}", 400, NONE),
    "a length that is none": ([PATCH, HOST, KEY, TEXT, "Content-Length: x"], "{}", 400, NONE),
    "chunks that are none": ([POST, HOST, KEY, TEXT, CHUNKED], "zz\r\n{}\r\n0\r\n\r\n", 400, PROBLEM),
    "a chunk longer than it says": ([POST, HOST, KEY, TEXT, CHUNKED], "1\r\n{}\r\n0\r\n\r\n", 400, PROBLEM),
    "a chunk of minus one": ([POST, HOST, KEY, TEXT, CHUNKED], "-1\r\n{}\r\n0\r\n\r\n", 400, PROBLEM),
    "a chunk of more than there can be": ([POST, HOST, KEY, TEXT, CHUNKED], "f" * 17 + "\r\n{}\r\n", 400, PROBLEM),
    "no chunks, to a person": (["POST /preview HTTP/1.1", HOST, FORM, CHUNKED], "x\r\n", 400, PAGE),
    "chunks with words of theirs": ([POST, HOST, KEY, TEXT, CHUNKED], '002;a="b;c"\r\n{}\r\n0\r\n\r\n', 400, PROBLEM),
    "a form that is JSON": (["POST /preview HTTP/1.1", HOST, TEXT, "Content-Length: 2"], "{}", 415, PAGE),
    "a form of no type, in chunks": (["POST /preview HTTP/1.1", HOST, CHUNKED], TWO, 415, PAGE),
    "an expectation, of a program": ([BOARD, HOST, "Expect: 200-ok"], "", 417, PROBLEM),
    "an expectation, of a person": (["GET /board HTTP/1.1", HOST, "Expect: x"], "", 417, PAGE),
    "another host, to a program": ([BOARD, "Host: other.example"], "", 400, PROBLEM),
    "no host": ([BOARD], "", 400, PROBLEM),
    "two hosts": ([BOARD, HOST, "Host: other.example"], "", 400, PROBLEM),
    "another host, to a person": (["GET /board HTTP/1.1", "Host: other.example"], "", 400, PAGE),
    "a tunnel": (["CONNECT localhost:80 HTTP/1.1", "Host: localhost:80"], "", 501, NONE),
    "the server as such": (["OPTIONS * HTTP/1.1", HOST], "", 204, NONE),
    "an address": (["OPTIONS /api/board HTTP/1.1", HOST], "", 405, PROBLEM),
    "HTTP/1.0": (["GET /api/board HTTP/1.0", HOST], "", 200, JSON),
    "a probe by HTTP/1.0": (["GET /healthz HTTP/1.0"], "", 200, JSON),
    "the whole address": (["GET http://localhost/api/board HTTP/1.1", HOST], "", 200, JSON),
    "HTTP/1.2": (["GET /healthz HTTP/1.2", HOST], "", 400, NONE),
    # Its clients know by that: one version is spoken, the one that proxies speak to us.
    "HTTP/2, unasked": (["PRI * HTTP/2.0"], "SM\r\n\r\n", None, NONE),
    "an offer of HTTP/2": (
        ["GET /healthz HTTP/1.1", HOST, "Upgrade: h2c", "Connection: Upgrade, close"],
        "",
        200,
        JSON,
    ),
}


@pytest.fixture
def site(db):
    with serve(str(connection.settings_dict["NAME"])) as served:
        yield served


def answer_to(port, lines, body):
    """All that the server says until it hangs up."""
    if "HTTP/1.1" in lines[0] and not any(line.startswith("Connection") for line in lines):
        lines = [*lines, "Connection: close"]
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS_MAX) as wire:
        wire.sendall("\r\n".join([*lines, "", body]).encode("latin-1"))
        return b"".join(iter(lambda: wire.recv(65_536), b"")).decode()


def read(answer):
    """The status and the type of an answer; no more where there is none."""
    head, _, _ = answer.partition("\r\n\r\n")
    first, *headers = head.split("\r\n")
    named = dict(line.lower().split(": ", 1) for line in headers)
    kind = named.get("content-type", "").partition(";")[0]
    return int(first.split()[1]) if first else None, kind if named.get("content-length") != "0" else NONE


def test_every_way_in_which_http_is_written_is_honoured_or_refused_by_its_own_status(site):
    ada = make_user("ada")
    _, key = create_key(user=ada, name="wire", now=clock.now())
    ask = lambda lines, body: answer_to(site.port, [line.format(id=ada.pk, key=key) for line in lines], body)  # noqa: E731
    answers = {name: read(ask(lines, body)) for name, (lines, body, *_) in WIRE.items()}
    assert answers == {name: tuple(expected) for name, (_, _, *expected) in WIRE.items()}
    ada.refresh_from_db()
    assert ada.name == "Ada"
