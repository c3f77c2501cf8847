"""Every code that a refusal can have, read from the source: for the reference, its page and its document."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.words import Words

# They refuse nobody; the last one also needs packages that only a site with a bucket has.
NOT_READ = ("migrations", "management", "demo", "s3_files")


@dataclass(frozen=True, order=True)
class ErrorCode:
    """A code with the statuses it comes with, when it does, what to do then, and whether waiting alone may help."""

    code: str
    statuses: tuple[int, ...]
    when: Words
    next_step: Words
    retryable: bool

    @property
    def title(self) -> str:
        """The code as words: what a problem is called, the same for all that have it."""
        return title_of(self.code)


# By code: its statuses, when it comes, what to do then, whether waiting alone may help.
OF_THE_FRAMEWORK: dict[str, tuple[tuple[int, ...], Words, Words, bool]] = {
    "account_closed": ((401,), _("This account is closed."), _("Write to support."), False),
    "authentication_failed": ((401,), _("The `Authorization` header holds no bearer key."), _("Send your key."), False),
    "bad_key": ((401,), _("This key is unknown, revoked or expired."), _("Make a new key."), False),
    "bad_request": ((400, 413), _("This request is malformed, or too large."), _("Fix it, then send it again."), False),
    "internal_error": ((500,), _("Something went wrong here."), _("Send it again, with its `Idempotency-Key`."), True),
    "method_not_allowed": (
        (405,),
        _("This address does not take that method."),
        _("`Allow` names those it does."),
        False,
    ),
    "not_acceptable": ((406,), _("Nothing here comes in a type that `Accept` takes."), _("Ask for JSON."), False),
    "not_authenticated": ((401,), _("You aren't signed in."), _("Sign in, or send a key."), False),
    "not_found": (
        (404,),
        _("There is nothing here, or it is not for you to see."),
        _("Take the id from a list that you can read."),
        False,
    ),
    "parse_error": (
        (400,),
        _("The body can't be read as JSON in UTF-8, or as a form."),
        _("Fix it, then send it again."),
        False,
    ),
    "permission_denied": ((403,), _("A session's write lacks its CSRF token."), _("Send `X-CSRFToken`."), False),
    "throttled": ((429,), _("Too many requests within a minute."), _("Wait until `retry_at`."), True),
    "wrong_audience": (
        (401,),
        _("This token was given for another address."),
        _("Name this one as `resource`."),
        False,
    ),
    "unsupported_media_type": (
        (415,),
        _("A body of this type is not taken here."),
        _("Send JSON; files as a form."),
        False,
    ),
}
# Where a refusal leaves it to its sentence.
BY_STATUS = {
    400: _("Fix what it names, then send it again."),
    403: _("You may not do this, and waiting won't change that."),
    404: _("Take the id from a list that you can read."),
    409: _("Read how things stand now, then decide."),
    429: _("Wait, then try again."),
}


@cache
def all_error_codes() -> tuple[ErrorCode, ...]:
    """Return every code by its name: the framework's, and those of all refusals in the source."""
    import_all_modules()
    by_code: dict[str, list[type[Refused]]] = {}
    for refusal in dict.fromkeys(refusals_below(Refused)):
        # Those of tests are not the site's.
        if refusal.__module__.partition(".")[0] in settings.INSTALLED_APPS:
            by_code.setdefault(refusal.code, []).append(refusal)
    framework = [ErrorCode(code, *told) for code, told in OF_THE_FRAMEWORK.items()]
    return tuple(sorted([*framework, *(code_of(same) for same in by_code.values())]))


def code_of(same: list[type[Refused]]) -> ErrorCode:
    """Return the entry of refusals that share a code; the first that was defined tells when it comes."""
    first = same[0]
    statuses = tuple(sorted({refusal.status for refusal in same}))
    next_step = first.next_step or BY_STATUS[first.status]
    return ErrorCode(first.code, statuses, first.message, next_step, first.is_retryable())


def next_step_for(code: str, status: int) -> Words:
    """Return what to do after a refusal that doesn't say it itself, or nothing."""
    return OF_THE_FRAMEWORK[code][2] if code in OF_THE_FRAMEWORK else BY_STATUS.get(status, "")


def refusals_below(refusal: type[Refused]) -> Iterator[type[Refused]]:
    for each in refusal.__subclasses__():
        yield each
        yield from refusals_below(each)


def import_all_modules() -> None:
    """Import whatever may define a refusal; in the order of the rooms, so that the same source gives the same list."""
    for room in ("core", "accounts", "wallet", "drops"):
        for module in pkgutil.walk_packages(import_module(room).__path__, f"{room}."):
            if not {*module.name.split(".")} & {*NOT_READ}:
                import_module(module.name)


def title_of(code: str) -> str:
    """Return a code as words."""
    return code.replace("_", " ").capitalize()


def address_of_code(code: str) -> str:
    """Return the path at which a code is explained."""
    return f"{reverse('errors')}#{code}"
