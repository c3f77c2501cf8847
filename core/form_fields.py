"""The field for text of the pages' forms, the admin's among them."""

from __future__ import annotations

from typing import Any

from django import forms

from core.text import kept


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
