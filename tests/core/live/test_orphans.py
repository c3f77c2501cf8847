"""All that a server has started ends with it, however it ended."""

from __future__ import annotations

import subprocess
import sys

import pytest

SERVER = """
import multiprocessing, signal, sys, time

def work(hears):
    from core.live import orphans
    orphans.END_SECONDS_MAX = 0.1
    if not hears:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    orphans.end_with_parent()
    print("ready", flush=True)
    time.sleep(600)

if __name__ == "__main__":
    multiprocessing.get_context("spawn").Process(target=work, args=(sys.argv[1] == "hears",)).start()
    time.sleep(600)
"""


@pytest.mark.parametrize("hears", ["hears", "is deaf"])
def test_a_process_whose_server_was_killed_ends(tmp_path, hears):
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    command = [sys.executable, str(script), hears]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, env={"PYTHONPATH": "."})  # noqa: S603
    assert server.stdout.readline() == b"ready\n"
    server.kill()
    # The pipe ends when the last process that holds it does.
    assert server.communicate(timeout=30)[0] == b""
