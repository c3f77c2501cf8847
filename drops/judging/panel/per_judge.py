"""Makes a thing once for each judge in a process, however many threads come at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Generic, TypeVar

from drops.judging.panel.judges import PanelJudge

T = TypeVar("T")

JUDGES_KNOWN_MAX = 32


class PerJudge(Generic[T]):
    """As a decorator: the function is called once for each judge, and what it makes is shared."""

    def __init__(self, make: Callable[[PanelJudge], T]) -> None:
        self.__doc__ = make.__doc__
        self._made = lru_cache(maxsize=JUDGES_KNOWN_MAX)(make)
        # The cache alone would let threads that come at once make one each.
        self._making = threading.Lock()

    def __call__(self, judge: PanelJudge) -> T:
        with self._making:
            return self._made(judge)

    def forget(self) -> None:
        """Begin anew, as a new process does."""
        self._made.cache_clear()
