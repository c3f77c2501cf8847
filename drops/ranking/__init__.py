"""The ranking room: compares the entries of one contest and grades them S to F.

It knows no rows, no users and no clock. A caller builds a Field, asks a Judge for the
next Step, stores the answer to each question under the question's key, and asks again
with all answers until a Verdict or NeedsHuman comes back. People are asked one question
at a time; a panel of models is asked in waves of calls.
"""

from drops.ranking.calls import Call, CallAnswer
from drops.ranking.field import Entry, Field, FileText
from drops.ranking.grades import Letter
from drops.ranking.judge import Hold, Judge, NeedsHuman, Pending, Step, Verdict, Wave
from drops.ranking.log_lines import Audience, LogLine
from drops.ranking.panel import Ceiling, Panel
from drops.ranking.parsing import Malformed
from drops.ranking.picks import Picks, SenderPicks, StaffPicks
from drops.ranking.placing import gaps_behind_first
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
from drops.ranking.rules import PROMPTS_VERSION

__all__ = [
    "PROMPTS_VERSION",
    "Answer",
    "AnswerMisfit",
    "Audience",
    "Call",
    "CallAnswer",
    "Ceiling",
    "Entry",
    "Field",
    "FileText",
    "Grade",
    "GradeAnswer",
    "Hold",
    "Judge",
    "Letter",
    "LogLine",
    "Malformed",
    "NeedsHuman",
    "Pair",
    "PairAnswer",
    "Panel",
    "Pending",
    "Picks",
    "Question",
    "SenderPicks",
    "StaffPicks",
    "Step",
    "Verdict",
    "Wave",
    "answer_from_json",
    "check_answer",
    "gaps_behind_first",
]
