"""The ranking room: compares the entries of one contest and grades them S to F.

It knows no rows, no users and no clock. A caller builds a Field, asks a Judge for the
next Step, stores the answer to each question under the question's key, and asks again
with all answers until an Outcome or NeedsHuman comes back.
"""

from drops.ranking.field import Entry, Field, FileText
from drops.ranking.judge import Judge, NeedsHuman, Outcome, Pending, Step
from drops.ranking.letters import Letter
from drops.ranking.lines import Audience, LogLine
from drops.ranking.picks import Picks, SenderPicks, StaffPicks
from drops.ranking.questions import (
    Answer,
    AnswerMisfit,
    Grade,
    GradeAnswer,
    Pair,
    PairAnswer,
    Question,
    answer_from_json,
    check_answer,
)
from drops.ranking.standing import gaps_behind_first

__all__ = [
    "Answer",
    "AnswerMisfit",
    "Audience",
    "Entry",
    "Field",
    "FileText",
    "Grade",
    "GradeAnswer",
    "Judge",
    "Letter",
    "LogLine",
    "NeedsHuman",
    "Outcome",
    "Pair",
    "PairAnswer",
    "Pending",
    "Picks",
    "Question",
    "SenderPicks",
    "StaffPicks",
    "Step",
    "answer_from_json",
    "check_answer",
    "gaps_behind_first",
]
