"""`clorp listen`: what a webhook would be sent, signed alike, once each, however often the line is cut."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from django.db import connection
from standardwebhooks.webhooks import Webhook

from accounts.models import User
from accounts.notifications.notify import notify
from clorp_cli import listening
from clorp_cli.following import Event, NoStream
from core import clock
from tests.cli.conftest import key_of
from tests.cli.processes import CLORP, start
from tests.journeys.served import serve

SECRET = "whsec_" + "A" * 43 + "="
# A key that is made is told of too.
WINS = ("--replay", "--type", "entry_won")
RECONNECTS = 10


@contextmanager
def receiver(*answers):
    """An address on this machine that notes what it is sent; it answers with these statuses first, then with 204."""
    got, left = [], list(answers)

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = left.pop(0) if left else 204
            if status == 204:
                got.append(Webhook(SECRET).verify(body, {name.lower(): value for name, value in self.headers.items()}))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"localhost:{server.server_port}/hook", got
        server.shutdown()
        thread.join()


def tell(text):
    notify([User.objects.get()], kind="entry-won", text=text, href="/board", data={}, now=clock.now())


@pytest.mark.django_db(transaction=True)
def test_messages_are_passed_on_signed_and_tried_again_where_they_are_not_taken(clorp, site, monkeypatch):
    monkeypatch.setattr(listening.time, "sleep", lambda seconds: None)
    key = key_of("ada@example.com")
    tell("one"), tell("two")
    with receiver(500) as (target, got):
        ran = clorp("listen", *WINS, "--max", "2", "--forward-to", target, "--secret", SECRET, key=key)
    assert (ran.code, [line["status"] for line in ran.lines]) == (0, [204, 204])
    assert [message["data"]["text"] for message in got] == ["one", "two"]
    assert got[0]["type"] == "entry_won" and f"Signed with {SECRET}" in ran.err


@pytest.mark.django_db(transaction=True)
def test_without_an_address_they_are_printed_and_types_are_chosen(clorp, site):
    key = key_of("ada@example.com")
    tell("one")
    printed = clorp("listen", *WINS, "--max", "1", key=key)
    assert [(line["event"], line["type"]) for line in printed.lines] == [("message", "entry_won")]
    assert "entry_won  one" in clorp("listen", *WINS, "--max", "1", key=key, typed="").out


def test_a_machine_has_one_secret_and_signs_to_no_stranger(clorp):
    assert listening.secret(None) == listening.secret(None) != listening.secret(SECRET)
    for arguments in (["--forward-to", "http://example.com/hook"], ["--forward-to", "ftp://localhost"]):
        assert clorp("listen", *arguments, key="x").code == 2
    assert clorp("listen", "--forward-to", "localhost:1", "--secret", "whsec_é", key="x").code == 2


def test_a_stream_that_is_refused_later_loses_nothing_to_the_list(monkeypatch):
    """As by too many streams: what came between the two is on the list alone."""
    there = ["a"]

    def streamed(*_, **__):
        there.insert(0, "b")
        yield Event("message", {"id": "b"}, "2")
        there.insert(0, "c")
        raise NoStream

    monkeypatch.setattr(listening, "streamed", streamed)
    monkeypatch.setattr(listening, "pauses", lambda until: [None])
    site = SimpleNamespace(pages=lambda path, most: [{"id": each} for each in there])
    assert [message["id"] for message in listening.messages(site, replay=False)] == ["b", "c"]


def wait_for(got, count, listener):
    until = time.monotonic() + 60
    while len(got) < count:
        assert listener.poll() is None and time.monotonic() < until, (len(got), listener.stderr.peek())
        time.sleep(0.05)


@pytest.mark.nightly
@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_over_ten_restarts_of_the_site():
    key, port, told = key_of("ada@example.com"), None, 0
    database = str(connection.settings_dict["NAME"])
    with receiver() as (target, got):
        for _ in range(RECONNECTS + 1):
            with serve(database, port=port) as site:
                if port is None:
                    port = site.port
                    command = ["listen", *WINS, "--forward-to", target, "--secret", SECRET]
                    listener = start([*CLORP, *command], CLORP_KEY=key, CLORP_URL=site.url)
                told += 1
                tell(f"{told} while it is there")
                wait_for(got, told, listener)
            told += 1
            tell(f"{told} while it is away")
        with serve(database, port=port):
            wait_for(got, told, listener)
        listener.terminate()
        printed = [json.loads(line) for line in listener.communicate()[0].splitlines()]
    assert len({message["data"]["id"] for message in got}) == len(got) == told == len(printed)
