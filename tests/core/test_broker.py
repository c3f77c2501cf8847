"""The embedded broker: a worker that reads while another process writes never meets half a message."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from pathlib import Path
from queue import Empty

import pytest
from celery import current_app
from kombu import Connection
from kombu.transport import get_transport_cls

from clorp.site.health import broker_answers


@contextmanager
def connected(folder: Path):
    options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
    }
    with Connection("filesystem://localhost/", transport_options=options) as connection:
        yield connection


@pytest.fixture
def connection(tmp_path: Path):
    with connected(tmp_path) as connection:
        yield connection


@pytest.fixture
def name(tmp_path: Path):
    """A queue's name of the test's own: kombu remembers for the whole process which it has made, but not where."""
    return tmp_path.name


def test_the_filesystem_transport_is_ours():
    assert current_app.main == "clorp"
    assert get_transport_cls("filesystem").__module__ == "core.broker"


def test_whoever_connects_first_makes_the_folders_and_then_the_site_is_ready(tmp_path, name, settings):
    settings.BROKER_DIR, settings.REDIS_URL = tmp_path / "new" / "broker", ""
    assert not broker_answers()
    with connected(settings.BROKER_DIR) as connection:
        queue = connection.SimpleQueue(name)
        queue.put("ring")
        assert queue.get(block=False).payload == "ring"
    assert broker_answers()


def test_a_message_is_not_there_until_it_is_whole(connection, name, monkeypatch):
    looked = []
    queue, write = connection.SimpleQueue(name), Path.write_text

    def write_and_look(path, text):
        path.touch()
        looked.append(queue.qsize())
        return write(path, text)

    monkeypatch.setattr(Path, "write_text", write_and_look)
    queue.put("ring")
    assert looked == [0]
    assert queue.get(block=False).payload == "ring"


def test_a_message_that_cannot_be_read_is_dropped_and_the_next_one_comes(connection, name, tmp_path):
    queue = connection.SimpleQueue(name)
    (tmp_path / "messages" / f"0_torn.{name}.msg").write_text("")
    queue.put("ring")
    with pytest.raises(Empty):
        queue.get(block=False)
    assert queue.get(block=False).payload == "ring"


def test_every_message_arrives_while_reader_and_writer_race(connection, name):
    queue = connection.SimpleQueue(name)

    def write():
        with connection.clone() as other:
            for number in range(200):
                other.SimpleQueue(name).put(number)

    writer = threading.Thread(target=write)
    writer.start()
    seen = []
    while len(seen) < 200:
        message = queue.get(timeout=10)
        message.ack()
        seen.append(message.payload)
    writer.join()
    assert sorted(seen) == list(range(200))
