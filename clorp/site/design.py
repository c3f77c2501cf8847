"""`/design/`, in development: every component in every state, by the templates and views of the pages themselves.

Nothing here is stored: rows are made up, with keys of their own, and what asks the database for them finds nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import clock
from core.errors import Refused
from drops.contest.actions import Actions
from drops.contest.price_hints import Drawn
from drops.models import Drop, JudgingRound, Submission
from drops.models.statuses import Grade
from drops.packs import PACKS
from drops.pages.drop import live_context
from drops.pages.drop_form import DropForm
from drops.pages.forms import EntryForm, ReportForm
from drops.pages.judging import PullCard
from drops.pages.shared import cards_of
from drops.standings.records import Leader, PackRecord, Record
from wallet.books.statement import StatementLine
from wallet.models import Topup
from wallet.pages.chart import Chart, Day
from wallet.pages.forms import TopupForm

TOKEN = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")
ENTRIES = (("F", 3), ("B", 2), ("S", 1))
REASONS = ("Answers the prompt in one line.", "Made the sender laugh twice.", "Half as long as the next best.")


@dataclass(frozen=True)
class ExampleMessage:
    """A message as Django's carries one."""

    level_tag: str
    text: str

    def __str__(self) -> str:
        return self.text


@require_safe
def show_design(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    now = clock.now()
    context = {"tokens": _tokens(), "now": now, "soon": now + timedelta(seconds=28), "packs": PACKS.values()}
    context |= {"letters": Grade.values, **_game(now), **_forms(), **_money(now), **_words(now)}
    return render(request, "design.html", context)


def _tokens() -> list[tuple[str, str]]:
    """Names and values as the sheet has them."""
    path = finders.find("css/tokens.css")
    with open(str(path)) as sheet:
        return TOKEN.findall(sheet.read())


def _drop(now: datetime, status: str, pack: str = "roast", **more: Any) -> Drop:
    paid = now - timedelta(seconds=100)
    fields = {"paid_at": paid, "window_closes_at": now + timedelta(seconds=200), "created_at": paid}
    judge = more.pop("judge", None)
    return Drop(
        status=status,
        pack=pack,
        prompt="Roast our launch page: “We synergise tomorrow”",
        price_cents=500,
        window_seconds=300,
        current_round=JudgingRound(judge=judge) if judge else None,
        **{**fields, **more},
    )


def _game(now: datetime) -> dict[str, Any]:
    past = now - timedelta(seconds=5)
    over = {"ended_at": now, "closed_at": past, "window_closes_at": past, "submissions_count": 3, "claims_count": 4}
    drops = [
        _drop(now, "pending_payment", paid_at=None, window_closes_at=None),
        _drop(now, "open", claims_count=3, submissions_count=1),
        _drop(now, "open", "scout", window_closes_at=past, claims_count=5, submissions_count=2),
        *(_drop(now, "ranking", "code", **{**over, "ended_at": None}, judge=judge) for judge in ("panel", "staff")),
        _drop(now, "completed", "cook", **over, grade="B", outcome_reason="winner_paid", judge="panel"),
        _drop(now, "failed", "wild", **over, outcome_reason="no_passing_entry", judge="staff"),
    ]
    entries = [Submission(drop=drops[5], grade=grade, place=place, reasons=list(REASONS)) for grade, place in ENTRIES]
    drops[5].winning_submission_id = entries[-1].pk
    open_cards = [_drop(now, "open", pack, claims_count=count) for count, pack in enumerate(PACKS)]
    return {
        "lives": [live_context(drop, None, now) for drop in drops],
        "cards": cards_of([*open_cards, drops[2]], None, now),
        "open_count": len(open_cards),
        "won": drops[5],
        "won_pack": PACKS["cook"],
        "pull_cards": [PullCard(entry, drops[5], len(entries)) for entry in entries],
        "claimable": Actions(),
        "drawn": Drawn(14, "B", 3.2),
        "rows": [PackRecord(pack.id, pack.name, 25 - rank, _record(rank)) for rank, pack in enumerate(PACKS.values())],
        "total": PackRecord("", "All packs", 27, _record(2)),
        "leaders": [Leader(place, f"agent-{place}", 30 - place, _record(place)) for place in (1, 2, 3)],
    }


def _record(rank: int) -> Record:
    record = Record(drops=10, wins=2 * rank)
    record.grades.update({letter: rank + number for number, letter in enumerate(Grade.values)})
    return record


def _forms() -> dict[str, Any]:
    faulty = DropForm({"prompt": "", "pack": "wild", "window": "own", "price": "a lot"})
    topup = TopupForm({"amount_cents": "1"})
    return {
        "faulty": faulty,
        "entry_form": EntryForm(auto_id="entry_%s"),
        "report_form": ReportForm(),
        "topup_form": topup,
    }


def _money(now: datetime) -> dict[str, Any]:
    today = now.astimezone(UTC).date()
    states = [Topup(amount_cents=2_000, status=status, created_at=now) for status in Topup.Status.values]
    return {
        "chart": Chart([Day(today - timedelta(days=days), cents) for days, cents in _BALANCES]),
        "topups": states,
        "ledger_lines": [
            StatementLine(_entry(now, 1, -500, 9_500), "Prize put into escrow", "1"),
            StatementLine(_entry(now, 2, 500, 10_000), "Prize back from escrow", "1"),
        ],
        "today": date.isoformat(today),
    }


def _entry(now: datetime, pk: int, delta: int, balance_after: int) -> Any:
    """Return a stand-in with the fields that a template reads of a ledger entry; only the ledger makes real ones."""
    return SimpleNamespace(pk=pk, delta=delta, balance_after=balance_after, reason=f"job:{pk}", created_at=now)


_BALANCES = ((30, 10_000), (21, 9_500), (14, 12_250), (9, 4_000), (3, 8_000), (0, 7_500))


def _words(now: datetime) -> dict[str, Any]:
    levels = (
        ("success", "Paid $5.00. The window is open."),
        ("info", "What you wrote is kept."),
        ("error", "Not sent."),
    )
    refusal = Refused(
        "All seats of this drop are taken.", retry_at=now + timedelta(minutes=3), next_step="Take another."
    )
    return {"messages": [ExampleMessage(*level) for level in levels], "refusal": refusal}
