"""The faults there can be between us and a model, in it, and in what it says."""

from __future__ import annotations

import enum
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


class Fault(enum.Enum):
    """The first are the network's and the server's, those from MALFORMED on the model's."""

    RATE_LIMITED = "429 with Retry-After"
    RATE_LIMITED_UNTIL = "429 with Retry-After as a date"
    SERVER_ERROR = "500"
    OVERLOADED = "529 with Retry-After"
    IN_MAINTENANCE = "503 with a page and Retry-After as a date"
    NO_PAUSE = "429 with Retry-After: 0"
    WALLED_OFF = "403 with a page, of a wall before the server"
    NOT_ROUTED = "404 with a page, of a proxy before the server"
    MISDIRECTED = "400 with a page, of a proxy before the server"
    GARBLED_ON_THE_WAY = "400 with some words, of a proxy before the server"
    GIVEN_UP = "499 with nothing, of a proxy before the server"
    LOCKED_OUT = "401 with the server's own words, while a key is changed"
    UNPAID = "402 with the server's own words, until somebody pays"
    NOT_LOADED = "404 with the server's own words, while it loads the model"
    SLOW = "no answer within the caller's patience"
    DROPPED = "the connection is lost"
    GARBLED = "200 with a page instead of a completion"
    GAVE_UP = "200 with a draft of another answer, amid which the server failed, as it says beside it"
    ERROR_AS_ANSWER = "200 with an error where the choices would be"
    EMPTY = "200 with a completion that says nothing"
    REASONED = "the answer stands where others put what they thought, and the content is null"
    IN_PARTS = "the answer stands in the last of several parts, behind what was thought"
    AS_CALL = "the answer stands as the arguments of a function, and the content is null"
    AS_OBJECT = "the answer stands as JSON and not as text"
    NESTED = "200 with JSON that is nested without end"
    NESTED_COMPLAINT = "400 with JSON that is nested without end"
    BUSY = "400 with the server's own words, while it is overloaded"
    FILTERED = "400 with the words of a filter, which lets nothing of it through"
    COUNTED_ODDLY = "tokens are counted in numbers that are none"
    CUT = "most of what was sent was dropped, as the counted tokens tell"
    CUT_UNTOLD = "all but the end of what was sent was dropped, and the tokens are counted as if it were not"
    CUT_AT_END = "all but the beginning was dropped, and no tokens are counted"
    CUT_MIDDLE = "the middle of what was sent was dropped, as the counted tokens tell"
    CUT_INSIDE = "all between the first tag and the first entry's end was dropped, as the counted tokens tell"
    CUT_INSIDE_UNTOLD = "the same was dropped, and the tokens are counted as if it were not"
    CUT_INSIDE_COUNTLESS = "the same was dropped, and no tokens are counted"
    COUNTLESS = "no tokens are counted"
    SCHEMA_REFUSED = "400: response_format json_schema is not known here"
    TEMPERATURE_REFUSED = "400: temperature is not known here"
    CAP_REFUSED = "400: max_tokens is called max_completion_tokens here"
    TOO_LONG = "400: it is more than the model can be shown"
    SCHEMA_SILENCES = "it says nothing where an answer by a JSON schema is asked for"
    SCHEMA_IGNORED = "the answer's JSON stands in a fence, amid talk"
    MALFORMED = "no JSON at all"
    TRUNCATED = "cut in the middle"
    DRAFTED = "cut amid what it thought on the way, which holds a draft of another answer"
    REFUSAL = "the model will not judge"
    WRONG_LABEL = "it speaks of an entry that was not shown"
    MISSING_FIELD = "a member is missing"
    NO_WORDS = "it does not repeat the words that show what it was shown"
    WRONG_WORDS = "it repeats the words that an entry told it to"


