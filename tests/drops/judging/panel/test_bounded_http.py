"""A judge's server that drips, floods or points elsewhere costs an attempt, and no more than its time and its room."""

from __future__ import annotations

import gzip
import json
import socketserver
import threading
import time
import tracemalloc
import zlib
from contextlib import contextmanager, suppress
from decimal import Decimal
from itertools import chain, repeat
from urllib.parse import urlsplit

import pytest

from drops.judging.panel import bounded_http
from drops.judging.panel.client import JudgeClient
from drops.judging.panel.failures import CallFailure, Unavailable
from drops.judging.panel.judges import PanelJudge
from tests.drops.judging.panel.test_asking import LIST

# Of one attempt; of one that has another end; and until which an attempt is over, however slow the machine: what drips
# goes on for far longer.
SECONDS_MAX, SECONDS_ENOUGH, OVER_SECONDS_MAX = 0.5, 60.0, 10.0
SAID = json.dumps({"model": "m", "choices": [{"index": 0, "message": {"role": "assistant", "content": "heard"}}]})
JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
WHOLE = JSON + b"Content-Length: %d\r\n\r\n" % len(SAID) + SAID.encode()


def packed(text):
    body = gzip.compress(text)
    return JSON + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def dripping(answer):
    for byte in answer:
        yield bytes([byte])
        time.sleep(SECONDS_MAX / 5)


# What comes, piece by piece, what that is to us, and how long it may take.
ENDLESS = {
    "a head that drips": (lambda: dripping(WHOLE), "it did not answer in time", SECONDS_MAX),
    "a body that drips": (lambda: chain([JSON + b"\r\n"], dripping(b" " * 1_000)), "not answer in time", SECONDS_MAX),
    "a body without end": (lambda: chain([JSON + b"\r\n"], repeat(b" " * 65_536)), "was lost", SECONDS_ENOUGH),
    "much in little": (lambda: [packed(b" " * 200 * 1024 * 1024)], "was lost", SECONDS_ENOUGH),
}


def zeros(mebibytes, times):
    """As many zeros, packed by gzip again and again."""
    packer = zlib.compressobj(9, wbits=31)
    body = b"".join([packer.compress(bytes(1 << 20)) for _ in range(mebibytes)]) + packer.flush()
    for _ in range(times - 1):
        body = gzip.compress(body)
    return body


@contextmanager
def serving(answer):
    """A judge's client whose server answers so, and the requests that came there."""
    came = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            came.append(self.request.recv(1 << 20))
            with suppress(OSError):
                for piece in answer():
                    self.request.sendall(piece)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield client_at(f"127.0.0.1:{server.server_address[1]}"), came
        server.shutdown()


def client_at(place):
    free, judge = Decimal(0), {"name": "one", "base_url": f"http://{place}/v1", "model": "m", "api_key": "key"}
    limits = {"per_minute": 10_000, "concurrency": 1, "thinking_tokens": 0}
    prices = {"input_cents_per_million": free, "output_cents_per_million": free}
    return JudgeClient(PanelJudge(**judge, **limits, **prices, params={}))


@pytest.mark.parametrize("name", ENDLESS)
def test_an_answer_without_end_is_over_with_its_attempt(name):
    answer, words, seconds = ENDLESS[name]
    with serving(answer) as (client, _):
        began = time.monotonic()
        with pytest.raises(Unavailable, match=words):
            client.ask(LIST, seconds_max=seconds)
    assert seconds > SECONDS_MAX or time.monotonic() - began < OVER_SECONDS_MAX


def test_what_is_packed_unasked_is_read_where_it_is_small():
    with serving(lambda: [packed(SAID.encode())]) as (client, came):
        assert client.ask(LIST, seconds_max=5).text == "heard"
    assert b"accept-encoding: identity" in came[0].lower()


@pytest.mark.parametrize(
    ("coding", "times"), [("gzip", 1), ("gzip, gzip", 2), ("gzip, gzip, gzip", 3), ("GZIP,identity, gzip", 2)]
)
def test_what_is_packed_fills_no_memory_however_little_came(coding, times):
    body = zeros(64, times)
    head = JSON + f"Content-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with serving(lambda: [head + body]) as (client, _):
        tracemalloc.start()
        try:
            with pytest.raises(Unavailable, match="connection was lost"):
                client.ask(LIST, seconds_max=20)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert most < 3 * bounded_http.ANSWER_BYTES_MAX


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "compress", "unheard-of"])
def test_a_coding_that_nobody_asked_for_is_not_read(coding):
    head = JSON + f"Content-Encoding: {coding}\r\nContent-Length: {len(SAID)}\r\n\r\n".encode()
    with (
        serving(lambda: [head + SAID.encode()]) as (client, _),
        pytest.raises(Unavailable, match="connection was lost"),
    ):
        client.ask(LIST, seconds_max=5)


def test_what_follows_a_packed_answer_is_not_read():
    head = JSON + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(SAID.encode())
    with serving(lambda: chain([head], repeat(b"x" * 65_536))) as (client, _):
        assert client.ask(LIST, seconds_max=5).text == "heard"


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(SAID.encode())[:-30]], ids=["no gzip", "cut off"])
def test_what_can_not_be_unpacked_costs_an_attempt(body):
    head = JSON + f"Content-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with serving(lambda: [head + body]) as (client, _), pytest.raises(CallFailure):
        client.ask(LIST, seconds_max=5)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nothing_is_sent_on_to_where_an_answer_points(status):
    with serving(lambda: [WHOLE]) as (other, there):
        place = urlsplit(other.judge.base_url).netloc
        moved = f"HTTP/1.1 {status} Moved\r\nLocation: http://{place}/v1/chat/completions\r\nContent-Length: 0\r\n\r\n"
        with serving(lambda: [moved.encode()]) as (client, _), pytest.raises(CallFailure, match=f"answered {status}"):
            client.ask(LIST, seconds_max=5)
    assert there == []


def test_the_next_attempt_has_its_whole_time_again():
    with bounded_http.within(-1):
        pass
    with serving(lambda: [WHOLE]) as (client, _):
        assert client.ask(LIST, seconds_max=5).text == "heard"
