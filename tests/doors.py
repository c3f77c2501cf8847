"""Finds each door by which text comes in: the forms, the bodies of the API, the admin's verbs, and raw reading."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator

from django import forms
from django.contrib import admin
from rest_framework import serializers

from core.api.fields import Text
from core.forms import TextField
from tests.house import ROOMS, House

# An address has a form of its own; what is guessed or proven is compared, not kept.
NO_TEXT = {"login", "username", "email", "password", "password1", "password2", "code", "credential", "url"}
# What scripts and links of ours send, and nobody types.
MACHINE_WORDS = {"token", "step", "ids", "since", "was", "judge", "sight", "show", "before", "session_id", "cursor"}
MACHINE_WORDS |= {"pack", "period", "sort", "shown", "status", "limit", "signed", "csrfmiddlewaretoken"}
# Of OAuth's protocol.
MACHINE_WORDS |= {"grant_type", "refresh_token", "client_id", "device_code", "scope"}
SENT = {"POST", "GET", "query_params"}


def load_rooms() -> None:
    for room in ROOMS:
        for module in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            if not {"migrations", "settings", "dev", "__main__", "asgi", "probe"} & set(module.name.split(".")):
                importlib.import_module(module.name)


def forms_of_ours() -> Iterator[tuple[str, forms.BaseForm]]:
    """Yield each form that some page of ours shows, with its name; verbs of the admin make theirs as they go."""
    load_rooms()
    waiting: list[type] = [forms.BaseForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.partition(".")[0] in ROOMS:
            yield f"{form.__module__}.{form.__name__}", form  # type: ignore[misc]
    for page in admin.site._registry.values():
        for verb in getattr(page, "verbs", ()):
            yield f"{type(page).__name__}.{verb.name}", verb.form()


def texts_past_the_form(name: str, form: object) -> list[str]:
    """Return the fields of a form that take a text in as it comes."""
    fields = getattr(form, "fields", None) or getattr(form, "base_fields", {})
    return [
        f"{name}.{field_name} is no TextField"
        for field_name, field in fields.items()
        if isinstance(field, forms.CharField) and not isinstance(field, TextField) and field_name not in NO_TEXT
    ]


def bodies_of_the_api(house: House) -> Iterator[type[serializers.Serializer[object]]]:
    """Yield each serializer by which a view reads a body."""
    for name, tree in house.items():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "shape":
                (asked, *_) = call.args
                assert isinstance(asked, ast.Name), f"{name}:{call.lineno}"
                yield getattr(importlib.import_module(name), asked.id)


def texts_past_the_body(name: str, field: serializers.Field[object, object, object, object]) -> list[str]:
    """Return what of a body, at any depth, takes a text in as it comes."""
    if isinstance(field, serializers.Serializer):
        return [fault for key, one in field.fields.items() for fault in texts_past_the_body(f"{name}.{key}", one)]
    child = getattr(field, "child", None)
    if child is not None:
        return texts_past_the_body(f"{name}[]", child)
    is_loose = isinstance(field, serializers.CharField | serializers.JSONField) and not isinstance(field, Text)
    return [f"{name} is no Text"] if is_loose else []


def texts_read_raw(house: House) -> list[str]:
    """Return where a text is taken from a request by name, past form and serializer, and is not kept."""
    faults = []
    for name, tree in house.items():
        inside = {id(node) for call in ast.walk(tree) if _keeps(call) for node in ast.walk(call)}
        for node in ast.walk(tree):
            word = _taken(node)
            if word is not None and word not in MACHINE_WORDS and id(node) not in inside:
                faults.append(f"{name}:{node.lineno} takes {word!r} as it comes")  # type: ignore[attr-defined]
    return faults


def _keeps(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"kept", "kept_within"}


def _taken(node: ast.AST) -> str | None:
    """Return the word under which `node` takes something of a request: in `request.POST[…]` or `.get(…)`."""
    if isinstance(node, ast.Subscript) and _is_sent(node.value):
        return _word(node.slice)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_sent(node.func.value):
        return _word(node.args[0]) if node.func.attr in {"get", "getlist"} else f".{node.func.attr}()"
    return None


def _is_sent(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in SENT


def _word(node: ast.AST) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)