PAGE, WORDS_ALONE, NOTHING = b"<html>Be right back</html>", b"Bad Request", b""
# What others than the model's server answer in its place.
OF_OTHERS = {
    Fault.WALLED_OFF: (403, PAGE),
    Fault.NOT_ROUTED: (404, PAGE),
    Fault.MISDIRECTED: (400, PAGE),
    Fault.GARBLED_ON_THE_WAY: (400, WORDS_ALONE),
    Fault.GIVEN_UP: (499, NOTHING),
    Fault.GARBLED: (200, PAGE),
    Fault.NESTED: (200, b'{"choices": ' + b"[" * 100_000),
    Fault.NESTED_COMPLAINT: (400, b'{"error": ' + b"[" * 100_000),
}
# These are how a server is, and not what happens to one request.
STANDING = {
    Fault.SCHEMA_SILENCES,
    Fault.SCHEMA_REFUSED,
    Fault.TEMPERATURE_REFUSED,
    Fault.CAP_REFUSED,
    Fault.SCHEMA_IGNORED,
    Fault.COUNTLESS,
}
CUTS_INSIDE = {Fault.CUT_INSIDE, Fault.CUT_INSIDE_UNTOLD, Fault.CUT_INSIDE_COUNTLESS}
CUTS = {Fault.CUT, Fault.CUT_UNTOLD, Fault.CUT_AT_END, Fault.CUT_MIDDLE, *CUTS_INSIDE}
# Those whose server counts the tokens that it has shown to its model.
TOLD = {Fault.CUT, Fault.CUT_MIDDLE, Fault.CUT_INSIDE}
SYSTEM_LOST = {Fault.CUT, Fault.CUT_MIDDLE}
UNCOUNTED = {Fault.COUNTLESS, Fault.CUT_AT_END, Fault.CUT_INSIDE_COUNTLESS}
FORGETFUL = {**dict.fromkeys(CUTS, "unknown"), Fault.NO_WORDS: "", Fault.WRONG_WORDS: "banana"}
BARE: dict[Fault | None, Callable[[str], str]] = {
    Fault.MALFORMED: lambda answer: "I find the first one the best, by far.",
    Fault.TRUNCATED: lambda answer: answer[: len(answer) // 2],
}
KEPT_SHARE = 20
WORD_LISTS = re.compile(r'("(?:prompt|entry)_words": )(\[[^\]]*\])')
COMPLAINTS: dict[Fault | Gate | None, tuple[int, str | None, str]] = {
    Fault.SERVER_ERROR: (500, None, "The server had an error."),
    Fault.LOCKED_OUT: (401, None, "Incorrect API key provided."),
    Fault.UNPAID: (402, None, "You exceeded your current quota."),
    Fault.NOT_LOADED: (404, None, "The model does not exist."),
    Fault.BUSY: (400, None, "The engine is currently overloaded, please try again later."),
    Fault.FILTERED: (400, "prompt", "The prompt triggered the content management policy."),
    Fault.TOO_LONG: (400, "messages", "This model's maximum context length is 2048 tokens."),
    Fault.SCHEMA_REFUSED: (400, "response_format", "'response_format.type' must be one of 'json_object', 'text'"),
    Fault.TEMPERATURE_REFUSED: (
        400,
        "temperature",
        "Unsupported value: 'temperature' does not support 0 with this model.",
    ),
    Fault.CAP_REFUSED: (
        400,
        "max_tokens",
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ),
}


@dataclass(eq=False)
class Gate:
    """Holds requests still until it is opened. `reached` is set when the first one stands before it."""

    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def open(self) -> None:
        self.opened.set()


@dataclass
class Trouble:
    fault: Fault | Gate
    matches: Callable[[dict[str, Any]], bool]
    times: int


class Faults:
    """Troubles that wait for the requests they are meant for; each is used up as it is met, but for standing ones."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Trouble] = []

    def add(self, fault: Fault | Gate, matches: Callable[[dict[str, Any]], bool], times: int) -> None:
        with self._lock:
            self._waiting.append(Trouble(fault, matches, times))

    def clear(self) -> None:
        """From now on nothing goes wrong."""
        with self._lock:
            self._waiting.clear()

    def take(self, body: dict[str, Any]) -> Fault | Gate | None:
        with self._lock:
            for trouble in self._waiting:
                if trouble.times and trouble.matches(body) and _applies(trouble.fault, body):
                    trouble.times -= trouble.fault not in STANDING
                    return trouble.fault
        return None


def _applies(fault: Fault | Gate, body: dict[str, Any]) -> bool:
    """Whether a server like that has something to complain of."""
    if fault in {Fault.SCHEMA_REFUSED, Fault.SCHEMA_SILENCES}:
        return body.get("response_format", {}).get("type") == "json_schema"
    if fault is Fault.TEMPERATURE_REFUSED:
        return "temperature" in body
    return fault is not Fault.CAP_REFUSED or "max_tokens" in body


def left_of(fault: Fault | None, request: str) -> str:
    """Return what a server with this fault shows its model of a `request`."""
    room = len(request) // KEPT_SHARE
    if fault is Fault.CUT_MIDDLE:
        return request[: len(request) // 4] + request[-len(request) // 4 :]
    if fault in CUTS_INSIDE:
        # What stays of the inside holds the word before the prompt, and the one after the entry.
        return request[: request.index(">\n") + 2] + request[request.index("\n</entry") :]
    if fault is Fault.CUT_AT_END:
        return request[:room]
    return request[-room:] if fault in CUTS else request


def draft_of(answer: str) -> str:
    """Return an answer of the same form, and by a reader of the same texts, that finds the contrary."""
    data = json.loads(answer)
    if "score" in data:
        data["score"] = 100 - data["score"]
    else:
        data["ranking"] = data["ranking"][::-1]
    return json.dumps(data)


def _forget(fault: Fault | None, answer: str, request: str) -> str:
    """Return the answer of a model that makes up what it was not shown, but for the words that nobody can make up."""
    shown, instead = left_of(fault, request), FORGETFUL[fault] if fault else ""

    def recall(words: re.Match[str]) -> str:
        return words[1] + json.dumps(
            [word if fault in CUTS and word in shown else instead for word in json.loads(words[2])]
        )

    return WORD_LISTS.sub(recall, answer)


def spoil(fault: Fault | None, answer: str, request: str) -> str:
    """Return the reply that a model with this fault sends instead of `answer` to a `request`."""
    data = json.loads(answer)
    if fault in FORGETFUL:
        return _forget(fault, answer, request)
    if fault in BARE:
        return BARE[fault](answer)
    if fault is Fault.WRONG_LABEL:
        known = data["slot"] if "slot" in data else data["ranking"][0][0]
        return answer.replace(f'"{known}"', '"zzz"')
    if fault is Fault.MISSING_FIELD:
        data.pop("score", None)
        data.pop("per_entry", None)
        return json.dumps(data)
    if fault is Fault.SCHEMA_IGNORED:
        return f"Gladly. Here is what I think:\n```json\n{json.dumps(data, indent=1)}\n```\nAsk me anything else."
    return answer
