"""Shared by the forms of all pages, the admin's among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from core.text import kept
from core.words import Words


class TextField(forms.CharField):
    """A text as it is kept: what shows nothing is empty, and its length is that of what is stored.

    A page sends each line end as two characters, which are one to whoever typed it.
    """

    def to_python(self, value: Any) -> Any:
        return super().to_python(value if value in self.empty_values else kept(str(value)))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Let what is typed run in its own direction."""
        attrs = super().widget_attrs(widget)
        return attrs if widget.is_hidden else {**attrs, "dir": "auto"}


def kept_fields(data: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """Return what was sent under `names`, in the form in which text is kept and without what is empty."""
    return {name: text for name in names if (text := kept(data.get(name, "")))}


def add_faults(form: forms.BaseForm, faults: Mapping[str, Words], fields: Mapping[str, str] | None = None) -> None:
    """Show beside its field what a verb would refuse, where the field's shape is right. `fields` names the form's own.

    Called by a form's `clean` with what is right so far, so that one look shows all that is wrong.
    """
    for name, fault in faults.items():
        field = name if fields is None else fields.get(name)
        if field not in form.errors:
            form.add_error(field, fault)  # type: ignore[attr-defined]  # forms of models and others alike
