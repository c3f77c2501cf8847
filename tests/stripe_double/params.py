"""Reads parameters against the SDK's own typed dictionaries, and refuses whatever those do not know.

Real Stripe does the same, one request too late: after a deployment.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

from stripe._request_options import RequestOptions
from typing_extensions import is_typeddict

from tests.stripe_double.errors import bad_parameter

OPTIONS = frozenset(RequestOptions.__annotations__)
GONE = "payment_method_types"


def read_form(text: str) -> dict[str, Any]:
    """`a[b][0]=c` as `{"a": {"b": {"0": "c"}}}`; lists are told from maps when the types are known."""
    nested: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, *rest = name.replace("]", "").split("[")
        at = nested
        steps = [first, *rest]
        for step in steps[:-1]:
            at = at.setdefault(step, {})
        at[steps[-1] or str(len(at))] = value
    return nested


@functools.cache
def fields_of(typed: Any) -> dict[str, Any]:
    """Every parameter the typed dictionary knows, without the options that travel as headers."""
    # The options' own types are named in a module that need not have been loaded.
    hints = get_type_hints(typed, localns={"StripeContext": object, "Mapping": Mapping}, include_extras=True)
    return {name: hint for name, hint in hints.items() if name not in OPTIONS}


def read_params(given: Mapping[str, Any], typed: Any, within: str = "", extra: frozenset[str] = frozenset()) -> Any:
    """`given` with its values in their types. Raises ApiError as Stripe would, before anything is done."""
    known = fields_of(typed) if typed else {}
    read = {}
    for name, value in given.items():
        param = f"{within}[{name}]" if within else name
        if name == GONE and name not in known:
            code = "payment_method_types_no_longer_supported"
            raise bad_parameter(f"`{GONE}` is no longer supported.", code=code, param=param)
        if name in extra:
            read[name] = value
        elif name not in known:
            raise bad_parameter(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)
        else:
            read[name] = _read(value, known[name], param)
    for name in getattr(typed, "__required_keys__", frozenset()):
        if name not in given and name not in OPTIONS:
            param = f"{within}[{name}]" if within else name
            raise bad_parameter(f"Missing required param: {param}.", code="parameter_missing", param=param)
    return read


def _arms(hint: Any) -> list[Any]:
    """Return the types a value may have: unions and wrappers taken apart."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return [arm for part in get_args(hint) for arm in _arms(part)]
    if origin in (NotRequired, Required):
        return _arms(get_args(hint)[0])
    return [hint]


def _read(value: Any, hint: Any, param: str) -> Any:
    arms = _arms(hint)
    if isinstance(value, dict | list):
        return _read_compound(value, arms, param)
    words = [word for arm in arms if get_origin(arm) is Literal for word in get_args(arm)]
    if isinstance(value, str):
        return _read_text(value, arms, words, param)
    if value is None or type(value) in arms:
        return value
    raise bad_parameter(f"Invalid value for {param}", code="parameter_invalid", param=param)


def _read_compound(value: Any, arms: list[Any], param: str) -> Any:
    for arm in arms:
        origin = get_origin(arm)
        if isinstance(value, dict) and is_typeddict(arm):
            return read_params(value, arm, param)
        if origin is list:
            items = list(value.values()) if isinstance(value, dict) else value
            return [_read(item, get_args(arm)[0], f"{param}[{place}]") for place, item in enumerate(items)]
        notes = origin is dict or getattr(origin, "__name__", "") == "UntypedStripeObject"
        if notes and isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
            return value
    raise bad_parameter(f"Invalid object for {param}", code="parameter_invalid", param=param)


def _read_text(value: str, arms: list[Any], words: list[Any], param: str) -> Any:
    if bool in arms and value in ("true", "false"):
        return value == "true"
    if int in arms and value.removeprefix("-").isdigit():
        return int(value)
    if value in words or Decimal in arms or float in arms:
        return value
    named = [word for word in words if word != ""]
    # The SDK leaves its enums open; Stripe does not.
    if str in arms and not named:
        return value
    if named:
        raise bad_parameter(f"Invalid {param}: must be one of {named[:9]}", code="parameter_invalid", param=param)
    raise bad_parameter(f"Invalid value for {param}: {value}", code="parameter_invalid", param=param)
