"""The workers of this process that see drops through their panels, so that no periodic task waits for a model."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections, connections

from core.errors import Refused
from drops.judging import steps
from drops.judging.panel.run import run_panel
from drops.models import Drop

log = logging.getLogger(__name__)

QUEUE_MAX = 1_000


class WorkerPool:
    """Takes drops in the order in which they are offered, `size` at a time.

    The queue is in memory and may be lost: the table is asked again every second or so.
    """

    def __init__(self, size: int) -> None:
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="panel")
        self._work: dict[UUID, Future[None]] = {}
        self._lock = threading.Lock()
        self.stop = threading.Event()

    def offer(self, drop_ids: Iterable[UUID], *, clock: Callable[[], datetime]) -> int:
        """Have these drops judged, as far as the queue has room and they are not in it yet. Returns how many."""
        taken = 0
        for drop_id in drop_ids:
            with self._lock:
                if self.stop.is_set() or drop_id in self._work or len(self._work) >= QUEUE_MAX:
                    continue
                self._work[drop_id] = self._pool.submit(self._judge, drop_id, clock)
                taken += 1
        return taken

    def _judge(self, drop_id: UUID, clock: Callable[[], datetime]) -> None:
        close_old_connections()
        try:
            if not self.stop.is_set():
                drop = steps.rank_drop(drop=Drop.objects.get(pk=drop_id), now=clock())
                if drop.is_ranking and drop.judge == "panel":
                    run_panel(drop_id=drop_id, clock=clock, stop=self.stop)
        except Refused as refusal:
            log.info("drop had moved on", extra={"drop": str(drop_id), "code": refusal.code})
        except Exception:
            log.exception("drop failed", extra={"drop": str(drop_id)})
        finally:
            connections.close_all()
            with self._lock:
                self._work.pop(drop_id, None)

    def finish(self) -> None:
        """Wait until all that was offered is done."""
        while work := list(self._work.values()):
            wait(work)

    def go_home(self) -> None:
        """Ask nothing more; what is in flight is still stored, the rest left to whoever comes next."""
        self.stop.set()
        self._pool.shutdown(wait=False, cancel_futures=True)


@lru_cache(maxsize=1)
def worker_pool() -> WorkerPool:
    """Return this process's pool."""
    return WorkerPool(settings.JUDGE_DROPS_AT_ONCE)
