"""A case: one thing that waits for a moderator, whoever or whatever brought it up, until somebody has decided it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from drops.models.claim import Claim
from drops.models.drop import Drop
from drops.models.report import Report
from drops.models.risk import RiskMark

# The columns of which each case fills one: what it is about. One more kind is a column, its name here, a migration, and
# its decisions in `drops/desk/decisions.py`.
KINDS = ("drop", "verdict", "submission", "person", "withdrawal", "topup", "payout")
# What `select_related` needs to show any of them.
TARGETS = ("drop__sender", "verdict__sender", "submission__drop", "submission__user", "person")
MONEY_TARGETS = ("withdrawal__user", "topup__user", "payout__payer", "payout__payee")


class Category(models.TextChoices):
    REPORT = "report", _("reported drop")
    FEEDBACK = "feedback", _("reported feedback")
    VERDICT = "verdict", _("verdict to give")
    WITHDRAWAL = "withdrawal", _("withdrawal that stopped")
    TOPUP = "topup", _("top-up held")
    PAYOUT = "payout", _("prize held")
    ASKED = "asked", _("opened by a moderator")
    RISK = "risk", _("risk mark")


class Severity(models.IntegerChoices):
    LOW = 1, _("low")
    NORMAL = 2, _("normal")
    HIGH = 3, _("high")
    URGENT = 4, _("urgent")


class CaseQuerySet(models.QuerySet[Any]):
    def about(self, kinds: Collection[str]) -> CaseQuerySet:
        """Those about one of these KINDS."""
        theirs = Q(pk__in=[])
        for kind in kinds:
            theirs |= Q(**{f"{kind}__isnull": False})
        return self.filter(theirs)

    def open(self) -> CaseQuerySet:
        return self.filter(closed_at__isnull=True)

    def of(self, kind: str, row: models.Model) -> CaseQuerySet:
        return self.filter(**{kind: row.pk})

    def free(self, now: datetime) -> CaseQuerySet:
        """Those that nobody holds, or no longer."""
        return self.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now))

    def held(self, now: datetime) -> CaseQuerySet:
        return self.filter(lease_until__gt=now)

    def overdue(self, now: datetime) -> CaseQuerySet:
        return self.filter(due_at__lte=now)

    def by_urgency(self) -> CaseQuerySet:
        """Most urgent first. When a case is due follows from how grave it is, so none waits for ever."""
        return self.order_by("due_at", "pk")

    def with_targets(self) -> CaseQuerySet:
        """Together with what each is about, so that a list asks no more for each row."""
        return self.select_related("assignee", "closed_by", *TARGETS, *MONEY_TARGETS)

    def not_about(self, people: Collection[UUID]) -> CaseQuerySet:
        """Leave out what concerns one of `people`: their contests, reports, feedback, money, marks, and themselves."""
        theirs = Drop.objects.filter(pk=OuterRef("contest"), sender__in=people)
        played = Claim.objects.filter(drop=OuterRef("contest"), user__in=people)
        said_by_them = Q(reporter__in=people) | Q(feedback__written_by__in=people)
        reported = Report.objects.filter(said_by_them, case=OuterRef("pk"))
        money = Q(withdrawal__user__in=people) | Q(topup__user__in=people)
        money |= Q(payout__payer__in=people) | Q(payout__payee__in=people)
        marked = RiskMark.objects.about_any(people).filter(case=OuterRef("pk"))
        cases = self.alias(contest=Coalesce("drop", "verdict", "submission__drop"))
        cases = cases.filter(~Exists(theirs), ~Exists(played), ~Exists(reported), ~Exists(marked))
        return cases.exclude(Q(person__in=people) | money)


def _only(kind: str) -> Q:
    return Q(**{f"{name}__isnull": name != kind for name in KINDS})


def _target(to: str, name: str = "cases") -> Any:
    return models.ForeignKey(to, null=True, blank=True, on_delete=models.CASCADE, related_name=name)


class Case(models.Model):
    """Whoever holds it (`assignee`) does so until `lease_until`. What was done about it, and moderators' notes, are
    audit events of `case:ID`; `decision` is the one that closed it, where a moderator did."""

    drop = _target("drops.Drop")
    # Whose verdict waits for staff: that is not about what its sender did.
    verdict = _target("drops.Drop", "verdict_cases")
    submission = _target("drops.Submission")
    person = _target(settings.AUTH_USER_MODEL)
    withdrawal = _target("wallet.Withdrawal")
    topup = _target("wallet.Topup")
    payout = _target("wallet.HeldPayout")
    category = models.CharField(max_length=10, choices=Category.choices)
    severity = models.PositiveSmallIntegerField(choices=Severity.choices)
    money_cents = models.BigIntegerField(default=0, help_text=_("at stake when it was opened"))
    due_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="cases_held"
    )
    lease_until = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=40, blank=True)
    decision = models.ForeignKey(
        "accounts.AuditEvent", null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.CheckConstraint(
                condition=Q(*[_only(kind) for kind in KINDS], _connector=Q.OR), name="case_about_one_thing"
            ),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="case_category_known"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="case_severity_known"),
            models.CheckConstraint(condition=Q(money_cents__gte=0), name="case_money_not_negative"),
            models.CheckConstraint(
                condition=Q(assignee__isnull=True, lease_until__isnull=True)
                | Q(assignee__isnull=False, lease_until__isnull=False),
                name="case_held_until",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, outcome="", decision__isnull=True)
                | Q(closed_at__isnull=False, assignee__isnull=True) & ~Q(outcome=""),
                name="case_outcome_is_whole",
            ),
            *[
                models.UniqueConstraint(fields=[kind], condition=Q(closed_at__isnull=True), name=f"case_open_{kind}")
                for kind in KINDS
            ],
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(closed_at__isnull=True), name="case_queue"),
            models.Index(fields=["-closed_at", "-id"], condition=Q(closed_at__isnull=False), name="case_closed"),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"

    @property
    def kind(self) -> str:
        """Return which of KINDS it is about."""
        return next(kind for kind in KINDS if getattr(self, f"{kind}_id") is not None)

    @property
    def target(self) -> Any:
        """Return the row it is about."""
        return getattr(self, self.kind)

    @property
    def contest(self) -> Drop | None:
        """Return the drop it is about, or in which what it is about happened."""
        drop: Drop | None = self.submission.drop if self.submission else self.drop or self.verdict
        return drop

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def is_overdue(self, now: datetime) -> bool:
        return self.is_open and self.due_at <= now

    def is_held(self, now: datetime) -> bool:
        return self.lease_until is not None and self.lease_until > now

    def is_held_by(self, user: Any, now: datetime) -> bool:
        return self.is_held(now) and self.assignee_id == user.pk
