"""The acts of staff: with a reason, on record, and with the money where it belongs."""

import pytest

from accounts.models import AuditEvent, Notification, User
from core.errors import Forbidden, Invalid, Suspended
from drops.contest import competing, posting, rules
from drops.judging import steps
from drops.models import Drop
from drops.moderation import decisions, disqualifying, people
from tests.play import NOON, after, claim, enter, judge, make_user, open_drop, prove, ring
from wallet.books import ledger

pytestmark = pytest.mark.django_db


def test_removing_an_open_drop_refunds_it_even_with_submissions(sender, agent, staff):
    drop = open_drop(sender)
    enter(drop, agent)
    drop.refresh_from_db()
    decisions.remove_drop(drop=drop, staff=staff, told="breaks the rules", reason="breaks the rules", now=after(5))
    assert (drop.status, drop.outcome_reason, ledger.balance_cents(sender)) == ("cancelled", "removed_by_staff", 500)
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.target, event.reason) == (
        staff,
        "remove",
        f"drop:{drop.pk}",
        "breaks the rules",
    )
    told = {note.user_id: note.text for note in Notification.objects.all()}
    assert "You have all of your money back" in told[sender.pk] and "Your seat there is gone" in told[agent.pk]


def test_a_removed_drop_is_gone_for_strangers_but_not_for_its_players(sender, agent, rival, staff):
    drop = open_drop(sender)
    claim(drop, agent)
    decisions.remove_drop(drop=drop, staff=staff, told="breaks the rules", reason="breaks the rules", now=after(5))
    seen = {user: Drop.objects.visible_to(user).exists() for user in (sender, agent, staff, rival, None)}
    assert seen == {sender: True, agent: True, staff: True, rival: False, None: False}


def test_stopping_a_ranking_refunds_it(sender, agent, staff):
    drop = open_drop(sender)
    enter(drop, agent)
    drop = decisions.stop_drop(drop=ring(drop), staff=staff, told="fraud", reason="fraud", now=after(400))
    assert (drop.status, drop.outcome_reason, ledger.balance_cents(sender)) == ("failed", "stopped_by_staff", 500)


def test_nothing_happens_without_a_reason_or_without_being_staff(sender, agent, staff):
    drop = open_drop(sender)
    with pytest.raises(Invalid):
        decisions.remove_drop(drop=drop, staff=staff, told=" ", reason=" ", now=NOON)
    with pytest.raises(Forbidden):
        decisions.remove_drop(drop=drop, staff=agent, told="mine now", reason="mine now", now=NOON)
    drop.refresh_from_db()
    assert (drop.status, AuditEvent.objects.count()) == ("open", 0)


def test_a_refused_act_leaves_no_trace(sender, staff):
    drop = open_drop(sender)
    with pytest.raises(rules.IllegalTransition):
        decisions.stop_drop(drop=drop, staff=staff, told="too early", reason="too early", now=NOON)
    assert not AuditEvent.objects.exists()


def test_extending_moves_the_bell_for_everyone(sender, agent, staff):
    drop = decisions.extend_window(
        drop=open_drop(sender), staff=staff, seconds=60, told="outage", reason="outage", now=after(10)
    )
    assert drop.window_closes_at == after(360)
    assert enter(drop, agent, now=after(359)).number == 1


def test_a_lease_that_the_old_bell_cut_short_runs_on(sender, agent, rival, staff):
    drop = open_drop(sender)
    early, late = claim(drop, rival, now=after(175)), claim(drop, agent, now=after(290))
    decisions.extend_window(drop=drop, staff=staff, seconds=600, told="outage", reason="outage", now=after(294))
    for held in (early, late):
        held.refresh_from_db()
    assert (early.lease_expires_at, late.lease_expires_at) == (after(295), after(410))


def test_whoever_lost_their_seat_cools_down_for_the_rest_of_the_longer_window(sender, agent, staff):
    drop = open_drop(sender)
    competing.lapse_claim(claim=claim(drop, agent), now=after(120))
    decisions.extend_window(drop=drop, staff=staff, seconds=600, told="outage", reason="outage", now=after(200))
    with pytest.raises(rules.CoolingDown) as refusal:
        claim(drop, agent, now=after(301))
    assert refusal.value.retry_at == after(900)


def test_a_bell_that_has_rung_is_not_taken_back(sender, staff):
    drop = open_drop(sender)
    with pytest.raises(rules.IllegalTransition):
        decisions.extend_window(drop=drop, staff=staff, seconds=60, told="outage", reason="outage", now=after(300))


def test_judging_by_hand_takes_the_verdict_from_the_sender(sender, agent, staff):
    drop = open_drop(sender)
    enter(drop, agent)
    drop = decisions.judge_by_hand(drop=ring(drop), staff=staff, told="complaint", reason="complaint", now=after(301))
    assert (drop.judge, drop.round.held_reason) == ("staff", "complaint.")
    assert judge(drop, staff).status == "completed"


