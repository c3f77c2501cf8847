"""Runs the command line and sends it a signal at one point of its talk with the site.

`python -m tests.cli.killed SIGKILL N ARGS…`; one sent SIGSTOP goes on from there when it is told to.

Points are counted from one: before a request is kept on disk, before a connection, before and after each piece that is
sent, before and after each that is read, and before what was kept is forgotten.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from typing import Any

# A file that gets its name, a connection, a file that is deleted.
EVENTS = {"os.link", "os.rename", "socket.connect", "os.remove"}


class Points:
    def __init__(self, last: int, sent: signal.Signals) -> None:
        self.left, self.sent = last, sent

    def pass_one(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), self.sent)


def main(sent: str, last: int, arguments: list[str]) -> int:
    points = Points(last, signal.Signals[sent])

    class Socket(socket.socket):
        def send(self, *args: Any) -> int:
            points.pass_one()
            count = super().send(*args)
            points.pass_one()
            return count

        def recv(self, *args: Any) -> bytes:
            points.pass_one()
            data = super().recv(*args)
            points.pass_one()
            return data

    socket.socket = Socket  # type: ignore[misc]
    sys.addaudithook(lambda event, _: points.pass_one() if event in EVENTS else None)
    from clorp_cli.main import run

    return int(run(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))
