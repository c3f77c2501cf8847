"""What keeps a town running, as systemd does by our units: whatever ends is swept and started again after a second."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from tests.drill.support.town import Resident, Town

# As in the units: RestartSec.
RESTART_SECONDS = 1.0
LOOK_EVERY_SECONDS = 0.1


class Keeper:
    """Starts again who has ended; `restarts` counts that by name, `ended` tells who did so without being killed."""

    def __init__(self, place: Town) -> None:
        self.place = place
        self.restarts: Counter[str] = Counter()
        self.ended: list[str] = []
        self.is_over = threading.Event()

    def watch(self) -> None:
        due: dict[str, float] = {}
        while not self.is_over.wait(LOOK_EVERY_SECONDS):
            for name, resident in list(self.place.residents.items()):
                if resident.is_wanted and resident.process.poll() is not None:
                    resident.sweep()
                    if time.monotonic() >= due.setdefault(name, time.monotonic() + RESTART_SECONDS):
                        del due[name]
                        self.start(name, resident)

    def start(self, name: str, resident: Resident) -> None:
        if resident.process.returncode != -signal.SIGKILL:
            self.ended.append(f"{name}: {resident.process.returncode}")
            sys.stderr.write(f"--- {name} ended by itself:\n{self.place.said(name)[-2000:]}\n")
        self.place.start(name, resident.command, **resident.settings)
        self.restarts[name] += 1


@contextmanager
def kept(place: Town) -> Iterator[Keeper]:
    keeper = Keeper(place)
    thread = threading.Thread(target=keeper.watch, daemon=True)
    thread.start()
    try:
        yield keeper
    finally:
        keeper.is_over.set()
        thread.join(10)


def strays(place: Town) -> list[psutil.Process]:
    """Processes of the site that belong to nobody who lives there now."""
    groups = {resident.process.pid for resident in place.residents.values()}
    return [one for one in of_town(place) if group_of(one) not in groups | {None}]


def of_town(place: Town) -> Iterator[psutil.Process]:
    """Whatever was started for the town, by whomever: it knows the town's folder."""
    for one in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if one.environ().get("CLORP_DATA_DIR") == str(place.folder) and one.status() != psutil.STATUS_ZOMBIE:
                yield one


def group_of(process: psutil.Process) -> int | None:
    """Its process group; None if it has ended meanwhile."""
    with suppress(ProcessLookupError):
        return os.getpgid(process.pid)
    return None
