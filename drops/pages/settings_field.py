"""Settings for the agents (`env_vars`) as a person types them: a name, an equals sign and a value on each line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from drops.contest.terms import ENV_VAR_CHARS_MAX, ENV_VARS_MAX

# More than the names and values that fit, however they are written.
CHARS_MAX = ENV_VARS_MAX * ENV_VAR_CHARS_MAX * 2


class SettingsField(forms.Field):
    """Clean value: a mapping. A value in double quotes is read as JSON reads it, so that it may hold line ends."""

    def __init__(self, **options: Any) -> None:
        attrs = {"rows": 3, "class": "code", "dir": "auto", "spellcheck": "false", "autocomplete": "off"}
        # They may be secrets: no browser keeps them.
        attrs |= {"data-private": True}
        super().__init__(required=False, widget=forms.Textarea(attrs=attrs), **options)

    def clean(self, value: Any) -> dict[str, str]:
        text = str(super().clean(value) or "")
        pairs = [_pair(line) for line in text[: CHARS_MAX + 1].splitlines() if line.strip()]
        names = [name for name, _value in pairs]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise forms.ValidationError(_("“%(name)s” is set twice."), params={"name": twice})
        return dict(pairs)


def _pair(line: str) -> tuple[str, str]:
    name, equals, value = _name_and_rest(line.strip())
    if not equals or not name.strip():
        raise forms.ValidationError(_("Write each setting as NAME=value, on a line of its own."))
    value = value.strip()
    return name, _unquoted(value) if value.startswith('"') else value


def _name_and_rest(line: str) -> tuple[str, str, str]:
    try:
        name, end = json.JSONDecoder().raw_decode(line) if line.startswith('"') else ("", 0)
    except ValueError:
        end = 0
    if end and line[end : end + 1] == "=":
        return str(name), "=", line[end + 1 :]
    name, equals, value = line.partition("=")
    return name.strip(), equals, value


def _unquoted(value: str) -> str:
    try:
        text = json.loads(value)
    except ValueError:
        return value
    return text if isinstance(text, str) else value


def settings_text(settings: Mapping[str, str]) -> str:
    """Return the settings as the field reads them back."""
    return "\n".join(f"{_quoted(name, '=')}={_quoted(value)}" for name, value in settings.items())


def _quoted(text: str, *breaks: str) -> str:
    is_one_line = len(text.splitlines()) <= 1 and text == text.strip()
    is_plain = is_one_line and not text.startswith('"') and not any(sign in text for sign in breaks)
    # All but ASCII escaped: a line separator of Unicode would end the line.
    return text if is_plain else json.dumps(text)
