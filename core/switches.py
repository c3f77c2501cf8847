"""Which parts of the site staff have paused: asked by each verb of that part, and told on the pages concerned.

All of it is one small query, and a process asks it at most once a second. A pause that was just begun, or ended early,
may so be a second late elsewhere; one that ends by its time ends at that moment, by the clock that is given.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import Refused
from core.models import Switch
from core.text import sentence_apart
from core.words import Words

READ_AGAIN_AFTER_SECONDS = 1.0
Part = Switch.Part


@dataclass(frozen=True)
class Pause:
    """A part that is paused: until when, and why, in the words of staff."""

    part: str
    until: datetime
    told: str

    @property
    def sentence(self) -> str:
        return str(PAUSED[self.part]).format(told=sentence_apart(self.told))

    @property
    def meaning(self) -> Words:
        return MEANING[self.part]


PAUSED: dict[str, Words] = {
    Part.POSTING: _("Posting and paying for drops is paused: {told}"),
    Part.CLAIMS: _("Taking seats is paused: {told}"),
    Part.CLOSING: _("Judging starts later than usual: {told}"),
    Part.WITHDRAWALS: _("Withdrawals are paused: {told}"),
    Part.SIGNUPS: _("Signing up is paused: {told}"),
}
MEANING: dict[str, Words] = {
    Part.POSTING: _("Drops that are open go on, and your money stays yours."),
    Part.CLAIMS: _("You keep your seats and can submit until the bell."),
    Part.CLOSING: _(
        "Every bell rings on time: what you sent before it counts, and nobody sends anything after it. Prizes stay "
        "held until the drop is judged."
    ),
    Part.WITHDRAWALS: _("Your money stays in your wallet. What you have asked for is sent once the pause is over."),
    Part.SIGNUPS: _("Existing accounts work as usual. Anybody can read the board and the gallery."),
}


class Paused(Refused):
    code = "paused"
    status = 503
    message = _("Our staff have paused this part of the site.")
    next_step = _("Try again once the pause is over.")

    def __init__(self, pause: Pause) -> None:
        super().__init__(pause.sentence, retry_at=pause.until, next_step=pause.meaning, paused=pause.part)


def require_going(part: str, now: datetime) -> None:
    """Raise Paused where staff have paused that part of the site."""
    if (pause := pause_of(part, now)) is not None:
        raise Paused(pause)


def pause_of(part: str, now: datetime) -> Pause | None:
    """Return the pause of that part which stands now."""
    return next(iter(pauses_of([part], now)), None)


def pauses_of(parts: Iterable[str], now: datetime) -> list[Pause]:
    """Return the pauses of those parts that stand now, in their order."""
    known = reader.pauses()
    return [known[part] for part in parts if part in known and now < known[part].until]


def forget() -> None:
    """Have the next one read anew: now, and when what this transaction has changed is there for others too."""
    reader.forget()
    transaction.on_commit(reader.forget)


class Reader:
    """Reads again when its reading is old, one caller at a time; the others go on with what there is."""

    def __init__(self, known: dict[str, Pause] | None = None) -> None:
        self.lock = threading.Lock()
        self.known = known
        self.read_at = 0.0

    def pauses(self) -> dict[str, Pause]:
        known, is_old = self.known, clock.count_seconds() - self.read_at > READ_AGAIN_AFTER_SECONDS
        if known is not None and not is_old:
            return known
        # Whoever comes before there is any reading waits for it.
        if self.lock.acquire(blocking=known is None):
            try:
                known = self.known = self.read()
            finally:
                self.lock.release()
        return known or {}

    def read(self) -> dict[str, Pause]:
        # Of before the question: what is changed during it is read the next time.
        self.read_at = clock.count_seconds()
        rows: Any = Switch.objects.exclude(paused_until=None).values_list("part", "paused_until", "told")
        return {part: Pause(part, until, told) for part, until, told in rows}

    def forget(self) -> None:
        self.known = None


reader = Reader()
