"""Refusals: what a verb raises when a rule forbids what it was asked. Every room may import it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.words import Words


class Refused(Exception):
    """A rule said no, and nothing was changed.

    No refusal says the latter in its own words: the page says it of all of them, and the list of codes to programs.
    `code` is for programs, `str(refusal)` is one kind sentence for a person, `status` is the HTTP status that carries
    it. `retryable` says whether the same may be taken later, by itself, `retry_at` (aware UTC) until when the refusal
    stands, `next_step` what to do instead. `extra` adds to the problem document, `headers` to the answer's.
    """

    code = "refused"
    status = 409
    message: Words = _("That is not possible right now.")
    next_step: Words = ""
    # None: as its status says.
    retryable: bool | None = None
    headers: Mapping[str, str] = {}

    def __init__(
        self,
        message: Words | None = None,
        *,
        retry_at: datetime | None = None,
        next_step: Words | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(str(message or self.message))
        self.retry_at = retry_at
        self.next_step: Words = str(self.next_step if next_step is None else next_step)
        self.extra = extra

    @classmethod
    def is_retryable(cls) -> bool:
        """Whether waiting alone may help, so that the same request is taken later."""
        return cls.status in {429, 503} if cls.retryable is None else cls.retryable


class Invalid(Refused):
    """The request itself is at fault; `errors` names fields, as `{field: sentence}`."""

    code = "invalid"
    status = 400
    message = _("Fields are not right; `errors` names each of them.")

    def __init__(self, errors: Mapping[str, Words], **extra: Any) -> None:
        self.errors = {field: str(sentence) for field, sentence in errors.items()}
        super().__init__(" ".join(self.errors.values()), **extra)


def read_all(*reads: Callable[[], Any]) -> list[Any]:
    """Return what each of `reads` returns. Raise one Invalid with the faults of all of them."""
    values, errors = [], {}
    for read in reads:
        try:
            values.append(read())
        except Invalid as invalid:
            errors.update(invalid.errors)
    if errors:
        raise Invalid(errors)
    return values


class Forbidden(Refused):
    code = "forbidden"
    status = 403
    message = _("Your account may not do that.")


class Suspended(Forbidden):
    code = "suspended"
    message = _("Your account is suspended.")
    next_step = _("See your results, download your data, and write to us if you think this is a mistake.")
