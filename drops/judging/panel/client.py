"""One judge's connection to its model: a call goes out, the raw answer comes back. The only importer of `openai`."""

from __future__ import annotations

import re
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core.retry_after import seconds_asked
from core.text import one_line
from drops.judging.panel.answers import CUT_OFF, GIVEN_UP, KEPT_BACK, count_of, ending_of, storable, text_of
from drops.judging.panel.dialect import Dialect, is_filtered, is_too_long
from drops.judging.panel.failures import (
    Abstained,
    CallFailure,
    Garbled,
    OutOfTime,
    RateLimited,
    Rejected,
    Unavailable,
    Unfinished,
    Unread,
)
from drops.judging.panel.judges import PanelJudge
from drops.judging.panel.per_judge import PerJudge
from drops.judging.panel.rate_limit import RateLimit
from drops.ranking import Call
from drops.ranking.scripts import DENSE, UNSPACED

if TYPE_CHECKING:
    from collections.abc import Iterator

    import openai
    from openai.types.chat import ChatCompletion

REQUEST_SECONDS_MAX = 60.0
ANSWER_CHARS_STORED_MAX = 60_001
DETAIL_CHARS_MAX = 300
# What a request's form is refused with. Any other status may be an outage, dressed up: a wall before the server answers
# 403, a proxy without a server behind it 404, a key that is being changed 401, and asking again costs nothing.
ABOUT_THE_REQUEST = {400, 422}
NEVER = threading.Event()
CHARS_PER_TOKEN_MAX = 12
# The vocabularies made for Chinese or Japanese come to two characters a token, and those for Thai to four.
CHARS_PER_TOKEN_MAX_OF = {DENSE: 3, UNSPACED: 6}
# One is the rule; the few tokenizers with tokens of several words save a quarter at most.
TOKENS_A_WORD_MIN = 0.75
_REPEATED = re.compile(r"(.{1,4}?)\1{3,}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answer as it came, but for what no database can hold.

    `model` and `fingerprint` are what the server says it asked; tokens are as the server counts them, zero where it
    does not; `cost_cents` follows from them and the judge's prices. `seconds` is how long it took, `request` what was
    sent, without the key.
    """

    text: str
    model: str
    fingerprint: str
    input_tokens: int
    output_tokens: int
    cost_cents: Decimal
    seconds: float
    request: Mapping[str, Any]


class JudgeClient:
    """Asks the model of one judge, no faster than the judge's limits allow; safe to share between threads.

    It learns what its server takes, and remembers that as long as the process lives. Not to be used inside a
    transaction: it waits on the network.
    """

    def __init__(self, judge: PanelJudge) -> None:
        import openai

        from drops.judging.panel.bounded_http import bound, trusted

        self.judge = judge
        self._dialect = Dialect()
        self._lock = threading.Lock()
        self._rate_limit = RateLimit(judge.per_minute, judge.concurrency)
        self._places = threading.BoundedSemaphore(judge.concurrency)
        http = bound(openai.DefaultHttpxClient(verify=trusted()))
        # A client that the SDK was handed is not closed by it.
        weakref.finalize(self, http.close)
        # Retries are ours, so that every attempt is stored and paid for; a server without a key still wants some text.
        self._sdk = openai.OpenAI(
            base_url=judge.base_url,
            api_key=judge.api_key or "none",
            max_retries=0,
            default_headers={"Accept-Encoding": "identity"},
            http_client=http,
        )

    def __repr__(self) -> str:
        return f"JudgeClient({self.judge.name})"

    def ask(
        self,
        call: Call,
        *,
        seconds_max: float = REQUEST_SECONDS_MAX,
        until: float | None = None,
        stop: threading.Event = NEVER,
        plainer: int = 0,
    ) -> Reply:
        """Return what the model replies to `call`, after one attempt of at most `seconds_max`.

        Waits for its turn first. `until` is when it must be over, by the monotonic clock, None for never; `stop` ends
        the waiting; `plainer` is by how many rungs less strictly JSON is asked for this time. Raises RateLimited,
        Unavailable, Garbled, Unread, Unfinished, Abstained, Rejected, OutOfTime.
        """
        began_with = dialect = self._dialect.plainer(plainer)
        while True:
            body = dialect.body(self.judge, call)
            try:
                reply = self._request(body, seconds_max, until, stop)
            except _FormRejected as refusal:
                another = dialect.after(refusal.detail, self.judge.params)
                if another is None:
                    raise refusal.after_all from refusal
                dialect = another
                continue
            self._remember(began_with, dialect)
            return reply

    def request_for(self, call: Call, plainer: int = 0) -> dict[str, Any]:
        """Return what would be sent for `call` now, without the key."""
        return self._dialect.plainer(plainer).body(self.judge, call)

    def _remember(self, before: Dialect, now: Dialect) -> None:
        """Only what has worked is remembered, and not over what another thread has learned meanwhile."""
        with self._lock:
            if self._dialect == before:
                self._dialect = now

    def _request(self, body: dict[str, Any], seconds_max: float, until: float | None, stop: threading.Event) -> Reply:
        with self._places:
            if not self._rate_limit.wait_turn(until=until, stop=stop):
                raise OutOfTime
            began = time.monotonic()
            # A request that would outlive the deadline is cut there; what it might still have said counts for nothing.
            left = seconds_max if until is None else max(0.1, min(seconds_max, until - began))
            with self._told_plainly():
                answer = self._send(body, left)
            return self._read(answer, body, time.monotonic() - began)

    def _send(self, body: dict[str, Any], seconds_max: float) -> ChatCompletion:
        more = {name: value for name, value in body.items() if name not in {"model", "messages"}}
        # Not by `with_options`, which makes a whole client anew for each call.
        from drops.judging.panel.bounded_http import within

        with within(seconds_max):
            return self._sdk.chat.completions.create(
                model=body["model"], messages=body["messages"], extra_body=more, timeout=seconds_max
            )

    @contextmanager
    def _told_plainly(self) -> Iterator[None]:
        """The SDK's errors as ours."""
        import openai

        try:
            yield
        except openai.APITimeoutError as error:
            raise Unavailable("it did not answer in time") from error
        except openai.APIStatusError as error:
            raise self._of_status(error) from error
        except openai.APIConnectionError as error:
            raise Unavailable("the connection was lost") from error
        except (openai.OpenAIError, ValueError, RecursionError) as error:
            raise Garbled("the server sent something else than an answer") from error

    def _of_status(self, error: openai.APIStatusError) -> CallFailure:
        detail = self._plain(f"{error.code or ''} {error.param or ''} {error.message}")
        status = error.status_code
        after = _pause_asked(error.response.headers)
        if status == 429:
            return RateLimited(detail, retry_after_seconds=after)
        # Whoever is overloaded or in maintenance asks for a pause by the same header (503, 529).
        away = Unavailable(f"the server answered {status}", detail, retry_after_seconds=after)
        if status not in ABOUT_THE_REQUEST or _is_page(error.response.text):
            return away
        if is_filtered(detail):
            return Abstained("it refused to judge", detail)
        # In its own words too it may only be busy; what is too long for it is never taken.
        refused = Rejected(f"the server refused the request with {status}", detail)
        return _FormRejected(refused if is_too_long(detail) else away)

    def hold(self, seconds: float) -> None:
        """Let nobody ask this judge for so long."""
        self._rate_limit.hold(seconds)

    def _plain(self, text: str) -> str:
        """A server's words as one line without the key, should it repeat that."""
        line = one_line(storable(text))
        return (line.replace(self.judge.api_key, "…") if self.judge.api_key else line)[:DETAIL_CHARS_MAX]

    def _read(self, answer: Any, body: dict[str, Any], seconds: float) -> Reply:
        usage = getattr(answer, "usage", None)
        input_tokens = count_of(getattr(usage, "prompt_tokens", 0))
        output_tokens = count_of(getattr(usage, "completion_tokens", 0))
        cost_cents = self.judge.cost_cents(input_tokens, output_tokens)
        choices = getattr(answer, "choices", None)
        choice = choices[0] if isinstance(choices, list) and choices else None
        message = getattr(choice, "message", None)
        if message is None:
            raise Garbled("the server sent something else than an answer", cost_cents=cost_cents)
        refusal, ending = getattr(message, "refusal", None), ending_of(choice)
        if refusal or ending in KEPT_BACK:
            raise Abstained("it refused to judge", self._plain(str(refusal or "")), cost_cents=cost_cents)
        if was_cut(body["messages"], input_tokens):
            raise Unread("it was not shown all that was sent", f"{input_tokens} tokens", cost_cents=cost_cents)
        if ending in GIVEN_UP or any(getattr(part, "error", None) for part in (answer, choice)):
            raise Unavailable("the server gave up amid its answer", cost_cents=cost_cents)
        if ending in CUT_OFF:
            raise Unfinished("the answer was cut off", cost_cents=cost_cents)
        text = text_of(message)
        if not text.strip():
            raise Garbled("the answer was empty", cost_cents=cost_cents)
        return Reply(
            text=storable(text)[:ANSWER_CHARS_STORED_MAX],
            model=self._plain(str(getattr(answer, "model", "") or "")),
            fingerprint=self._plain(str(getattr(answer, "system_fingerprint", "") or "")),
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            cost_cents=cost_cents,
            seconds=seconds,
            request=body,
        )


def was_cut(messages: Sequence[Mapping[str, str]], tokens: int) -> bool:
    """Whether a server that counts so many tokens can't have shown its model all of `messages`.

    Tokens of prose and code have three to five characters and those of the longest words a dozen; only what repeats
    itself fits more into one, and counts as much as three of it do. Nor does one token hold two words, or hardly ever:
    what has fewer tokens than words was cut, in its middle too. Where no spaces part the words, fewer characters fit
    into one, so those are counted by themselves. A server that counts none is believed.
    """
    return 0 < tokens < sum(_fewest_tokens(message["content"]) for message in messages)


def _fewest_tokens(content: str) -> float:
    text, fewest = _REPEATED.sub(r"\1\1\1", content), 0.0
    for script, chars_per_token in CHARS_PER_TOKEN_MAX_OF.items():
        text, count = script.subn("", text)
        fewest += count / chars_per_token
    return fewest + max(len(text) / CHARS_PER_TOKEN_MAX, len(text.split()) * TOKENS_A_WORD_MIN)


def _pause_asked(headers: Mapping[str, str]) -> float | None:
    """Return for how many seconds a server asks; some say it by a header of their own, in thousandths."""
    seconds = seconds_asked(headers.get("retry-after"))
    if seconds is not None:
        return seconds
    thousandths = seconds_asked(headers.get("retry-after-ms"))
    return None if thousandths is None else thousandths / 1_000


def _is_page(body: str) -> bool:
    """Whether somebody before the server answers, to a browser or to nobody in particular."""
    return not body.strip() or body.lstrip().startswith("<")


class _FormRejected(CallFailure):
    """400: something in the request is not known there; it is `after_all` where leaving things out doesn't help."""

    def __init__(self, after_all: CallFailure) -> None:
        super().__init__(after_all.words, after_all.detail)
        self.after_all = after_all


def load_library() -> None:
    """Import the library, which takes seconds, before the first drop has to wait for it."""
    import openai.resources.chat  # noqa: F401


@PerJudge
def client_of(judge: PanelJudge) -> JudgeClient:
    """Return the one client of `judge` in this process: limits, its rate and what was learned are kept in it."""
    return JudgeClient(judge)