def test_disqualifying_the_last_entry_refunds_the_sender(sender, agent, staff):
    drop = open_drop(sender)
    entry = enter(drop, agent).submission
    drop = ring(drop)
    disqualifying.disqualify_entry(submission=entry, staff=staff, told="copied", reason="copied", now=after(301))
    drop.refresh_from_db()
    assert (drop.outcome_reason, ledger.balance_cents(sender)) == ("no_passing_entry", 500)


def test_suspending_frees_unused_seats_and_leaves_entries_and_money(sender, agent, staff):
    prove(agent)
    used, unused = open_drop(sender), open_drop(sender)
    enter(used, agent)
    claim(unused, agent)
    people.suspend_user(user=agent, staff=staff, told="spam", reason="spam", now=after(5))
    used.refresh_from_db()
    unused.refresh_from_db()
    assert (used.claims_count, unused.claims_count) == (1, 0)
    reinstated = people.reinstate_user(user=agent, staff=staff, told="appeal", reason="appeal", now=after(6))
    assert not reinstated.is_suspended


def test_a_suspended_sender_judges_no_more_and_staff_take_over(sender, agent, staff):
    drop = open_drop(sender)
    enter(drop, agent)
    drop = ring(drop)
    asked = steps.question_for(drop=drop, judge=sender, now=NOON).question
    suspended = people.suspend_user(user=sender, staff=staff, told="fraud", reason="fraud", now=NOON)
    pick = steps.Pick(left=asked.slot, grade="S")
    with pytest.raises(Suspended):
        steps.answer_question(drop=drop, judge=suspended, pick=pick, now=NOON)
    drop.refresh_from_db()
    assert (drop.judge, drop.status, ledger.balance_cents(agent)) == ("staff", "ranking", 0)


def test_reading_an_entry_is_on_record(sender, agent, staff):
    entry = enter(open_drop(sender), agent, "secret").submission
    assert decisions.read_entry(submission=entry, staff=staff, reason="reported", now=NOON) == "secret"
    assert AuditEvent.objects.get().target == f"submission:{entry.pk}"


def test_one_open_report_per_person_and_drop(sender, rival, staff):
    drop = open_drop(sender)
    first, second = (decisions.report_drop(drop=drop, reporter=rival, reason=r, now=NOON) for r in ("bad", "worse"))
    assert first == second
    decisions.handle_report(report=first, staff=staff, told="looked at it", reason="looked at it", now=after(9))
    assert decisions.report_drop(drop=drop, reporter=rival, reason="still bad", now=after(10)) != first


def test_staff_do_not_close_a_report_on_their_own_drop(staff, rival):
    drop = open_drop(staff)
    report = decisions.report_drop(drop=drop, reporter=rival, reason="bad", now=NOON)
    with pytest.raises(Forbidden):
        decisions.handle_report(report=report, staff=staff, told="it is fine", reason="it is fine", now=NOON)
    report.refresh_from_db()
    assert report.handled_at is None and not AuditEvent.objects.exists()


def test_nobody_moderates_a_contest_in_which_they_have_a_stake(sender, agent, staff):
    theirs, drop = open_drop(staff), open_drop(sender)
    claim(drop, staff)
    entry = enter(drop, agent).submission
    acts = {
        "remove": lambda: decisions.remove_drop(drop=theirs, staff=staff, told="mine", reason="mine", now=NOON),
        "extend": lambda: decisions.extend_window(
            drop=drop, staff=staff, seconds=60, told="late", reason="late", now=NOON
        ),
        "read": lambda: decisions.read_entry(submission=entry, staff=staff, reason="curious", now=NOON),
        "disqualify": lambda: disqualifying.disqualify_entry(
            submission=entry, staff=staff, told="better", reason="better", now=NOON
        ),
    }
    for act in acts.values():
        with pytest.raises(Forbidden):
            act()
    assert not AuditEvent.objects.exists()


def suspend_as(staff, user):
    return people.suspend_user(user=user, staff=staff, told="Rude.", reason="Rude.", now=NOON)


@pytest.mark.parametrize("role", ["rival", "sender"])
def test_nobody_suspends_whom_they_play_against_or_are_judged_by(sender, agent, staff, role):
    drop = open_drop(sender)
    claim(drop, agent), claim(drop, staff)
    with pytest.raises(Forbidden):
        suspend_as(staff, sender if role == "sender" else agent)
    posting.cancel_drop(drop=drop, sender=sender, now=NOON)
    suspend_as(staff, sender if role == "sender" else agent)


def test_nobody_decides_about_a_second_account_of_theirs(staff):
    second = make_user(staff.email.partition("@")[0] + "+second")
    with pytest.raises(Forbidden):
        people.verify_sender(user=second, staff=staff, told="Fine.", reason="Mine.", now=NOON)


def test_a_suspended_superuser_moderates_nothing(browse):
    chief = make_user("chief", is_staff=True, is_superuser=True)
    assert chief.moderates and browse(chief).get("/admin/").status_code == 200
    User.objects.filter(pk=chief.pk).update(suspended_at=NOON, suspended_reason="Gone.")
    assert not User.objects.get(pk=chief.pk).moderates and browse(chief).get("/admin/").status_code != 200
