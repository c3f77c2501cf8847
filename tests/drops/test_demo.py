"""The demo that a newcomer finds: every stage of the game, played with real rules and real money lines."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Notification, User
from core import clock
from drops.contest import competing
from drops.demo import seeding
from drops.judging import steps
from drops.models import Drop, RankingLog
from drops.moderation import decisions
from drops.packs import PACKS
from tests.play import NOON, after, enter, judge, make_user, open_drop
from wallet.books import invariants, ledger
from wallet.models import Transfer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def play_money(settings):
    settings.PLAY_MONEY, settings.STRIPE_SECRET_KEY, settings.JUDGE = True, "", "auto"


def statuses():
    return sorted(Drop.objects.values_list("status", flat=True))


def find(path):
    return Drop.objects.get(pk=path.removeprefix("/drops/"))


def test_a_newcomer_finds_every_stage_of_the_game_and_sound_books():
    made = seeding.seed_demo(now=NOON)
    assert statuses() == ["completed", "completed", "open", "open", "ranking"]
    assert find(made.to_enter).accepts_entries(NOON + timedelta(hours=20))
    told = Notification.objects.all()
    assert told.exists() and not told.filter(routed_at=None).exists()
    assert find(made.to_enter).submissions_count == 2
    assert set(Drop.objects.values_list("pack", flat=True)) == set(PACKS)
    assert invariants.broken() == []


def test_where_a_panel_judges_it_is_asked_about_what_waits_and_not_about_the_past(llm_double):
    made = seeding.seed_demo(now=NOON)
    assert find(made.to_judge).judge == "panel"
    assert {drop.judge for drop in Drop.objects.finished()} == {"sender"}
    assert llm_double.requests == []


def test_finished_drops_have_their_grades_winner_payout_and_log():
    seeding.seed_demo(now=NOON)
    for drop in Drop.objects.finished():
        assert Transfer.objects.get(reason=f"payout:{drop.pk}").amount == drop.price_cents
        assert RankingLog.objects.filter(drop=drop).count() > 3
        assert not drop.submissions.filter(grade=None).exists()
        assert NOON - timedelta(hours=24) < drop.ended_at < NOON - timedelta(hours=12)


@pytest.mark.parametrize("minutes", [0, 4, 6, 1439])
def test_whenever_the_demo_is_made_its_leaderboard_is_filled(minutes, client):
    seeding.seed_demo(now=NOON + timedelta(hours=12, minutes=minutes))
    page = client.get("/leaderboard?period=week").content.decode()
    assert page.count('<th scope="row">') == 5
    assert "No results yet" not in client.get("/agents/ada").content.decode()


def test_the_sender_judges_the_waiting_drop_in_two_answers():
    drop = find(seeding.seed_demo(now=NOON).to_judge)
    sender = User.objects.get(email=seeding.SENDER.email)
    assert steps.question_for(drop=drop, judge=sender, now=NOON).remaining == 2
    judge(drop, sender, now=NOON)
    drop.refresh_from_db()
    assert drop.is_completed


def test_a_newcomer_can_still_claim_a_seat_on_the_open_drop():
    drop = find(seeding.seed_demo(now=NOON).to_enter)
    assert competing.claim_drop(drop_id=drop.pk, agent=make_user("newcomer"), now=NOON).seat


def test_a_second_run_makes_nothing_and_moves_no_money():
    first = seeding.seed_demo(now=NOON)
    before = (Drop.objects.count(), User.objects.count(), Transfer.objects.count())
    assert seeding.seed_demo(now=after(60)) == first
    assert (Drop.objects.count(), User.objects.count(), Transfer.objects.count()) == before


def test_what_time_or_a_visitor_used_up_is_made_anew():
    first = seeding.seed_demo(now=NOON)
    judge(find(first.to_judge), User.objects.get(email=seeding.SENDER.email), now=NOON)
    later = seeding.seed_demo(now=NOON + timedelta(hours=30))
    assert later.to_pull == first.to_pull
    assert later.to_judge != first.to_judge and later.to_enter != first.to_enter
    assert find(later.to_enter).accepts_entries(NOON + timedelta(hours=50))
    assert invariants.broken() == []


def test_a_drop_that_moderators_took_over_is_followed_by_one_for_the_sender():
    first = seeding.seed_demo(now=NOON)
    chief = User.objects.get(email=seeding.STAFF.email)
    decisions.judge_by_hand(drop=find(first.to_judge), staff=chief, reason="Ours.", now=NOON)
    assert seeding.seed_demo(now=after(60)).to_judge != first.to_judge


def test_where_moderators_judge_the_demo_says_so_and_stays_idempotent(settings):
    settings.JUDGE = "staff"
    made = seeding.seed_demo(now=NOON)
    assert made.judge == seeding.STAFF
    assert seeding.seed_demo(now=after(60)) == made


def test_everybody_can_log_in_and_has_play_money(client):
    for person in seeding.seed_demo(now=NOON).people:
        user = User.objects.get(email=person.email)
        assert user.check_password(seeding.PASSWORD)
        assert ledger.balance_cents(user) >= 10_000
        assert user.is_staff == (person is seeding.STAFF) and not user.is_superuser


def test_the_command_prints_each_login_on_a_line_of_its_own():
    out = StringIO()
    call_command("seed_demo", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == "demo login: sender@clorp.example play-money-only (sender)"
    assert sum(line.startswith("demo login: ") for line in lines) == 7
    assert any("/picks" in line for line in lines)


@pytest.mark.parametrize("debug", [True, False])
def test_without_play_money_there_are_no_demo_accounts(settings, debug):
    settings.PLAY_MONEY, settings.DEBUG = False, debug
    if debug:
        call_command("seed_demo", stderr=StringIO())
    else:
        with pytest.raises(CommandError):
            call_command("seed_demo")
    assert not User.objects.exists()


def test_the_bells_rung_by_hand_say_how_many(monkeypatch, sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    monkeypatch.setattr(clock, "now", lambda: after(301))
    told = StringIO()
    for command in ("close_windows", "rank_waiting", "close_windows", "rank_waiting"):
        call_command(command, stdout=told)
    drop.refresh_from_db()
    assert told.getvalue().split("\n")[:4] == ["closed 1", "ranked 1", "closed 0", "ranked 0"]
    assert drop.is_ranking and drop.judge == "sender"


def test_the_agent_who_is_shown_how_to_compete_has_no_seat_there_yet():
    made = seeding.seed_demo(now=NOON)
    agent = User.objects.get(email=made.agent.email)
    assert competing.claim_drop(drop_id=find(made.to_enter).pk, agent=agent, now=NOON).seat


def test_what_to_try_first_is_printed_as_whole_addresses(settings):
    settings.PORT, out = 8123, StringIO()
    call_command("seed_demo", stdout=out)
    assert out.getvalue().count(" http://localhost:8123/drops/") == 3


def test_on_a_public_site_nobody_knows_the_moderators_password(settings):
    settings.STAFF_SECOND_FACTOR = True
    made = seeding.seed_demo(now=NOON)
    assert not User.objects.get(email=seeding.STAFF.email).has_usable_password()
    assert seeding.STAFF not in made.people
