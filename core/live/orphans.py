"""A server's process that has lost its parent ends: nobody could stop it any more, and it would go on serving old code
on a port that others share."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from multiprocessing.connection import wait

# As long as the server gives its processes when it is asked to stop.
END_SECONDS_MAX = 8.0


def end_with_parent() -> None:
    """Where this process is one of several that a server has started, stop it once that server is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), name="parent", daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(END_SECONDS_MAX)
    os._exit(1)
