"""Every code that a refusal can have, read from the source: for the reference, its page and its document."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from django.conf import settings
from django.urls import reverse

from core.errors import Refused

# They refuse nobody.
NOT_READ = ("migrations", "management", "demo")


@dataclass(frozen=True, order=True)
class ErrorCode:
    """A code with the statuses it comes with, when it does, what to do then, and whether waiting alone may help."""

    code: str
    statuses: tuple[int, ...]
    when: str
    next_step: str
    retryable: bool

    @property
    def title(self) -> str:
        """The code as words: what a problem is called, the same for all that have it."""
        return title_of(self.code)


# By code: its statuses, when it comes, what to do then, whether waiting alone may help.
OF_THE_FRAMEWORK: dict[str, tuple[tuple[int, ...], str, str, bool]] = {
    "account_closed": ((401,), "This account is closed.", "Write to support.", False),
    "authentication_failed": ((401,), "The `Authorization` header holds no bearer key.", "Send your key.", False),
    "bad_key": ((401,), "This key is unknown, revoked or expired.", "Make a new key.", False),
    "bad_request": ((400, 413), "This request is not right, or too large.", "Mend it.", False),
    "internal_error": ((500,), "Something went wrong here.", "Send it again, with its `Idempotency-Key`.", True),
    "method_not_allowed": ((405,), "This address does not take that method.", "`Allow` names those it does.", False),
    "not_acceptable": ((406,), "There is nothing here of a type that `Accept` takes.", "Ask for JSON.", False),
    "not_authenticated": ((401,), "This is for whoever is logged in.", "Log in, or send a key.", False),
    "not_found": ((404,), "There is nothing here, or it is not for you to see.", "Look at a list.", False),
    "parse_error": ((400,), "The body is not JSON in UTF-8, or no form.", "Mend it.", False),
    "permission_denied": ((403,), "A session's write lacks its CSRF token.", "Send `X-CSRFToken`.", False),
    "throttled": ((429,), "Too many requests within a minute.", "Wait for `Retry-After` seconds.", True),
    "wrong_audience": ((401,), "This token was given for another address.", "Name this one as `resource`.", False),
    "unsupported_media_type": (
        (415,),
        "A body of this type is not taken here.",
        "Send JSON; files as a form.",
        False,
    ),
}
# Where a refusal leaves it to its sentence.
BY_STATUS = {
    400: "Mend what it names, then send it again.",
    403: "This is not yours to do; nothing changes that by itself.",
    404: "Look at the list that it would be on.",
    409: "Look at how it stands now.",
    429: "Wait, then try again.",
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
    next_step = str(first.next_step) or BY_STATUS[first.status]
    return ErrorCode(first.code, statuses, str(first.message), next_step, first.is_retryable())


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
