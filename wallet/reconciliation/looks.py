"""The questions of one comparison to Stripe: each by itself, so that one refusal hides nothing but its own answer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from wallet.gateway import StripeFailure

log = logging.getLogger(__name__)


class Looks:
    """Remembers by name what could not be seen. Nothing it guards may stop the rest."""

    def __init__(self) -> None:
        self.unseen: list[str] = []

    @contextmanager
    def at(self, what: str) -> Iterator[None]:
        """Go on after trouble inside, and remember that `what` was not seen whole."""
        try:
            yield
        except StripeFailure as failure:
            log.error("not looked at", extra={"what": what, "failure": str(failure)})
            self.unseen.append(what)
        except Exception:
            log.exception("not looked at", extra={"what": what})
            self.unseen.append(what)
