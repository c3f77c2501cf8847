"""A database that is away for a moment: people and programs are told to come back, and of no bug of ours."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils.translation import gettext_lazy as _

from core.errors import Refused

log = logging.getLogger(__name__)

RETRY_SECONDS = 5
# By the first letters of SQLSTATE: no connection, no room, shut down or cut; and a replica that may not write yet.
AWAY_STATES = ("08", "53", "57P", "25006")


class DatabaseAway(Refused):
    code = "database_away"
    status = 503
    headers: Mapping[str, str] = {"Retry-After": str(RETRY_SECONDS)}
    message = _("Our database can't be reached right now.")
    next_step = _("Send it again in some seconds, with its `Idempotency-Key`: what was done is not done twice.")


SENTENCE = _(
    "Our database can't be reached right now. If you were sending something, look whether it arrived before you send "
    "it again."
)


def is_away(error: BaseException) -> bool:
    """Whether `error` says that the database can't be reached, or not be worked with by anybody."""
    if not isinstance(error, Error):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    if state is None:
        return isinstance(error, OperationalError | InterfaceError)
    return str(state).startswith(AWAY_STATES)


def refusing_while_away(ask: Callable[[], bool]) -> Callable[[], bool]:
    """Return `ask`, which raises DatabaseAway where the database is away."""

    def asked() -> bool:
        try:
            return ask()
        except Error as error:
            if is_away(error):
                raise DatabaseAway from error
            raise

    return asked


def answer_while_away(request: HttpRequest) -> HttpResponse:
    """A page with 503 and `Retry-After`; asks the database nothing."""
    log.warning("the database is away")
    context = {"sentence": SENTENCE, "retry_seconds": RETRY_SECONDS}
    headers = {**DatabaseAway.headers, "Cache-Control": "no-store"}
    return HttpResponse(get_template("503.html").render(context), status=503, headers=headers)
