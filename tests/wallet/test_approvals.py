"""Four eyes: asked by one, approved by another, done once, and the books in order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent, Notification, User
from core.errors import Forbidden, Invalid, Refused
from drops.contest.links import note_evidence
from drops.judging import steps
from drops.moderation import by_two, decisions, people, roles, staffing
from tests.admin_site import change_url, confirm, list_url, logged_in, verb_url
from tests.play import NOON, after, enter, fund, judge, open_drop, ring, staff_as
from wallet import adjusting, approvals
from wallet.books import invariants, ledger
from wallet.models import Approval, Transfer

pytestmark = pytest.mark.django_db
WHY = "A prize was paid twice."


@pytest.fixture
def fin(db):
    return staff_as("finance", "fin")


@pytest.fixture
def lea(db):
    return staff_as("lead", "lea")


def asked(user, staff, cents=-300, now=NOON):
    return adjusting.adjust_wallet(user=user, cents=cents, staff=staff, told="Paid twice.", reason=WHY, now=now)


def approve(approval, staff, now=NOON):
    return approvals.approve(approval=approval, staff=staff, reason="I looked at the books.", now=now)


def test_a_correction_by_two_is_posted_once_with_both_names_and_the_books_are_in_order(agent, fin, lea):
    fund(agent, 1_000)
    approval = asked(agent, fin)
    assert ledger.balance_cents(agent) == 1_000 and not Notification.objects.filter(user=agent).exists()
    approve(approval, lea)
    assert ledger.balance_cents(agent) == 700
    assert Transfer.objects.get(kind="adjust").reason == f"adjust:{approval.pk}"
    ask, act = AuditEvent.objects.order_by("id")
    assert (ask.action, ask.actor, act.action, act.actor) == ("ask-adjust", fin, "adjust", lea)
    assert act.changes["asked_by"] == ["", fin.email] and act.changes["cents"] == [0, -300]
    assert "by -$3.00: Paid twice." in Notification.objects.get(user=agent).text
    with pytest.raises(approvals.ApprovalOver):
        approve(approval, lea)
    assert ledger.balance_cents(agent) == 700 and invariants.broken() == []


def test_those_who_may_approve_hear_of_it_and_nobody_else(agent, fin, lea, staff):
    lee = staff_as("lead", "lee")
    staff_as("finance", "fin+2"), staff_as("viewer")
    for one in User.objects.filter(email__startswith="fin"):
        note_evidence(one, NOON)
    approval = asked(lee, fin)
    (note,) = Notification.objects.all()
    assert (note.user, note.kind, note.href) == (lea, "approval-waits", change_url(approval))
    assert "Correct a wallet" in note.text and lee.email not in note.text and WHY not in note.text


def test_below_the_limit_one_is_enough_and_a_second_press_does_nothing(agent, fin, settings):
    settings.FOUR_EYES_ADJUST_CENTS = 500
    fund(agent, 1_000)
    asked(agent, fin, 500)
    with pytest.raises(approvals.AskedAlready):
        asked(agent, fin, 500, now=after(5))
    assert ledger.balance_cents(agent) == 1_500 and isinstance(asked(agent, fin, 501), Approval)


@pytest.mark.parametrize("who", ["asker", "their second account", "moderator", "suspended"])
def test_who_may_not_approve_is_refused(who, agent, fin, lea, staff):
    fund(agent, 1_000)
    approval, other = asked(agent, fin), {"asker": fin, "moderator": staff, "suspended": lea}.get(who)
    if who == "their second account":
        other = staff_as("finance", "fin+2")
        for one in (fin, other):
            note_evidence(one, NOON)
    lea.suspended_at = NOON if who == "suspended" else None
    with pytest.raises(Forbidden):
        approve(approval, other)
    assert ledger.balance_cents(agent) == 1_000


def test_whoever_it_is_about_neither_asks_nor_approves(fin, lea):
    fund(fin, 1_000), fund(lea, 1_000)
    with pytest.raises(Forbidden, match="your own money"):
        asked(fin, fin)
    approval = asked(lea, fin)
    with pytest.raises(Forbidden, match="your own money"):
        approve(approval, lea)
    assert Approval.objects.get().outcome == "" and ledger.balance_cents(lea) == 1_000


def test_who_has_lost_the_right_has_asked_in_vain(agent, fin, lea):
    fund(agent, 1_000)
    approval = asked(agent, fin)
    fin.groups.clear()
    with pytest.raises(Forbidden, match="any more"):
        approve(approval, lea)


def test_what_waits_too_long_expires_and_may_be_asked_for_anew(agent, fin, lea, settings):
    fund(agent, 1_000)
    approval, late = asked(agent, fin), NOON + timedelta(seconds=settings.APPROVAL_SECONDS)
    with pytest.raises(approvals.AskedAlready):
        asked(agent, lea)
    with pytest.raises(approvals.ApprovalOver):
        approve(approval, lea, now=late)
    second = asked(agent, fin, now=late)
    approval.refresh_from_db()
    assert approval.outcome == "expired" and second.waits(late)


def test_what_was_refused_is_not_done_and_whoever_asked_may_take_it_back(agent, fin, lea):
    fund(agent, 1_000)
    approval = asked(agent, fin)
    approvals.refuse(approval=approval, staff=fin, reason="Wrong account.", now=NOON)
    with pytest.raises(approvals.ApprovalOver):
        approve(approval, lea)
    assert ledger.balance_cents(agent) == 1_000 and AuditEvent.objects.latest("id").action == "refuse-adjust"


def test_what_takes_more_than_there_is_stays_undecided(agent, fin, lea):
    approval = asked(agent, fin)
    with pytest.raises(ledger.InsufficientFunds):
        approve(approval, lea)
    assert Approval.objects.get().waits(NOON)


@pytest.mark.parametrize(("cents", "told"), [(0, "Why."), (1_000_001, "Why."), (-1_000_001, "Why."), (300, " ")])
def test_a_correction_of_nothing_of_too_much_or_without_words_is_refused(cents, told, agent, fin):
    with pytest.raises(Invalid):
        adjusting.adjust_wallet(user=agent, cents=cents, staff=fin, told=told, reason=WHY, now=NOON)
    assert not Approval.objects.exists() and not AuditEvent.objects.exists()


def test_the_database_lets_nobody_approve_their_own_and_nothing_be_decided_twice(agent, fin, lea):
    approval = asked(agent, fin)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.update(outcome="approved", decided_by=fin, decided_at=NOON)
    approvals.refuse(approval=approval, staff=lea, reason="No.", now=NOON)
    for change in (approval.delete, lambda: Approval.objects.update(outcome="")):
        with pytest.raises(Exception, match="Cannot"), transaction.atomic():
            change()


@pytest.mark.parametrize("role", ["finance", "lead"])
def test_a_role_that_moves_money_or_gives_roles_takes_two_leads(role, agent, lea):
    words = {"user": agent, "role": role, "staff": lea, "told": "Welcome.", "reason": WHY, "now": NOON}
    approval, second = staffing.give_role(**words), staff_as("lead", "leo")
    assert roles.roles_of(agent) == []
    with pytest.raises(Forbidden):
        approve(approval, lea)
    approve(approval, second)
    assert [one.name for one in roles.roles_of(agent)] == [role]
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.actor, event.changes["asked_by"]) == ("give-role", second, ["", lea.email])
    assert event.changes["roles"] == [[], [role]]


@pytest.mark.parametrize("kind", [by_two.REMOVE, by_two.STOP])
def test_a_refund_above_the_limit_takes_two(kind, sender, agent, staff, settings):
    settings.FOUR_EYES_REFUND_CENTS = 400
    drop, verb = open_drop(sender), {"remove": decisions.remove_drop, "stop": decisions.stop_drop}[kind]
    enter(drop, agent)
    drop = ring(drop) if kind == by_two.STOP else drop
    words = {"drop": drop, "staff": staff, "told": "Insults.", "reason": WHY, "now": after(60)}
    approval = verb(**words)
    with pytest.raises(approvals.AskedAlready):
        verb(**words)
    assert ledger.escrow_cents(drop.reference) == 500
    approve(approval, staff_as("moderator", "mona"), now=after(70))
    drop.refresh_from_db()
    assert drop.outcome_reason in {"removed_by_staff", "stopped_by_staff"} and ledger.balance_cents(sender) == 500
    assert AuditEvent.objects.latest("id").changes["asked_by"] == ["", staff.email] and invariants.broken() == []


def test_a_suspension_is_no_way_around_a_second_person(sender, staff, settings):
    settings.FOUR_EYES_REFUND_CENTS = 400
    drop = open_drop(sender)
    with pytest.raises(Invalid, match="second person"):
        people.suspend_user(user=sender, staff=staff, told="No.", reason=WHY, now=NOON, remove=[str(drop.pk)])
    assert ledger.escrow_cents(drop.reference) == 500


@pytest.fixture
def judged(sender, agent, staff, settings):
    """A drop of $5.00 that staff have judged, where a verdict takes two from $4.00 on."""
    settings.JUDGE, settings.FOUR_EYES_VERDICT_CENTS = "staff", 400
    drop = open_drop(sender)
    enter(drop, agent)
    return judge(ring(drop), staff, now=after(400))


def test_a_verdict_above_the_limit_pays_once_another_has_approved_it(judged, agent, staff, sender):
    assert judged.is_ranking and ledger.balance_cents(agent) == 0
    steps.rank_drop(drop=judged, now=after(500))
    assert steps.question_for(drop=judged, judge=staff, now=after(500)) is None
    approval = Approval.objects.get()
    with pytest.raises(Forbidden):
        approve(approval, staff, now=after(500))
    approve(approval, staff_as("judge", "judy"), now=after(500))
    judged.refresh_from_db()
    assert judged.is_completed and judged.grade == "A" and ledger.balance_cents(agent) == 500
    event = AuditEvent.objects.get(action="decide")
    assert event.changes["asked_by"] == ["", staff.email] and invariants.broken() == []


def test_a_verdict_that_is_refused_asks_its_last_question_again(judged, staff):
    judy = staff_as("judge", "judy")
    approvals.refuse(approval=Approval.objects.get(), staff=judy, reason="Not the best.", now=after(500))
    assert steps.question_for(drop=judged, judge=judy, now=after(500)) is not None
    again = judge(judged, judy, grade="B", now=after(600))
    assert again.is_ranking and Approval.objects.waiting(after(600)).get().asks["grade"] == "B"


def test_whoever_plays_the_drop_does_not_approve_its_verdict(judged, agent, sender):
    for player in (agent, sender):
        player.is_staff = player.is_superuser = True
        player.save()
        with pytest.raises(Refused):
            approve(Approval.objects.get(), User.objects.get(pk=player.pk), now=after(500))
    judged.refresh_from_db()
    assert judged.is_ranking


def test_whoever_it_is_about_does_not_refuse_it_either(judged, agent, sender, fin, lea):
    lea_s_own = asked(lea, fin)
    with pytest.raises(Forbidden):
        approvals.refuse(approval=lea_s_own, staff=lea, reason="I like my money.", now=NOON)
    verdict = Approval.objects.get(kind="verdict")
    for player in (agent, sender):
        player.is_staff = player.is_superuser = True
        player.save()
        with pytest.raises(Forbidden):
            approvals.refuse(approval=verdict, staff=User.objects.get(pk=player.pk), reason="No.", now=after(500))
    assert Approval.objects.filter(outcome="").count() == 2
    assert approvals.refuse(approval=lea_s_own, staff=fin, reason="A mistake.", now=NOON).outcome == "refused"


def test_two_people_correct_a_wallet_in_the_admin(agent, fin, lea):
    fund(agent, 1_000)
    page = confirm(logged_in(fin), verb_url("adjust", agent), reason=WHY, told="Paid twice.", cents=-300)
    assert "Another person must approve it" in page.content.decode()
    approval = Approval.objects.get()
    waiting = logged_in(lea).get(list_url(Approval), {"queue": "waits"})
    assert waiting.context["cl"].result_count == 1
    for client in (logged_in(fin), logged_in(lea), logged_in(lea)):
        confirm(client, verb_url("approve", approval), reason="I looked at the books.")
    assert ledger.balance_cents(agent) == 700 and AuditEvent.objects.filter(action="adjust").count() == 1


def test_no_request_keeps_the_address_of_whom_it_is_about(sender, agent, lea, staff, settings):
    settings.FOUR_EYES_REFUND_CENTS = 400
    words = {"told": "No.", "reason": WHY, "now": NOON}
    asked(agent, staff_as("finance")), staffing.give_role(user=agent, role="lead", staff=lea, **words)
    decisions.remove_drop(drop=open_drop(sender), staff=staff, **words)
    drop = open_drop(sender)
    enter(drop, agent)
    by_two.ask_to_disqualify(drop.submissions.get(), staff=staff, **words)
    by_two.ask_for(by_two.STOP, ring(drop), staff=staff, **words)
    kept = [*Approval.objects.values_list("summary", flat=True), *map(str, AuditEvent.objects.values_list("changes"))]
    assert len(kept) == 10 and not [text for text in kept if agent.email in text or sender.email in text]


def test_whoever_approves_sees_the_address_all_the_same(agent, sender, fin, lea, settings):
    settings.FOUR_EYES_REFUND_CENTS = 400
    approval, client = asked(agent, fin), logged_in(lea)
    decisions.remove_drop(drop=open_drop(sender), staff=lea, told="No.", reason=WHY, now=NOON)
    for url in (list_url(Approval), change_url(approval), verb_url("approve", approval)):
        page = client.get(url).content.decode()
        assert agent.email in page and str(agent.pk)[:8] in page
    for words, count in ((agent.email, 1), (sender.email, 0), ("Remove", 1)):
        assert client.get(list_url(Approval), {"q": words}).context["cl"].result_count == count
