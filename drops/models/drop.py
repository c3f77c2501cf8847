"""A drop: a paid prompt, its window and how it ended. On the wire it is a job."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.words import Words
from drops.models.claim import SEATS_MAX
from drops.models.drop_triggers import DROP_TRIGGERS
from drops.models.headings import heading_of
from drops.models.round_triggers import DROP_JUDGED_IN_OPEN_ROUND
from drops.models.rounds import JudgeKind
from drops.models.search import INDEX_WORDS
from drops.models.statuses import REASONS_OF, Agents, EndReason, Grade, Move, Status, Thanks
from drops.models.visibility import DropQuerySet
from drops.packs import PACKS

if TYPE_CHECKING:
    from accounts.models import User
    from drops.models.rounds import JudgingRound


_ENDED = list(REASONS_OF)
_RANKED = [Status.COMPLETED, Status.FAILED]
SURENESS = ("high", "medium", "low")
_NEVER_PAID = [EndReason.ABANDONED, EndReason.UNPAID]


def _check(name: str, condition: Q) -> models.CheckConstraint:
    return models.CheckConstraint(condition=condition, name=name)


def _iff(left: Q, right: Q) -> Q:
    return (left & right) | (~left & ~right)


class Drop(models.Model):
    """Units: cents, seconds, aware UTC. Only `drops.contest.state` and `closing` write `status`, always as a `Move`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="drops")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.PENDING_PAYMENT)
    prompt = models.TextField()
    pack = models.CharField(max_length=16, choices=[(pack.id, pack.name) for pack in PACKS.values()])
    title = models.CharField(max_length=200, null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    env_vars = models.JSONField(default=dict, blank=True, help_text=_("Shown to claimants only."))
    price_cents = models.PositiveIntegerField()
    window_seconds = models.PositiveIntegerField()
    close_when_full = models.BooleanField(default=False)
    public_result = models.BooleanField(default=False)
    agents = models.CharField(max_length=8, choices=Agents.choices, default=Agents.ANYONE, db_default=Agents.ANYONE)
    attachments = models.ManyToManyField("drops.Attachment", related_name="input_of", blank=True)
    origin = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="rerolls")

    # Live counts, kept by the verbs under the drop's row lock so that the board can sort and filter by them.
    claims_count = models.PositiveSmallIntegerField(default=0, help_text=_("seats taken now"))
    submissions_count = models.PositiveSmallIntegerField(default=0, help_text=_("agents who have submitted"))

    window_closes_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome_reason = models.CharField(max_length=24, choices=EndReason.choices, null=True, blank=True)

    appointed_judge = models.CharField(
        max_length=8,
        choices=JudgeKind.choices,
        blank=True,
        default="",
        db_default="",
        help_text=_("who was said to judge it when it was paid for; blank on older drops"),
    )
    # In which it is judged now, or was decided. Not simply the newest: a panel's may count again after staff's.
    current_round = models.ForeignKey(
        "drops.JudgingRound", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    grade = models.CharField(max_length=1, choices=Grade.choices, null=True, blank=True)
    confidence = models.CharField(
        max_length=8, blank=True, choices=[(word, word) for word in SURENESS], help_text=_("of the judge")
    )
    winning_submission = models.OneToOneField(
        "drops.Submission", null=True, blank=True, on_delete=models.PROTECT, related_name="won_drop"
    )
    rationale = models.TextField(blank=True)
    moderators_told = models.TextField(blank=True, default="", db_default="", help_text=_("why, where they ended it"))
    redecided_at = models.DateTimeField(null=True, blank=True, help_text=_("when an appeal last changed its verdict"))
    pulled_at = models.DateTimeField(null=True, blank=True, help_text=_("when its sender first saw the result"))
    thanks = models.CharField(
        max_length=16, choices=Thanks.choices, blank=True, default="", db_default="", help_text=_("to whoever won")
    )
    winner_invited_at = models.DateTimeField(null=True, blank=True, help_text=_("when they were asked to a rematch"))
    winner_told_at = models.DateTimeField(null=True, blank=True, help_text=_("when that rematch was open"))
    is_linked = models.BooleanField(
        default=False, db_default=False, help_text=_("sender and winner seem to belong together: it proves nothing")
    )
    is_rated = models.BooleanField(default=False, editable=False, help_text=_("its places are in the agents' ratings"))
    awaits_rerating = models.BooleanField(
        default=False, db_default=False, editable=False, help_text=_("rated, and then its places changed on appeal")
    )

    idempotency_key = models.CharField(max_length=300, null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = DropQuerySet.as_manager()

    class Meta:
        permissions = [("judge_drop", _("Can judge drops that wait for staff"))]
        constraints = [
            _check("drop_status_known", Q(status__in=Status.values)),
            _check("drop_pack_known", Q(pack__in=list(PACKS))),
            _check("drop_agents_known", Q(agents__in=Agents.values)),
            _check("drop_appointed_judge_known", Q(appointed_judge__in=["", *JudgeKind.values])),
            _check("drop_appointed_judge_once_paid", Q(appointed_judge="") | Q(paid_at__isnull=False)),
            _check("drop_grade_known", Q(grade__isnull=True) | Q(grade__in=["S", "A", "B", "C", "D"])),
            _check("drop_prompt_not_empty", ~Q(prompt="")),
            _check("drop_price_positive", Q(price_cents__gt=0)),
            _check("drop_window_positive", Q(window_seconds__gt=0)),
            _check("drop_seats", Q(claims_count__lte=SEATS_MAX, submissions_count__lte=F("claims_count"))),
            _check(
                "drop_completed_iff_winner",
                _iff(Q(status=Status.COMPLETED), Q(winning_submission__isnull=False))
                & _iff(Q(status=Status.COMPLETED), Q(grade__isnull=False)),
            ),
            _check("drop_ended_iff_ended_at", _iff(Q(status__in=_ENDED), Q(ended_at__isnull=False))),
            _check(
                "drop_outcome_fits_status",
                Q(outcome_reason__isnull=True) & ~Q(status__in=_ENDED)
                | Q(
                    *[Q(status=status, outcome_reason__in=reasons) for status, reasons in REASONS_OF.items()],
                    _connector=Q.OR,
                )
                & Q(outcome_reason__isnull=False),
            ),
            _check("drop_paid_iff_window", _iff(Q(paid_at__isnull=False), Q(window_closes_at__isnull=False))),
            _check(
                "drop_paid_iff_opened",
                _iff(
                    Q(paid_at__isnull=True),
                    Q(status=Status.PENDING_PAYMENT) | Q(outcome_reason__isnull=False, outcome_reason__in=_NEVER_PAID),
                ),
            ),
            _check(
                "drop_closed_iff_ranked",
                _iff(Q(closed_at__isnull=False), Q(status__in=[Status.RANKING, *_RANKED])),
            ),
            _check("drop_judged_after_bell", Q(current_round__isnull=True) | Q(closed_at__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["window_closes_at", "id"], condition=Q(status="open"), name="drop_board_ends_soon"),
            models.Index(fields=["-price_cents", "-id"], condition=Q(status="open"), name="drop_board_prize"),
            models.Index(fields=["claims_count", "id"], condition=Q(status="open"), name="drop_board_fewest"),
            models.Index(fields=["-ended_at", "-id"], condition=Q(status="completed"), name="drop_feed"),
            models.Index(
                fields=["-ended_at", "-id"], condition=Q(status="completed", public_result=True), name="drop_gallery"
            ),
            models.Index(
                fields=["id"],
                condition=Q(status="open", close_when_full=True, submissions_count__gte=SEATS_MAX),
                name="drop_full",
            ),
            models.Index(fields=["closed_at"], condition=Q(status="ranking"), name="drop_ranking"),
            models.Index(fields=["-closed_at"], name="drop_close_lag"),
            models.Index(fields=["created_at"], condition=Q(status="pending_payment"), name="drop_unpaid"),
            models.Index(fields=["paid_at", "id"], condition=Q(paid_at__isnull=False), name="drop_paid"),
            models.Index(fields=["sender", "-created_at", "-id"], name="drop_mine"),
            models.Index(fields=["-created_at", "-id"], name="drop_newest"),
            models.Index(
                fields=["ended_at", "id"], condition=Q(is_rated=False, status__in=_RANKED), name="drop_unrated"
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="drop_moves",
                field="status",
                transitions=[(source.value, target.value) for source, target in (move.value for move in Move)],
            ),
            *DROP_TRIGGERS,
            DROP_JUDGED_IN_OPEN_ROUND,
            INDEX_WORDS,
        ]

    def __str__(self) -> str:
        return self.heading

    def get_absolute_url(self) -> str:
        return reverse("drop", args=[self.pk])

    @property
    def bell(self) -> datetime:
        """When the window closes. Only a drop that was paid for has one."""
        if self.window_closes_at is None:
            raise ValueError("An unpaid drop has no bell.")
        return self.window_closes_at

    @property
    def awaits_pull(self) -> bool:
        """Whether it has a winner whom its sender has not seen yet."""
        return self.is_completed and self.pulled_at is None

    @property
    def end(self) -> datetime:
        """When it ended. Only a drop that has ended knows."""
        if self.ended_at is None:
            raise ValueError("This drop has not ended.")
        return self.ended_at

    @property
    def verdict_at(self) -> datetime:
        """When the verdict that stands was given."""
        return self.redecided_at or self.end

    @property
    def reference(self) -> str:
        """Return what the wallet knows this drop by."""
        return str(self.pk)

    @property
    def heading(self) -> str:
        """Return the title, else the prompt's first line, cut."""
        return heading_of(self.title, self.prompt)

    @property
    def is_pending(self) -> bool:
        return self.status == Status.PENDING_PAYMENT

    @property
    def is_open(self) -> bool:
        return self.status == Status.OPEN

    @property
    def is_ranking(self) -> bool:
        return self.status == Status.RANKING

    @property
    def is_completed(self) -> bool:
        return self.status == Status.COMPLETED

    @property
    def is_ended(self) -> bool:
        return self.status in _ENDED

    @property
    def was_refunded(self) -> bool:
        """Paid for, ended, and the money went back to the sender."""
        return self.is_ended and self.paid_at is not None and not self.is_completed

    @property
    def is_for_proven(self) -> bool:
        """Return whether only agents with a grade that passed may take a seat."""
        return self.agents == Agents.PROVEN

    @property
    def is_full(self) -> bool:
        return self.claims_count >= SEATS_MAX

    @property
    def seats_free(self) -> int:
        return max(0, SEATS_MAX - self.claims_count)

    def accepts_entries(self, now: datetime) -> bool:
        """In-window: open and before the bell. Derived, never stored."""
        return self.is_open and self.window_closes_at is not None and now < self.window_closes_at

    @property
    def round(self) -> JudgingRound:
        """The round in which it is judged, or was decided; a drop has one once somebody was chosen to judge it."""
        if self.current_round is None:
            raise ValueError("Nobody judges this drop yet.")
        return self.current_round

    @property
    def judge(self) -> str | None:
        """Who judges it or has judged it."""
        return self.current_round.judge if self.current_round else None

    @property
    def judged_by(self) -> str | None:
        """Who gave the verdict that stands; after an appeal that was upheld it is staff's."""
        return JudgeKind.STAFF if self.redecided_at else self.judge

    @property
    def judge_in_words(self) -> Words:
        """Return who gave it, for whoever reads the verdict."""
        return _("our moderators, on appeal") if self.redecided_at else self.round.get_judge_display()

    def is_sent_by(self, user: User | None) -> bool:
        return user is not None and self.sender_id == user.pk
