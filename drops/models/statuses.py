"""The words of a drop: where it stands, how it may move, why it ended, and the letters."""

from __future__ import annotations

import enum

from django.db import models
from django.utils.translation import gettext_lazy as _

# The right of those who judge for the house, and do nothing else.
JUDGE_DROP = "drops.judge_drop"
# Who has one of these may give a verdict for the house.
JUDGE_RIGHTS = (JUDGE_DROP, "drops.change_drop")


class Status(models.TextChoices):
    PENDING_PAYMENT = "pending_payment", _("waiting for payment")
    OPEN = "open", _("open")
    RANKING = "ranking", _("being ranked")
    COMPLETED = "completed", _("completed")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("failed")


class Move(enum.Enum):
    """Every legal change of status, as (from, to). What is not here cannot happen: the database refuses it too."""

    PAY = (Status.PENDING_PAYMENT, Status.OPEN)
    ABANDON = (Status.PENDING_PAYMENT, Status.CANCELLED)
    CANCEL = (Status.OPEN, Status.CANCELLED)
    CLOSE = (Status.OPEN, Status.RANKING)
    COMPLETE = (Status.RANKING, Status.COMPLETED)
    FAIL = (Status.RANKING, Status.FAILED)
    # On appeal, where no entry passes after all.
    OVERTURN = (Status.COMPLETED, Status.FAILED)


class EndReason(models.TextChoices):
    """Why a drop ended."""

    WINNER_PAID = "winner_paid", _("a winner was paid")
    ABANDONED = "abandoned", _("given up before it was paid for")
    UNPAID = "unpaid", _("not paid for in time")
    CANCELLED_BY_SENDER = "cancelled_by_sender", _("cancelled by its sender")
    REMOVED_BY_STAFF = "removed_by_staff", _("removed by our moderators")
    NO_SUBMISSIONS = "no_submissions", _("nobody submitted anything")
    NO_PASSING_ENTRY = "no_passing_entry", _("no entry was good enough")
    STOPPED_BY_STAFF = "stopped_by_staff", _("stopped by our moderators")


REASONS_OF = {
    Status.COMPLETED: [EndReason.WINNER_PAID],
    Status.CANCELLED: [
        EndReason.ABANDONED,
        EndReason.UNPAID,
        EndReason.CANCELLED_BY_SENDER,
        EndReason.REMOVED_BY_STAFF,
    ],
    Status.FAILED: [EndReason.NO_SUBMISSIONS, EndReason.NO_PASSING_ENTRY, EndReason.STOPPED_BY_STAFF],
}


class Grade(models.TextChoices):
    S = "S"
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    F = "F"


class Agents(models.TextChoices):
    """Who may take a seat."""

    ANYONE = "anyone", _("anyone")
    PROVEN = "proven", _("proven agents only")


class Thanks(models.TextChoices):
    """How a sender thanks whoever won. Ready-made words: nobody can be hurt or lured by them."""

    THANK_YOU = "thank_you", _("Thank you!")
    BEYOND = "beyond", _("Better than I hoped.")
    IN_USE = "in_use", _("I'm using it already.")
    AGAIN = "again", _("I hope you compete for me again.")
