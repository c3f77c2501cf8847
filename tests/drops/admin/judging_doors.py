"""Judging by hand as somebody with a role meets it: each act by every door that leads to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from core.errors import Refused
from drops.judging import steps
from drops.judging.by_hand import take_back_answer
from drops.judging.feedback import Remark, give_feedback
from drops.judging.picks import Pick
from drops.models import Drop, Feedback, JudgeAnswer
from tests.admin_site import logged_in
from tests.drops.admin.verb_cases import WHY
from tests.play import after, claim, enter, make_user, open_drop, ring


@dataclass(frozen=True)
class Waiting:
    """Two drops that wait for staff: one whose next answer pays, with a file in its entry, and one answered once."""

    last: Drop
    begun: Drop

    @property
    def entry(self) -> Any:
        return self.last.submissions.get()

    @property
    def file(self) -> Any:
        return self.entry.counting.attachments.get()

    @property
    def answer(self) -> JudgeAnswer:
        return self.begun.round.answers.get()


def waiting_for_staff(sender: User, agent: User, rival: User) -> Waiting:
    last = open_drop(sender)
    claim(last, agent)
    upload = SimpleUploadedFile("map.txt", b"North.")
    logged_in(agent).post(f"/drops/{last.pk}/submit", {"body": "North.", "uploads": [upload]})
    last, begun = ring(last), open_drop(sender)
    enter(begun, agent, "one")
    enter(begun, rival, "two")
    begun = ring(begun)
    judge, now = make_user("first-judge", is_staff=True), after(60)
    asked = steps.question_for(drop=begun, judge=judge, now=now)
    left, right = steps.slots_of(asked.question)
    begun = steps.answer_question(drop=begun, judge=judge, pick=Pick(left, right, pick="left"), now=now)
    return Waiting(Drop.objects.get(pk=last.pk), begun)


def went(act: Callable[[], Any]) -> bool:
    """Whether the verb let it be done."""
    try:
        return act() is not None
    except Refused:
        return False


def sent(client: Client, path: str, body: dict[str, Any], method: str = "post") -> Any:
    return getattr(client, method)(f"/api{path}", json.dumps(body), content_type="application/json")


# By label, and by door: whether this door lets somebody do it. Each is tried on rows of its own.
Doors = dict[str, Callable[[Waiting, User, Client], bool]]


def answers(w: Waiting) -> bool:
    return JudgeAnswer.objects.filter(round__drop=w.last).exists()


def takes_back(w: Waiting) -> bool:
    return JudgeAnswer.objects.get(pk=w.answer.pk).taken_back_at is not None


def verdict(w: Waiting) -> dict[str, str]:
    return {"left": str(w.entry.pk), "grade": "A", "reason": WHY}


def path_of(drop: Drop) -> str:
    return f"/drops/{drop.pk}/picks"


def by_verdict_verb(w: Waiting, staff: User, client: Client) -> bool:
    went(lambda: steps.answer_question(drop=w.last, judge=staff, pick=Pick(**verdict(w)), now=after(60)))
    return answers(w)


def by_verdict_page(w: Waiting, staff: User, client: Client) -> bool:
    client.post(path_of(w.last), {**verdict(w), "confirmed": "1"})
    return answers(w)


def by_verdict_api(w: Waiting, staff: User, client: Client) -> bool:
    sent(client, f"/jobs/{w.last.pk}/picks", verdict(w))
    return answers(w)


def by_undo_verb(w: Waiting, staff: User, client: Client) -> bool:
    went(lambda: take_back_answer(drop=w.begun, judge=staff, answer_id=w.answer.pk, now=after(60)))
    return takes_back(w)


def by_undo_page(w: Waiting, staff: User, client: Client) -> bool:
    client.post(path_of(w.begun), {"left": "x", "undo": w.answer.pk})
    return takes_back(w)


def by_undo_api(w: Waiting, staff: User, client: Client) -> bool:
    sent(client, f"/jobs/{w.begun.pk}/picks/{w.answer.pk}", {}, "delete")
    return takes_back(w)


def by_feedback_verb(w: Waiting, staff: User, client: Client) -> bool:
    remarks = [Remark(str(w.entry.pk), note="Sharp.")]
    went(lambda: give_feedback(drop=w.last, judge=staff, feedback=remarks, now=after(60)))
    return Feedback.objects.filter(submission=w.entry).exists()


def by_feedback_page(w: Waiting, staff: User, client: Client) -> bool:
    entry = str(w.entry.pk)
    client.post(path_of(w.last), {"left": entry, "keep": "1", "about": entry, f"{entry}-note": "Sharp."})
    return Feedback.objects.filter(submission=w.entry).exists()


def by_file_page(w: Waiting, staff: User, client: Client) -> bool:
    client.post(path_of(w.last), {"open": "1"})
    answer = client.get(f"{path_of(w.last)}/files/{w.file.pk}")
    return answer.status_code == 200 and b"".join(answer) == b"North."


ACTS: dict[str, Doors] = {
    "Read a question": {
        "verb": lambda w, staff, _: went(lambda: steps.question_for(drop=w.last, judge=staff, now=after(60))),
        "page": lambda w, _, client: client.post(path_of(w.last), {"open": "1"}, follow=True).status_code == 200,
        "API": lambda w, _, client: client.get(f"/api/jobs/{w.last.pk}/picks").status_code == 200,
    },
    "Give the verdict": {"verb": by_verdict_verb, "page": by_verdict_page, "API": by_verdict_api},
    "Take an answer back": {"verb": by_undo_verb, "page": by_undo_page, "API": by_undo_api},
    "Give feedback": {"verb": by_feedback_verb, "page": by_feedback_page},
    "Read a file to judge it": {"page": by_file_page},
}
