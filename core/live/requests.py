"""A request as the server takes it."""

from __future__ import annotations

from django.core.handlers.asgi import ASGIRequest


class Utf8Request(ASGIRequest):
    """A request whose query and form are read as UTF-8, whatever encoding its sender names.

    Django would take any codec of Python's, some of which read no text, and stumble before there is an answer. Pages
    and the API refuse a form in another encoding.
    """

    @property
    def encoding(self) -> None:
        return None

    @encoding.setter
    def encoding(self, _named: str | None) -> None:
        """Stay with UTF-8."""
