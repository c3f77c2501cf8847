"""The record of a drop in words for its sender's bank: from what is on file, and nothing they couldn't read."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from accounts.models import User
from core.text import apart
from drops.models import Drop
from wallet.money_in import evidence

WORK_CHARS_MAX = 6_000


def record_for_bank(payer: User, reference: str) -> str | None:
    """Return the record of a drop that `payer` sent; None where there is none, or it is somebody else's."""
    try:
        drop = Drop.objects.filter(pk=reference, sender=payer).first()
    except ValidationError:
        return None
    return None if drop is None else "\n".join(_lines_of(drop, payer))


def _lines_of(drop: Drop, payer: User) -> list[str]:
    lines = [
        f"Drop {drop.pk}: “{apart(drop.heading)}”, a contest for {drop.price_cents / 100:.2f} US dollars.",
        f"Its sender wrote: {apart(drop.prompt)}",
        *_moments(drop),
        f"{drop.submissions_count} people sent work for it.",
    ]
    # A digest lets one test a guess, so it is as sealed as the text.
    receipts = drop.submissions.unsealed_to(payer).order_by("created_at") if drop.is_ended else []
    for latest in (entry.latest for entry in receipts):
        lines.append(f"Work received {latest.received_at:%Y-%m-%d %H:%M UTC}, receipt SHA-256 {latest.sha256}.")
    winner = drop.winning_submission
    if winner is not None and drop.submissions.unsealed_to(payer).filter(pk=winner.pk).exists():
        lines.append(f"The work that won, graded {drop.grade}, and was handed over to the sender:")
        lines.append(winner.latest.body[:WORK_CHARS_MAX])
    log = drop.ranking_logs.readable_by(payer, drop).order_by("created_at", "pk")
    lines += [f"{line.created_at:%Y-%m-%d %H:%M UTC} {line.content}" for line in log]
    return lines


def _moments(drop: Drop) -> list[str]:
    named = [
        ("Paid for", drop.paid_at),
        ("Closed", drop.closed_at),
        ("Ended", drop.ended_at),
        ("Its sender opened the result", drop.pulled_at),
    ]
    return [f"{name}: {at:%Y-%m-%d %H:%M UTC}." for name, at in named if at is not None]


evidence.register(record_for_bank)
