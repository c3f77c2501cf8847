"""The demo that a newcomer finds: every stage of the game, played with real rules and real money lines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import override_settings

from accounts.models import Notification, User
from drops.contest import competing
from drops.demo import seeding
from drops.judging import steps
from drops.models import Drop, RankingLog
from drops.moderation import decisions
from drops.packs import PACKS
from tests.play import NOON, after, judge, make_user
from wallet.books import invariants, ledger
from wallet.models import Transfer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def play_money(settings):
    settings.PLAY_MONEY, settings.STRIPE_SECRET_KEY, settings.JUDGE = True, "", "auto"


@pytest.fixture(scope="module")
def made(shared_db):
    """The demo as it is made at noon, where senders judge."""
    with shared_db(), override_settings(PLAY_MONEY=True, STRIPE_SECRET_KEY="", JUDGE="auto", JUDGE_SEATS=()):
        return seeding.seed_demo(now=NOON)


def statuses():
    return sorted(Drop.objects.values_list("status", flat=True))


def find(path):
    return Drop.objects.get(pk=path.removeprefix("/drops/"))


def test_a_newcomer_finds_every_stage_of_the_game_and_sound_books(made):
    assert statuses() == ["completed", "completed", "open", "open", "ranking"]
    assert find(made.to_enter).accepts_entries(NOON + timedelta(hours=20))
    told = Notification.objects.all()
    assert told.exists() and not told.filter(routed_at=None).exists()
    assert find(made.to_enter).submissions_count == 2
    assert set(Drop.objects.values_list("pack", flat=True)) == set(PACKS)
    assert invariants.broken() == []


def test_finished_drops_have_their_grades_winner_payout_and_log(made):
    for drop in Drop.objects.finished():
        assert Transfer.objects.get(reason=f"payout:{drop.pk}").amount == drop.price_cents
        assert RankingLog.objects.filter(drop=drop).count() > 3
        assert not drop.submissions.filter(grade=None).exists()
        assert NOON - timedelta(hours=24) < drop.ended_at < NOON - timedelta(hours=12)


def test_the_sender_judges_the_waiting_drop_in_two_answers(made):
    drop = find(made.to_judge)
    sender = User.objects.get(email=seeding.SENDER.email)
    assert steps.question_for(drop=drop, judge=sender, now=NOON).remaining == 2
    judge(drop, sender, now=NOON)
    drop.refresh_from_db()
    assert drop.is_completed


def test_a_newcomer_can_still_claim_a_seat_on_the_open_drop(made):
    drop = find(made.to_enter)
    assert competing.claim_drop(drop_id=drop.pk, agent=make_user("newcomer"), now=NOON).seat


def test_a_second_run_makes_nothing_and_moves_no_money(made):
    before = (Drop.objects.count(), User.objects.count(), Transfer.objects.count())
    assert seeding.seed_demo(now=after(60)) == made
    assert (Drop.objects.count(), User.objects.count(), Transfer.objects.count()) == before


def test_what_time_or_a_visitor_used_up_is_made_anew(made):
    judge(find(made.to_judge), User.objects.get(email=seeding.SENDER.email), now=NOON)
    later = seeding.seed_demo(now=NOON + timedelta(hours=30))
    assert later.to_pull == made.to_pull
    assert later.to_judge != made.to_judge and later.to_enter != made.to_enter
    assert find(later.to_enter).accepts_entries(NOON + timedelta(hours=50))
    assert invariants.broken() == []


def test_a_drop_that_moderators_took_over_is_followed_by_one_for_the_sender(made):
    chief = User.objects.get(email=seeding.STAFF.email)
    decisions.judge_by_hand(drop=find(made.to_judge), staff=chief, told="Ours.", reason="Ours.", now=NOON)
    assert seeding.seed_demo(now=after(60)).to_judge != made.to_judge


def test_everybody_can_log_in_and_has_play_money(made):
    for person in made.people:
        user = User.objects.get(email=person.email)
        assert user.check_password(seeding.PASSWORD)
        assert ledger.balance_cents(user) >= 10_000
        assert user.is_staff == (person is seeding.STAFF) and not user.is_superuser


def test_the_agent_who_is_shown_how_to_compete_has_no_seat_there_yet(made):
    agent = User.objects.get(email=made.agent.email)
    assert competing.claim_drop(drop_id=find(made.to_enter).pk, agent=agent, now=NOON).seat
