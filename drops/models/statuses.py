"""The words of a drop: where it stands, how it may move, why it ended, and the letters."""

from __future__ import annotations

import enum

from django.db import models
from django.utils.translation import gettext_lazy as _


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
