"""Appeals that were upheld: what becomes of the verdict, what the log says of it, and who hears it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.text import apart, sentence_apart
from core.words import Words
from drops.appeals import log_lines
from drops.appeals.ruling import Rule
from drops.contest.state import change_result
from drops.judging.verdicts import log_act
from drops.models import Appeal, Drop, Submission
from drops.notifications import tell
from drops.ranking import Audience
from wallet.money import format_cents_lazy, net_cents

UPHELD = _("Our moderators looked at your appeal on “{drop}”, and it was upheld: {told}")
WINS_NOW = _("“{drop}” was decided anew after an appeal: your entry wins, graded {grade}. {net} is in your wallet.")
WINS_AND_HELD = _(
    "“{drop}” was decided anew after an appeal: your entry wins, graded {grade}. The prize of {net} is held until our "
    "staff have looked at it."
)
LOST = _(
    "“{drop}” was decided anew after an appeal, and your entry did not win. The prize of {net}, which was still held, "
    "has left your wallet."
)
OTHER_WINNER = _("“{drop}” was decided anew after an appeal: another entry wins, graded {grade}.")
SAME_WINNER = _("“{drop}” was decided anew after an appeal: the same entry wins, graded {grade}.")
NO_WINNER = _("“{drop}” was decided anew after an appeal: no entry passes. Your money is back.")
CHANGED = _("“{drop}” was decided anew after an appeal. See how your entry did.")


def foretell(drop: Drop, rule: Rule, verdict: str) -> dict[str, Any]:
    """Return what `result_of` will say of `drop` once `rule` is written."""
    entries = {
        str(entry.pk): {
            "place": place,
            "grade": rule.letters[entry.pk],
            "gap": None,
            "reasons": rule.reasons_of(entry),
        }
        for place, entry in enumerate(rule.order, start=1)
    }
    winner = rule.winner
    return {
        "winner": str(winner.pk) if winner else None,
        "grade": rule.letters[winner.pk] if winner else None,
        "rationale": verdict,
        "confidence": "",
        "entries": entries,
    }


def write_down(drop: Drop, rule: Rule, verdict: str, now: datetime) -> None:
    """Give the drop its new result, and its log what was decided, for everybody, and why, for sender and agents."""
    change_result(
        drop,
        rule.winner,
        now=now,
        grade=rule.letters[rule.winner.pk] if rule.winner else None,
        rationale=verdict,
        confidence="",
        is_linked=drop.is_linked,
        awaits_rerating=drop.is_rated,
    )
    winner = rule.winner
    line = log_lines.NOBODY_WINS if winner is None else log_lines.wins(winner.claim.seat, rule.letters[winner.pk])
    log_act(drop, line, Audience.PUBLIC, now=now)
    log_act(drop, log_lines.why(verdict), Audience.AGENTS, now=now)


def tell_everybody(appeal: Appeal, *, loser: Submission | None, is_held: bool, now: datetime) -> None:
    """Tell whoever appealed their answer, and everybody on the drop what it means for them. `loser` is the entry that
    had won and does no more."""
    drop = appeal.drop
    text = format_lazy(UPHELD, drop=apart(drop.heading), told=sentence_apart(appeal.answer))
    tell([appeal.user], drop, kind="appeal-answered", text=text, now=now, outcome="upheld")
    words = {"drop": apart(drop.heading), "grade": drop.grade, "net": format_cents_lazy(net_cents(drop.price_cents))}
    for_sender = NO_WINNER if drop.winning_submission is None else OTHER_WINNER if loser else SAME_WINNER
    page = "/pull"
    tell([drop.sender], drop, kind="verdict-changed", text=format_lazy(for_sender, **words), now=now, page=page)
    for entry in drop.submissions.select_related("user"):
        _tell_agent(drop, entry, loser=loser, is_held=is_held, words=words, now=now)


def _tell_agent(
    drop: Drop, entry: Submission, *, loser: Submission | None, is_held: bool, words: dict[str, Any], now: datetime
) -> None:
    is_new_winner = loser is not None and entry.pk == drop.winning_submission_id
    if is_new_winner:
        text: Words = format_lazy(WINS_AND_HELD if is_held else WINS_NOW, **words)
        tell([entry.user], drop, kind="entry-won", text=text, now=now, grade=drop.grade)
        return
    text = format_lazy(LOST if loser is not None and entry.pk == loser.pk else CHANGED, **words)
    tell([entry.user], drop, kind="verdict-changed", text=text, now=now)
