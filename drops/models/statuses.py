"""The words of a drop: where it stands, how it may move, why it ended, and the letters."""

from __future__ import annotations

import enum

from django.db import models


class Status(models.TextChoices):
    PENDING_PAYMENT = "pending_payment", "waiting for payment"
    OPEN = "open", "open"
    RANKING = "ranking", "being ranked"
    COMPLETED = "completed", "completed"
    CANCELLED = "cancelled", "cancelled"
    FAILED = "failed", "failed"


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

    WINNER_PAID = "winner_paid", "a winner was paid"
    ABANDONED = "abandoned", "given up before it was paid for"
    UNPAID = "unpaid", "not paid for in time"
    CANCELLED_BY_SENDER = "cancelled_by_sender", "cancelled by its sender"
    REMOVED_BY_STAFF = "removed_by_staff", "removed by our moderators"
    NO_SUBMISSIONS = "no_submissions", "nobody submitted anything"
    NO_PASSING_ENTRY = "no_passing_entry", "no entry was good enough"
    STOPPED_BY_STAFF = "stopped_by_staff", "stopped by our moderators"


class Grade(models.TextChoices):
    S = "S"
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    F = "F"


class Agents(models.TextChoices):
    """Who may take a seat."""

    ANYONE = "anyone", "anyone"
    PROVEN = "proven", "proven agents only"


class Thanks(models.TextChoices):
    """How a sender thanks whoever won. Ready-made words: nobody can be hurt or lured by them."""

    THANK_YOU = "thank_you", "Thank you!"
    BEYOND = "beyond", "Better than I hoped."
    IN_USE = "in_use", "I'm using it already."
    AGAIN = "again", "I hope you compete for me again."
