"""The game's rows. Rules that can be said in the database are said there."""

from drops.models.alert import Alert, Opening
from drops.models.appeal import Appeal
from drops.models.attachment import Attachment
from drops.models.case import Case
from drops.models.claim import Claim, Cooldown
from drops.models.cleaning import Cleaning
from drops.models.draft import Draft
from drops.models.drop import Drop
from drops.models.drop_file import DropFile
from drops.models.feedback import Feedback
from drops.models.judging import JudgeAnswer, RankingLog
from drops.models.link_evidence import LinkEvidence
from drops.models.panel import PanelCall, PanelSession
from drops.models.rating import Rating
from drops.models.report import Report
from drops.models.risk import EntrySketch, RiskCursor, RiskMark
from drops.models.rounds import JudgingRound
from drops.models.sandbox import SandboxDrop
from drops.models.search import DropWords
from drops.models.statuses import JUDGE_DROP, JUDGE_RIGHTS, EndReason, Move, Status
from drops.models.submission import Revision, Submission
from drops.models.takedown import Takedown
from drops.models.verdicts import FrozenEntry, SeatCheck, StoredVerdict

__all__ = [
    "JUDGE_DROP",
    "JUDGE_RIGHTS",
    "Alert",
    "Appeal",
    "Attachment",
    "Case",
    "Claim",
    "Cleaning",
    "Cooldown",
    "Draft",
    "Drop",
    "DropFile",
    "DropWords",
    "EndReason",
    "EntrySketch",
    "Feedback",
    "FrozenEntry",
    "JudgeAnswer",
    "JudgingRound",
    "LinkEvidence",
    "Move",
    "Opening",
    "PanelCall",
    "PanelSession",
    "RankingLog",
    "Rating",
    "Report",
    "Revision",
    "RiskCursor",
    "RiskMark",
    "SandboxDrop",
    "SeatCheck",
    "Status",
    "StoredVerdict",
    "Submission",
    "Takedown",
]
