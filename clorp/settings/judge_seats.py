"""Read and check JUDGE_SEATS: faults in it are refused before anything starts.

It stays plain data here; `drops.judging.panel.judges` makes judges of it. What an operator reads here says seat, as
the variable does; so does the key under which logs name a judge.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

Row = dict[str, Any]

JUDGES_MIN, JUDGES_MAX = 2, 3
NAME_CHARS_MAX = 60
PER_MINUTE_DEFAULT, PER_MINUTE_MAX = 120, 100_000
CONCURRENCY_DEFAULT, CONCURRENCY_MAX = 8, 64
THINKING_TOKENS_MAX = 32_000
KEY_BY_NAME = "env:"
# What a judge's own settings may not decide: these belong to the call.
RESERVED_PARAMS = {
    "max_completion_tokens",
    "max_tokens",
    "messages",
    "model",
    "n",
    "response_format",
    "stream",
    "tools",
}
_NUMBERS = {
    "per_minute": (PER_MINUTE_DEFAULT, 1, PER_MINUTE_MAX),
    "concurrency": (CONCURRENCY_DEFAULT, 1, CONCURRENCY_MAX),
    "thinking_tokens": (0, 0, THINKING_TOKENS_MAX),
}
_PRICES = ("input_cents_per_million", "output_cents_per_million")
_MEMBERS = {"name", "base_url", "api_key", "model", "params", "cheaper", *_NUMBERS, *_PRICES}


class Secret(str):
    """A text that does not show itself where settings are printed."""

    def __repr__(self) -> str:
        return "'***'"


def read_seats(text: str, secret: Callable[[str], str]) -> list[Row]:
    """Return the judges of a JSON list, every member filled in. Raises ValueError, whose sentence names no value.

    `secret` gives the value of an environment variable, empty where it is not set.
    """
    if not text.strip():
        return []
    try:
        rows = json.loads(text)
    except ValueError as fault:
        raise ValueError("JUDGE_SEATS is a JSON list of seats, and this is no JSON.") from fault
    if not isinstance(rows, list):
        raise ValueError("JUDGE_SEATS is a JSON list of seats.")
    if not rows:
        return []
    if not JUDGES_MIN <= len(rows) <= JUDGES_MAX:
        raise ValueError("JUDGE_SEATS lists two or three seats: one judge alone may not settle a drop.")
    judges = [_read_judge(row, f"Seat {number} of JUDGE_SEATS", secret) for number, row in enumerate(rows, start=1)]
    names = list(_names(judges))
    if len(set(names)) < len(names):
        raise ValueError("Two seats of JUDGE_SEATS share a name; give each a name of its own.")
    return judges


def _names(judges: Iterable[Row]) -> Iterator[str]:
    for judge in judges:
        yield judge["name"]
        if judge["cheaper"]:
            yield from _names([judge["cheaper"]])


def _read_judge(row: object, which: str, secret: Callable[[str], str]) -> Row:
    if not isinstance(row, dict):
        raise ValueError(f"{which} is a JSON object.")
    unknown = sorted(set(row) - _MEMBERS)
    if unknown:
        raise ValueError(f"{which} has members that are not known: {', '.join(unknown)}.")
    texts = {member: _text(row, member, which) for member in ("base_url", "model")}
    cheaper = row.get("cheaper")
    if cheaper is not None:
        # What is not said of the cheaper model is as with the dearer one: most often only the model differs.
        inherited = {member: value for member, value in row.items() if member not in {"name", "cheaper"}}
        cheaper = {**inherited, **cheaper} if isinstance(cheaper, dict) else cheaper
    return {
        "name": _name(row.get("name", texts["model"]), which),
        "base_url": _address(texts["base_url"], which),
        "model": texts["model"],
        "api_key": _key(row.get("api_key", ""), which, secret),
        "params": _params(row.get("params", {}), which),
        "cheaper": _read_judge(cheaper, f"The cheaper model of {which[0].lower()}{which[1:]}", secret)
        if cheaper
        else None,
        "per_minute": _number(row, "per_minute", which),
        "concurrency": _number(row, "concurrency", which),
        "thinking_tokens": _number(row, "thinking_tokens", which),
        "input_cents_per_million": _price(row, "input_cents_per_million", which),
        "output_cents_per_million": _price(row, "output_cents_per_million", which),
    }


def _text(row: Mapping[str, Any], member: str, which: str) -> str:
    value = row.get(member)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{which} needs a {member}.")
    return value.strip()


def _name(value: object, which: str) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > NAME_CHARS_MAX:
        raise ValueError(f"{which} needs a name: one line of at most {NAME_CHARS_MAX} characters.")
    return value.strip()


def _address(value: str, which: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_near(parts.hostname or "")):
        raise ValueError(f"{which} needs an https:// base_url: its key goes there. Plain http is for your own network.")
    if parts.username or parts.password:
        raise ValueError(f"{which} has a password in its base_url; put it into api_key.")
    return value.rstrip("/")


def _is_near(host: str) -> bool:
    """Whether a host is this machine, or on a network of the operator's own."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(host) and "." not in host
    return address.is_loopback or address.is_private


def _key(value: object, which: str, secret: Callable[[str], str]) -> Secret:
    if not isinstance(value, str):
        raise ValueError(f"The api_key of {which} is a text.")
    if not value.startswith(KEY_BY_NAME):
        return Secret(value)
    key = secret(value.removeprefix(KEY_BY_NAME))
    if not key:
        raise ValueError(f"The api_key of {which} names a variable that is not set: {value.removeprefix(KEY_BY_NAME)}.")
    return Secret(key)


def _params(value: object, which: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"The params of {which} are a JSON object.")
    reserved = sorted(set(value) & RESERVED_PARAMS)
    if reserved:
        raise ValueError(f"The params of {which} may not set {', '.join(reserved)}.")
    return value


def _number(row: Mapping[str, Any], member: str, which: str) -> int:
    default, least, most = _NUMBERS[member]
    value = row.get(member, default)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"The {member} of {which} is a whole number from {least} to {most}.")
    return value


def _price(row: Mapping[str, Any], member: str, which: str) -> Decimal:
    value = row.get(member, 0)
    try:
        # By way of text, or 0.1 would become the nearest binary fraction.
        price = Decimal(str(value)) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except InvalidOperation:
        price = None
    if price is None or not price.is_finite() or price < 0:
        raise ValueError(f"The {member} of {which} is a price in cents, from 0.")
    return price
