"""Shared by the forms of all pages."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms


def add_faults(form: forms.BaseForm, faults: Mapping[str, str], fields: Mapping[str, str] | None = None) -> None:
    """Show beside its field what a verb would refuse, where the field's shape is right. `fields` names the form's own.

    Called by a form's `clean` with what is right so far, so that one look shows all that is wrong.
    """
    for name, fault in faults.items():
        field = name if fields is None else fields.get(name)
        if field not in form.errors:
            form.add_error(field, fault)  # type: ignore[attr-defined]  # forms of models and others alike
