"""Shared by the forms of all pages, the admin's among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy

from core.text import kept
from core.words import Words

# Of widgets that were drawn before, by all that they show.
DRAWN: dict[tuple[object, ...], SafeString] = {}
DRAWN_MAX, VALUE_CHARS_MAX = 1_000, 100


class DrawnOnce(forms.BoundField):
    """A field whose widget is drawn once for each language and value: Django renders a template for each option.

    For `bound_field_class` of a form whose fields are the same whoever asks, such as the filters of a list.
    """

    def as_widget(
        self, widget: forms.Widget | None = None, attrs: Any = None, only_initial: bool = False
    ) -> SafeString:
        value = self.value()
        if widget or attrs or only_initial or len(str(value)) > VALUE_CHARS_MAX:
            return super().as_widget(widget, attrs, only_initial)
        key = (type(self.form), self.html_name, self.auto_id, get_language(), repr(value), bool(self.errors))
        drawn = DRAWN.get(key)
        if drawn is None:
            drawn = super().as_widget()
            if len(DRAWN) >= DRAWN_MAX:
                DRAWN.clear()
            DRAWN[key] = drawn
        return drawn


class TextField(forms.CharField):
    """A text as it is kept: what shows nothing is empty, and its length is that of what is stored.

    A page sends each line end as two characters, which are one to whoever typed it.
    """

    default_error_messages = {
        # As verbs say it (core/text.py); Django counts and fills it with `%`.
        "max_length": gettext_lazy("This has %(show_value)d characters; at most %(limit_value)d fit."),
    }

    def to_python(self, value: Any) -> Any:
        return super().to_python(value if value in self.empty_values else kept(str(value)))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Let what is typed run in its own direction, and be as long as it is: a browser counts an emoji as two, cuts
        what is pasted, and says nothing of it."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        if widget.is_hidden:
            return attrs
        return {**attrs, "dir": "auto", **({"data-most": str(self.max_length)} if self.max_length else {})}


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
