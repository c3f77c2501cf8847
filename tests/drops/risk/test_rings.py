"""Prizes that go round, and accounts that belong together."""

from __future__ import annotations

from uuid import UUID

import pytest

from drops.models import LinkEvidence
from drops.models.risk import MarkState, RiskKind
from drops.risk.marks import dismiss_mark
from drops.risk.rings import circle_through
from tests.drops.risk.looked import look, marks
from tests.play import NOON, after, enter, finished_drop, make_user, open_drop, ring

pytestmark = pytest.mark.django_db
ANN, BEN, CAT, DAN = (UUID(int=number) for number in range(1, 5))


def test_a_way_back_is_a_circle_and_the_shortest_is_told():
    steps = {BEN: {CAT, ANN}, CAT: {ANN}, DAN: {BEN}}
    assert circle_through(ANN, BEN, steps) == (BEN, ANN)
    assert circle_through(ANN, BEN, {BEN: {CAT}, CAT: {ANN}}) == (BEN, CAT, ANN)
    assert circle_through(DAN, BEN, steps) == ()


def test_two_who_only_have_each_other_are_marked_and_again_only_when_it_is_twice_as_much(sender, agent, rival, staff):
    for _ in range(3):
        finished_drop(sender, agent, rival)
    look()
    assert marks() == []
    finished_drop(sender, agent, rival)
    look(after(2_000))
    (mark,) = marks()
    assert (mark.kind, mark.person, set(mark.people)) == (RiskKind.RING, sender, {sender.pk, agent.pk})
    assert (mark.evidence["drops"], mark.evidence["cents"], mark.evidence["of_winner"]) == (4, 2_000, 1.0)
    dismiss_mark(mark=mark, staff=staff, reason="A house agent.", now=after(2_000))
    for _ in range(4):
        finished_drop(sender, agent, rival)
    look(after(3_000))
    assert [mark.state for mark in marks()] == [MarkState.DISMISSED, MarkState.OPEN]


def test_a_sender_with_many_winners_and_a_winner_with_many_senders_are_none(sender, agent, rival):
    for number in range(4):
        finished_drop(sender, agent, rival)
        finished_drop(make_user(f"patron-{number}"), agent, rival)
    look()
    assert marks() == []


def test_prizes_that_come_back_after_three_steps_are_one_mark(sender, agent, rival):
    for _ in range(2):
        for pays, wins in ((sender, agent), (agent, rival), (rival, sender)):
            finished_drop(pays, wins)
    look()
    (mark,) = marks()
    assert set(mark.people) == {sender.pk, agent.pk, rival.pk} and mark.person_id == min(mark.people)
    assert len(mark.evidence["circle"]) == 3 and (mark.evidence["drops"], mark.evidence["share"]) == (6, 1.0)


def share_a_card(*users):
    LinkEvidence.objects.bulk_create(
        [LinkEvidence(user=user, kind="card", digest="c" * 64, created_at=NOON) for user in users]
    )


def test_linked_accounts_that_meet_on_a_drop_are_marked_with_their_signs(sender, agent, rival):
    drop = open_drop(sender)
    for user in (agent, rival):
        enter(drop, user)
    share_a_card(sender, rival)
    ring(drop)
    look()
    (mark,) = marks()
    assert (mark.kind, mark.person_id) == (RiskKind.WEB, min(sender.pk, rival.pk))
    assert (mark.evidence["met"], mark.evidence["signs"], mark.evidence["sends"]) == (2, ["card"], True)
    assert set(mark.people) == {sender.pk, rival.pk}


def test_linked_accounts_that_never_meet_are_none(sender, agent, rival):
    share_a_card(agent, rival)
    for user in (agent, rival):
        drop = open_drop(sender)
        enter(drop, user)
        ring(drop)
    look()
    assert marks() == []
