"""Answering an appeal: in writing, by somebody who had not decided. A verdict that changes moves held money only."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import require_moderator
from core.errors import Invalid
from core.live.pubsub import announce
from core.text import TOLD_CHARS_MAX, apart, as_sentence, fault_in, sentence_apart
from drops.appeals import by_two, log_lines, outcomes
from drops.appeals.independence import require_independent
from drops.appeals.ruling import Ruling, rule_on, write_places
from drops.contest.links import find_link
from drops.judging.second_look import is_above_limit
from drops.judging.verdicts import log_act, result_of
from drops.models import Appeal, Drop, Submission
from drops.moderation.acts import AlreadyDone, Changes, record_act, record_reading
from drops.notifications import tell
from drops.ranking import Audience
from wallet.models import Approval
from wallet.money_out.moved_prizes import move_prize

RIGHT = "drops.change_appeal"
DISMISSED = gettext_lazy("Our moderators looked at your appeal on “{drop}”, and the verdict stands: {told}")
STANDS = gettext_lazy("The verdict on “{drop}”, which you won, was appealed, and it stands. Nothing else changes.")


@transaction.atomic
def read_appealed(*, appeal: Appeal, staff: User, reason: str, now: datetime) -> list[Submission]:
    """Return the entries that an appeal is about, the first place first. That each was read is on record before."""
    require_moderator(staff, reason, right=RIGHT)
    require_independent(staff, appeal.drop)
    rows = appeal.drop.submissions.select_related("claim", "counting").prefetch_related("counting__attachments")
    entries = list(rows.order_by("place"))
    for entry in entries:
        record_reading(staff, "read", entry, reason, now)
    return entries


@transaction.atomic
def dismiss_appeal(*, appeal: Appeal, staff: User, told: str, reason: str, now: datetime) -> Appeal:
    """Let the verdict stand, and tell whoever appealed why.

    Raises HasDecided, HasStake, Forbidden, Invalid, AlreadyDone; AskedAlready while another answer waits for approval.
    """
    require_moderator(staff, reason, right=RIGHT)
    appeal = take_up(appeal, staff)
    by_two.require_nothing_asked(appeal, now)
    drop = appeal.drop
    record_act(staff, "dismiss-appeal", appeal, reason, now, told=told)
    _answer(appeal, Appeal.Status.DISMISSED, staff=staff, told=told, reason=reason, now=now)
    log_act(drop, log_lines.DISMISSED, Audience.AGENTS, now=now)
    text = format_lazy(DISMISSED, drop=apart(drop.heading), told=sentence_apart(told))
    tell([appeal.user], drop, kind="appeal-answered", text=text, now=now, outcome="dismissed")
    winner = drop.winning_submission.user if drop.winning_submission else None
    if winner is not None and winner != appeal.user and not drop.appeals.open().exists():
        tell([winner], drop, kind="verdict-stands", text=format_lazy(STANDS, drop=apart(drop.heading)), now=now)
    announce([drop.pk])
    return appeal


@transaction.atomic
def uphold_appeal(
    *, appeal: Appeal, staff: User, ruling: Ruling, verdict: str, told: str, reason: str, now: datetime
) -> Appeal | Approval:
    """Put another verdict in the place of the one that was appealed, and move the prize if somebody else has won.
    Above a limit, as any verdict of staff, that waits for a second person.

    `verdict` is why, for the sender and the agents; `told` is for whoever appealed alone. The old verdict stays on
    record. Raises PrizeNotHeld where the money is its winner's for good, HasDecided, HasStake, Forbidden, Invalid and
    AlreadyDone.
    """
    require_moderator(staff, reason, right=RIGHT)
    appeal = take_up(appeal, staff, players_of(appeal))
    if fault := fault_in(verdict, chars_max=TOLD_CHARS_MAX):
        raise Invalid({"verdict": fault})
    words: dict[str, Any] = {"told": told, "reason": reason, "now": now}
    if is_above_limit(appeal.drop):
        rule_on(appeal.drop, ruling)
        return by_two.ask_to_uphold(appeal, ruling, staff=staff, verdict=verdict, **words)
    return change_verdict(appeal, ruling, staff=staff, verdict=verdict, both={}, **words)


def change_verdict(
    appeal: Appeal,
    ruling: Ruling,
    *,
    staff: User,
    verdict: str,
    told: str,
    reason: str,
    both: Changes,
    now: datetime,
) -> Appeal:
    """Uphold a locked appeal; `both` is what the record says of whoever asked for it, where it took two."""
    drop, before = appeal.drop, result_of(appeal.drop)
    rule = rule_on(drop, ruling)
    changes = {"winner": [before["winner"], str(rule.winner.pk) if rule.winner else None], "verdict": ["", verdict]}
    record_act(staff, by_two.UPHOLD, appeal, reason, now, told=told, changes={**changes, **both})
    loser = None if rule.winner == drop.winning_submission else drop.winning_submission
    # While it is open, since that is what may hold the prize.
    is_held = loser is not None and _move(drop, rule.winner, now)
    # The database lets a result change only beside an appeal that was upheld, and this one says what it changed to.
    appeal.before, appeal.after = before, outcomes.foretell(drop, rule, as_sentence(verdict))
    _answer(appeal, Appeal.Status.UPHELD, staff=staff, told=told, reason=reason, now=now)
    write_places(rule)
    outcomes.write_down(drop, rule, as_sentence(verdict), now)
    outcomes.tell_everybody(appeal, loser=loser, is_held=is_held, now=now)
    return appeal


def players_of(appeal: Appeal) -> set[Any]:
    return set(Submission.objects.filter(drop=appeal.drop_id).values_list("user", flat=True))


def take_up(appeal: Appeal, staff: User, players: Set[Any] = frozenset()) -> Appeal:
    """Return the appeal and its drop, locked as they stand now: people, the drop, the appeal."""
    User.objects.lock_all({appeal.user_id, appeal.drop.sender_id, *players})
    drop = Drop.objects.lock(appeal.drop_id)
    locked: Appeal = Appeal.objects.select_for_update(no_key=True).get(pk=appeal.pk)
    locked.drop = drop
    if not locked.is_open:
        raise AlreadyDone(_("Somebody else has answered this appeal already."))
    require_independent(staff, drop)
    return locked


def _answer(appeal: Appeal, status: Appeal.Status, *, staff: User, told: str, reason: str, now: datetime) -> None:
    appeal.status, appeal.decided_by, appeal.decided_at = status, staff, now
    appeal.answer, appeal.note = as_sentence(told), reason
    appeal.save(update_fields=["status", "decided_by", "decided_at", "answer", "note", "before", "after"])


def _move(drop: Drop, winner: Submission | None, now: datetime) -> bool:
    """Move the prize to another winner, or to the sender where there is none. Says whether staff must let it go."""
    # It goes with the result, which is written next.
    drop.is_linked = winner is not None and find_link(drop.sender, winner.user, now)
    return move_prize(
        reference=drop.reference,
        payer=drop.sender,
        payee=winner.user if winner else None,
        is_linked=drop.is_linked,
        now=now,
    )
