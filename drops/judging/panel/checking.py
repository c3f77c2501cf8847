"""Trying a judge on the golden pairs: what it gets right, and whether it may settle money."""

from __future__ import annotations

import logging
import math
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.notifications.notify import notify
from accounts.permissions import moderators
from core.periodic import in_time
from drops.judging.panel import budget
from drops.judging.panel.asking import Attempt, ask_with_retries
from drops.judging.panel.attempts import COST_PLACES
from drops.judging.panel.client import client_of
from drops.judging.panel.judges import PanelJudge, configured_judges, with_cheaper
from drops.judging.panel.qualification import in_today_s_words, newest_check
from drops.judging.panel.retry_policy import RetryPolicy
from drops.models import SeatCheck
from drops.packs import PACKS, rubric_versions
from drops.ranking import PROMPTS_VERSION, Call, CallAnswer
from drops.ranking.golden import AGREEMENT_ALARM, Figures, Trial, add_up, golden_pairs

log = logging.getLogger(__name__)

Note = Callable[[Attempt], None]
Ask = Callable[[PanelJudge, Call, Note], CallAnswer]


@dataclass
class CheckCost:
    """The cost of a check, and who answered. Appending is safe between threads."""

    costs: list[Decimal] = field(default_factory=list)
    models: list[str] = field(default_factory=list)

    def note(self, attempt: Attempt) -> None:
        """One attempt more."""
        self.costs.append(attempt.cost_cents)
        if attempt.reply is not None and attempt.reply.model:
            self.models.append(attempt.reply.model)


def all_judges() -> tuple[PanelJudge, ...]:
    """Every judge that may ever judge here."""
    return with_cheaper(configured_judges())


def judges_due(now: datetime) -> list[PanelJudge]:
    """Judges that were not checked for JUDGE_CHECK_EVERY_DAYS, or never in today's words."""
    since = now - timedelta(days=settings.JUDGE_CHECK_EVERY_DAYS)
    checks = [(judge, newest_check(judge)) for judge in all_judges()]
    return [
        judge for judge, check in checks if check is None or check.checked_at <= since or not in_today_s_words(check)
    ]


def within_budget(judges: Sequence[PanelJudge], now: datetime) -> list[PanelJudge]:
    """Those of `judges` whose checks, one after the other, fit into what is left of the day's budget.

    For checks that nobody ordered. A drop that begins meanwhile does not see them yet, so the day can cost the price
    of these checks more than its budget, and no more.
    """
    with transaction.atomic():
        left = budget.day_left_cents(now)
    fitting = []
    for judge in judges:
        most = sum((budget.call_cents(judge, call) for trial in _trials("budget") for call in trial.calls), Decimal(0))
        if most and most > left:
            log.warning("judge check put off: the day's budget is used up", extra={"seat": judge.name})
            continue
        left -= most
        fitting.append(judge)
    return fitting


def ask_judge(judge: PanelJudge, call: Call, note: Note) -> CallAnswer:
    """The first answer that comes, good or bad: one that can't be read is a finding here, and not asked afresh."""
    return ask_with_retries(
        client_of(judge), call, check=lambda text: None, note=note, retries=RetryPolicy(**settings.JUDGE_PATIENCE)
    )


def try_judges(
    *, judges: Sequence[PanelJudge], now: datetime, ask: Ask = ask_judge, seconds_max: float = math.inf
) -> list[SeatCheck]:
    """Ask each of `judges` all pairs in both orders, and store how it did. Not for inside a transaction: it is slow.

    After `seconds_max` no further judge is begun. A judge is also measured against the best of all judges, by their
    newest checks where they are not tried now.
    """
    if connection.in_atomic_block and ask is ask_judge:
        raise RuntimeError("A judge is never asked inside a transaction.")
    tried = [(judge, *_try(judge, ask)) for judge in in_time(judges, seconds_max)]
    begun = [judge for judge, _figures, _cost in tried]
    others = [newest_check(judge) for judge in all_judges() if judge not in begun]
    known = [check.figures["accuracy"] for check in others if check is not None]
    best = max([figures.accuracy for _judge, figures, _cost in tried] + known, default=0.0)
    with transaction.atomic():
        checks = [_store(judge, figures, cost, best, now) for judge, figures, cost in tried]
        for check in checks:
            _sound_alarm(check, now)
    return checks


def _try(judge: PanelJudge, ask: Ask) -> tuple[Figures, CheckCost]:
    # Fresh names and fences each time, so that no server answers from what it remembers of the last check.
    trials, cost = _trials(secrets.token_hex(16)), CheckCost()
    calls = [call for trial in trials for call in trial.calls]
    with ThreadPoolExecutor(judge.concurrency, thread_name_prefix="check") as pool:
        answers = dict(pool.map(lambda call: (call.key, ask(judge, call, cost.note)), calls))
    return add_up([trial.mark(answers) for trial in trials]), cost


def _trials(seed: str) -> list[Trial]:
    return [Trial.of(pair, rubric_version=PACKS[pair.pack_id].rubric_id, seed=seed) for pair in golden_pairs()]


def _store(judge: PanelJudge, figures: Figures, cost: CheckCost, best: float, now: datetime) -> SeatCheck:
    shortfalls = figures.shortfalls(best)
    return SeatCheck.objects.create(
        judge=judge.name,
        model=judge.model,
        models_returned=sorted(set(cost.models)),
        address=judge.base_url,
        rubrics=rubric_versions(),
        prompts_version=PROMPTS_VERSION,
        figures=figures.to_json(),
        shortfalls=list(shortfalls),
        passed=not shortfalls,
        calls=2 * len(golden_pairs()),
        cost_cents=sum(cost.costs, Decimal(0)).quantize(COST_PLACES),
        checked_at=now,
    )


def _sound_alarm(check: SeatCheck, now: datetime) -> None:
    """Tell the operator's log and the moderators of a judge that may not judge, or no longer agrees with itself."""
    agreement = check.figures["agreement"]
    if check.passed and agreement >= AGREEMENT_ALARM:
        return
    what = "judge does not agree with itself" if agreement < AGREEMENT_ALARM else "judge failed its check"
    log.error(what, extra={"seat": check.judge, "model": check.model, "figures": check.figures})
    text = format_lazy(
        _("Judge {judge}: {faults} It settles no drop until it passes again."),
        judge=check.judge,
        faults=" ".join(check.shortfalls),
    )
    notify(moderators(), kind="judge-failed", text=text, href="/admin/drops/seatcheck/", now=now)
