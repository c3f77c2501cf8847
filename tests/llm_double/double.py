"""The double itself: judges behind `/v1/chat/completions`, and whoever wants to see them fail.

`with LlmDouble() as double:` and point judges at it: `double.seats("one", "two", "three")` is a value for JUDGE_SEATS.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drops.ranking import Call
from drops.ranking.waymarks import without_marks
from tests.bench.support.judges import SHOWN, Bench, Errors
from tests.llm_double.faults import Fault, Faults, Gate
from tests.llm_double.server import Server

KEY = "sk-llm-double-1234567890"
LONE = "Judge this one entry alone."


@dataclass(frozen=True)
class Request:
    """A request as it came in, without its authorisation; `at` is of the monotonic clock."""

    at: float
    body: dict[str, Any]

    @property
    def model(self) -> str:
        return self.body["model"]

    @property
    def system(self) -> str:
        return self.body["messages"][0]["content"]

    @property
    def user(self) -> str:
        return self.body["messages"][1]["content"]

    @property
    def is_list(self) -> bool:
        return not is_check(self.body)


def is_check(body: dict[str, Any]) -> bool:
    return LONE in body["messages"][1]["content"]


class LlmDouble:
    """`requests` holds every call that came in, `answered` those that got a whole answer, `shown` those that a
    model was shown whole.

    Each model is one judge of `bench`; it answers after `seconds`. `mistakes` are what the double stumbled over.
    """

    def __init__(self, bench: Bench | None = None, *, seconds: float = 0.0) -> None:
        self.bench = bench or Bench("double", Errors(points=0.0))
        self.seconds = seconds
        self.retry_after_seconds = 0.2
        self.requests: list[Request] = []
        self.answered: list[Request] = []
        self.shown: list[Request] = []
        self.mistakes: list[BaseException | None] = []
        self.faults = Faults()
        self.down: set[str] = set()
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._server = Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> LlmDouble:
        self._thread.start()
        return self

    def __exit__(self, *unused: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def seats(self, *models: str, **more: Any) -> str:
        """JUDGE_SEATS for these models; `more` goes into each judge."""
        limits = {"per_minute": 60_000, "concurrency": 16, **more}
        return json.dumps([{"base_url": self.url, "api_key": KEY, "model": model, **limits} for model in models])

    def next(
        self, fault: Fault, *, matching: Callable[[dict[str, Any]], bool] = lambda body: True, times: int = 1
    ) -> None:
        """The next `times` requests that match meet the fault; a fault that is how a server is stays."""
        self.faults.add(fault, matching, times)

    def pause(self, *, after: int = 0, matching: Callable[[dict[str, Any]], bool] = lambda body: True) -> Gate:
        """Let through `after` more requests that match, and hold those that follow until the gate is opened."""
        gate, let_through = Gate(), itertools.count()
        self.faults.add(gate, lambda body: matching(body) and next(let_through) >= after, times=1 << 30)
        return gate

    def note(self, body: dict[str, Any]) -> Request:
        request = Request(time.monotonic(), body)
        with self._lock:
            self.requests.append(request)
        return request

    def judge(self, request: Request) -> str:
        """The answer of the model asked for."""
        names = re.findall(r'<entry slot="(\w{3})"', request.user)
        # The same question by the same judge gets the same answer, whenever it comes.
        key = hashlib.sha256(f"{request.model}\n{request.user}".encode()).hexdigest()
        call = Call(
            key=key,
            judge=int(hashlib.sha256(request.model.encode()).hexdigest()[:6], 16),
            kind="list" if request.is_list else "check",
            part=0,
            half=0,
            slots=tuple(names),
            names=tuple(names),
            words=(),
            system=request.system,
            user=request.user,
            schema={},
            tokens_max=0,
        )
        with self._lock:
            return self.bench.answer(call)


def shown_texts(request: Request) -> list[str]:
    """The entries of a request, in the order in which they were shown."""
    return [without_marks(text) for _, _, text in SHOWN.findall(request.user)]
