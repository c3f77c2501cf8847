"""The acts of moderators on how somebody stands: warnings, limits, trust, ways in, notes, suspending, erasing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import ProgrammingError, transaction

from accounts.models import ApiKey, AuditEvent, Note, Notification, User
from core.errors import Forbidden, Invalid
from drops.contest import limits, posting
from drops.contest.links import note_evidence
from drops.moderation import erasing, people, standing
from drops.moderation.acts import AlreadyDone
from tests.admin_site import logged_in
from tests.play import NOON, after, claim, enter, finished_drop, make_user, open_drop, post_drop, staff_as
from wallet.books import ledger
from wallet.models import Entry

pytestmark = pytest.mark.django_db
WHY = "Three reports."


def act(verb, user, staff, now=NOON, **asked):
    verb(user=user, staff=staff, reason=WHY, now=now, **asked)
    return User.objects.get(pk=user.pk)


def limited(user, staff, what, **asked):
    return act(standing.limit_user, user, staff, what=what, days=2, told="Slow down.", **asked)


def test_whoever_may_not_claim_is_told_why_and_until_when(sender, agent, staff):
    agent, drop = limited(agent, staff, "claiming"), open_drop(sender)
    with pytest.raises(limits.ClaimingLimited, match="Slow down") as refusal:
        claim(drop, agent)
    assert refusal.value.retry_at == NOON + timedelta(days=2) and refusal.value.next_step
    later = NOON + timedelta(days=2, seconds=1)
    assert claim(open_drop(sender, now=later), agent, now=later).seat


def test_whoever_may_not_post_can_neither_post_nor_pay_nor_post_again(sender, agent, staff):
    ended, unpaid = finished_drop(sender, agent), post_drop(sender)
    sender = limited(sender, staff, "posting")
    for try_it in (
        lambda: post_drop(sender),
        lambda: posting.pay_for_drop(drop=unpaid, sender=sender, now=NOON),
        lambda: posting.reroll_drop(drop=ended, sender=sender, now=NOON),
    ):
        with pytest.raises(limits.PostingLimited, match="Slow down"):
            try_it()


def test_a_price_above_the_limit_is_neither_posted_nor_paid(sender, staff):
    dear = post_drop(sender, price_cents=900)
    sender = limited(sender, staff, "price", most_cents=500)
    with pytest.raises(limits.PriceLimited, match=r"\$5.00"):
        post_drop(sender, price_cents=501)
    with pytest.raises(limits.PriceLimited):
        posting.pay_for_drop(drop=dear, sender=sender, now=NOON)
    assert open_drop(sender, price_cents=500).is_open


def test_limits_are_lifted_together_and_both_are_on_record(sender, staff):
    limited(sender, staff, "posting"), limited(sender, staff, "price", most_cents=500)
    sender = act(standing.lift_limits, sender, staff, told="Thank you.")
    assert standing.limits_of(sender, NOON) == [] and open_drop(sender, price_cents=900).is_open
    event = AuditEvent.objects.latest("id")
    assert [limit[0] for limit in event.changes["limits"][0]] == ["posting", "price"]
    with pytest.raises(AlreadyDone):
        act(standing.lift_limits, sender, staff, told="Thank you.")


@pytest.mark.parametrize(
    "asked",
    [
        {"what": "sleeping", "days": 2},
        {"what": "posting", "days": 0},
        {"what": "posting", "days": 366},
        {"what": "price", "days": 2},
        {"what": "posting", "days": 2, "most_cents": 500},
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(asked, sender, staff):
    with pytest.raises(Invalid):
        act(standing.limit_user, sender, staff, told="Slow down.", **asked)
    assert not AuditEvent.objects.filter(action="limit").exists() or standing.limits_of(sender, NOON) == []


def test_a_warning_is_told_once_however_often_the_button_is_pressed(sender, staff, admin_user):
    act(standing.warn_user, sender, staff, told="No insults.")
    with pytest.raises(AlreadyDone):
        act(standing.warn_user, sender, admin_user, told="No insults.", now=after(5))
    assert Notification.objects.get(user=sender).text == "A warning from our moderators: No insults."
    act(standing.warn_user, sender, staff, told="No insults.", now=after(100))


def test_signing_out_ends_every_session_and_no_key(client, staff):
    agent, browser = make_user("leaky"), client
    ApiKey.objects.create(user=agent, expiry=None)
    browser.post("/accounts/login/", {"login": agent.email, "password": "a good password"})
    assert browser.get("/me").status_code == 200
    assert UserSession.objects.filter(user=agent).exists()
    act(standing.sign_out_user, agent, staff, told="Somebody had your password.")
    assert browser.get("/me").status_code == 302 and ApiKey.objects.filter(user=agent).exists()


def test_revoking_ends_every_key_and_no_session(agent, staff):
    ApiKey.objects.create(user=agent, name="bot", expiry=None)
    browser = logged_in(agent)
    act(standing.revoke_keys_of, agent, staff, told="It was in a public place.")
    assert not ApiKey.objects.exists() and browser.get("/me").status_code == 200
    assert AuditEvent.objects.get().changes["keys"] == [["bot"], []]


def test_a_note_is_never_changed_nor_read_by_whom_it_is_about(agent, staff):
    act(standing.write_note, agent, staff)
    note = Note.objects.get()
    assert (note.about, note.author, note.text) == (agent, staff, WHY) and not Notification.objects.exists()
    for change in (note.delete, lambda: Note.objects.update(text="Nothing.")):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


VERBS = [
    standing.warn_user,
    standing.unverify_sender,
    people.verify_sender,
    people.suspend_user,
    standing.sign_out_user,
]


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_acts_on_an_account_that_seems_to_be_theirs(verb, staff):
    second = make_user("staff+second")
    for one in (staff, second):
        note_evidence(one, NOON)
    with pytest.raises(Forbidden, match="about yourself"):
        act(verb, second, staff, told="Fine.")


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_acts_on_whoever_they_meet_in_an_open_contest(verb, sender, agent, staff):
    drop = open_drop(sender)
    claim(drop, staff), claim(drop, agent)
    for user in (sender, agent):
        with pytest.raises(Forbidden, match="compete on it"):
            act(verb, user, staff, told="Fine.")
    assert not AuditEvent.objects.exists()


def test_a_suspension_removes_the_open_drops_that_were_ticked_and_keeps_the_others(sender, agent, staff):
    gone, kept = open_drop(sender), open_drop(sender)
    held = claim(open_drop(agent), sender)
    act(people.suspend_user, sender, staff, told="Insults.", remove=[str(gone.pk)])
    for row in (gone, kept, held):
        row.refresh_from_db()
    assert (gone.outcome_reason, kept.is_open, held.end_reason) == ("removed_by_staff", True, "suspended")
    assert ledger.balance_cents(sender) == 500 and ledger.escrow_cents(kept.reference) == 500
    event = AuditEvent.objects.get()
    assert event.changes["removed_drops"] == [[], [str(gone.pk)]]


def test_a_suspension_that_ticks_what_is_not_open_does_nothing(sender, agent, staff):
    ended, others = finished_drop(sender, agent), open_drop(agent)
    for drop in (ended, others):
        with pytest.raises(Invalid, match="not open"):
            act(people.suspend_user, sender, staff, told="Insults.", remove=[str(drop.pk)])
    assert not User.objects.get(pk=sender.pk).is_suspended and others.is_open


@pytest.fixture
def lead(db):
    return staff_as("lead")


def test_erasing_takes_who_it_was_and_keeps_what_others_rely_on(sender, agent, lead):
    drop = finished_drop(sender, agent)
    EmailAddress.objects.create(user=sender, email=sender.email, verified=True, primary=True)
    ApiKey.objects.create(user=sender, expiry=None)
    User.objects.filter(pk=sender.pk).update(handle="sunny", avatar_url="https://pic.example/")
    lines = Entry.objects.count()
    gone = act(erasing.erase_user, sender, lead)
    assert (gone.email, gone.name, gone.handle, gone.avatar_url) == (
        f"{sender.pk.hex}@erased.invalid",
        None,
        None,
        None,
    )
    assert not gone.is_active and not gone.has_usable_password() and gone.erased_at == NOON
    assert not (ApiKey.objects.exists() or EmailAddress.objects.exists() or gone.notifications.exists())
    drop.refresh_from_db()
    assert drop.is_completed and drop.sender_id == sender.pk and Entry.objects.count() == lines
    with pytest.raises(AlreadyDone):
        act(erasing.erase_user, sender, lead)


@pytest.mark.parametrize("open_end", ["drop", "seat", "money"])
def test_nothing_is_erased_while_something_is_open(open_end, sender, agent, lead, funded):
    drop = open_drop(sender)
    if open_end == "seat":
        enter(drop, agent)
    elif open_end == "money":
        funded(agent, 100)
    with pytest.raises(erasing.StillInPlay):
        act(erasing.erase_user, sender if open_end == "drop" else agent, lead)
    assert User.objects.get(pk=agent.pk).is_active and not AuditEvent.objects.exists()


def test_only_a_lead_erases(agent, staff):
    with pytest.raises(Forbidden):
        act(erasing.erase_user, agent, staff)
