"""The actions that a drop offers a viewer now, and why not the others, so that no page or program has to guess."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.errors import Refused
from drops.contest import appeal_rules, rules, sender_rules
from drops.contest.eligibility import Eligibility
from drops.models import Drop


@dataclass(frozen=True)
class Action:
    """One thing the viewer may do. `until` (aware UTC) is when it stops being possible by the clock, if known.

    `cools_until` is when a seat that is let go now may be claimed again; `warning` is what to know before.
    """

    action: str
    method: str
    href: str
    until: datetime | None = None
    cools_until: datetime | None = None
    warning: str = ""


@dataclass(frozen=True)
class RefusedAction:
    """One thing the viewer may not do now, with the refusal's code, sentence and end."""

    action: str
    code: str
    error: str
    retry_at: datetime | None = None


@dataclass(frozen=True)
class Actions:
    allowed: tuple[Action, ...] = ()
    refused: tuple[RefusedAction, ...] = ()

    def allows(self, action: str) -> bool:
        return any(known.action == action for known in self.allowed)

    @property
    def may(self) -> frozenset[str]:
        """Return the names of what is allowed, for templates: `{% if "claim" in actions.may %}`."""
        return frozenset(known.action for known in self.allowed)

    @property
    def cools_until(self) -> datetime | None:
        """Return when a seat could be claimed again that is let go now; None where none can be."""
        return next((known.cools_until for known in self.allowed if known.cools_until), None)

    @property
    def warnings(self) -> dict[str, str]:
        """Return what to know beforehand by name, for templates: `{{ actions.warnings.cancel }}`."""
        return {known.action: known.warning for known in self.allowed if known.warning}

    @property
    def refusals(self) -> dict[str, RefusedAction]:
        """Return what is refused by name, for templates: `{{ actions.refusals.claim.error }}`."""
        return {known.action: known for known in self.refused}


@dataclass(frozen=True)
class _Rule:
    """A named step: its check, whether the viewer's role makes it worth a mention, and whether the bell ends it.

    `path` is where it is done below the drop, if not at its own name.
    """

    check: Callable[[Drop, Eligibility], None]
    concerns: Callable[[Drop, Eligibility], bool]
    method: str = "POST"
    ends_with_window: bool = False
    path: str | None = None


def _is_sender(drop: Drop, eligibility: Eligibility) -> bool:
    return drop.is_sent_by(eligibility.user)


def _is_rival(drop: Drop, eligibility: Eligibility) -> bool:
    return not _is_sender(drop, eligibility) and drop.pk not in eligibility.claims and not drop.is_pending


def _is_seated(drop: Drop, eligibility: Eligibility) -> bool:
    return drop.pk in eligibility.claims and drop.is_open


def _may_judge(drop: Drop, eligibility: Eligibility) -> bool:
    return drop.is_ranking and (_is_sender(drop, eligibility) or rules.may_judge_as_staff(drop, eligibility.user))


def _anyone(drop: Drop, eligibility: Eligibility) -> bool:
    return not _is_sender(drop, eligibility)


def _check_report(drop: Drop, eligibility: Eligibility) -> None:
    sender_rules.check_report(drop)


def _awaits_sender(drop: Drop, eligibility: Eligibility) -> bool:
    """Whether it was judged, and its sender has not seen yet how."""
    return _is_sender(drop, eligibility) and drop.is_ended and drop.closed_at is not None and drop.pulled_at is None


def _has_winner(drop: Drop, eligibility: Eligibility) -> bool:
    return _is_sender(drop, eligibility) and drop.is_completed


_RULES: dict[str, _Rule] = {
    "edit": _Rule(
        sender_rules.check_change,
        lambda drop, eligibility: _is_sender(drop, eligibility) and drop.is_pending,
        method="PATCH",
        path="",
    ),
    "pay": _Rule(rules.check_pay, lambda drop, eligibility: _is_sender(drop, eligibility) and drop.is_pending),
    "cancel": _Rule(
        rules.check_cancel,
        lambda drop, eligibility: _is_sender(drop, eligibility) and (drop.is_pending or drop.is_open),
        ends_with_window=True,
    ),
    "claim": _Rule(rules.check_claim, _is_rival, ends_with_window=True),
    "submit": _Rule(rules.check_submit, _is_seated, ends_with_window=True),
    "draft": _Rule(rules.check_submit, _is_seated, method="PUT", ends_with_window=True),
    "release": _Rule(rules.check_release, _is_seated, ends_with_window=True),
    "picks": _Rule(rules.check_judge, _may_judge, method="GET"),
    "pull": _Rule(rules.check_pull, _awaits_sender),
    "reroll": _Rule(rules.check_reroll, _is_sender),
    "thank": _Rule(sender_rules.check_thank, _has_winner),
    "invite": _Rule(sender_rules.check_invite, _has_winner),
    "appeal": _Rule(appeal_rules.check_appeal, appeal_rules.offers_appeal),
    "report": _Rule(_check_report, _anyone),
}


def actions_for(drop: Drop, eligibility: Eligibility) -> Actions:
    """The steps that concern the viewer on `drop`: those allowed, and those refused with the reason."""
    allowed: list[Action] = []
    refused: list[RefusedAction] = []
    for name, rule in _RULES.items():
        if not rule.concerns(drop, eligibility):
            continue
        try:
            rule.check(drop, eligibility)
        except Refused as refusal:
            refused.append(RefusedAction(name, refusal.code, str(refusal), refusal.retry_at))
        else:
            until = drop.window_closes_at if rule.ends_with_window else None
            if name == "appeal":
                until = appeal_rules.appealable_until(drop)
            cools = eligibility.cooldown_end(drop) if name == "release" else None
            warning = sender_rules.cancel_warning(drop, eligibility) if name == "cancel" else ""
            href = f"/api/jobs/{drop.pk}/{name if rule.path is None else rule.path}".rstrip("/")
            allowed.append(Action(name, rule.method, href, until, cools, warning))
    return Actions(tuple(allowed), tuple(refused))
