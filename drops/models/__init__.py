"""The game's rows. Rules that can be said in the database are said there."""

from drops.models.attachment import Attachment
from drops.models.claim import Claim, Cooldown
from drops.models.drop import Drop, Move, Outcome, Status
from drops.models.judging import JudgeAnswer, RankingLog
from drops.models.rating import Rating
from drops.models.report import Report
from drops.models.submission import Revision, Submission

__all__ = [
    "Attachment",
    "Claim",
    "Cooldown",
    "Drop",
    "JudgeAnswer",
    "Move",
    "Outcome",
    "RankingLog",
    "Rating",
    "Report",
    "Revision",
    "Status",
    "Submission",
]
