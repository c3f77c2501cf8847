"""How far a judging is, for those who may read its log. Nothing here is an entry's: the steps are the field's."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext_lazy as _

from core.words import Words
from drops.models import Drop, PanelCall, PanelSession
from drops.models.rounds import JudgeKind
from drops.ranking.call_plan import ROUND_CALLS_PER_JUDGE

COLLECTED, CHECKED, COMPARED = _("Collected"), _("Checked"), _("Compared")
SECOND_LOOK, DONE = _("Second look"), _("Done")


def judging_steps(drop: Drop) -> list[tuple[Words, bool]]:
    """The steps of the judging of `drop`, which is being ranked, and whether each is over.

    Checking and comparing run side by side; where a judge is lost, a step that brought less than it could ends with
    the next one.
    """
    if drop.judge != JudgeKind.PANEL:
        # People get entries that have been collected and checked.
        return [(COLLECTED, bool(drop.judge)), (CHECKED, bool(drop.judge)), (COMPARED, False), (DONE, False)]
    session = PanelSession.objects.filter(round=drop.current_round_id).first()
    judges_count = len(session.judges) if session else 0
    calls = PanelCall.objects.filter(session=session, failure="").values_list("kind", "key").distinct()
    answered = Counter(kind for kind, _rest in calls)
    is_compared = bool(session) and answered["list"] >= ROUND_CALLS_PER_JUDGE * judges_count
    is_checked = is_compared or (bool(session) and answered["check"] >= judges_count * drop.submissions_count)
    return [(COLLECTED, True), (CHECKED, is_checked), (COMPARED, is_compared), (SECOND_LOOK, False), (DONE, False)]
