"""Somebody's own wish to be erased: days to think again, what stands in the way, and what is left of them."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.conf import settings as site_settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from accounts.models import AuditEvent, Erasure, Export, IdempotencyKey, Notification, User
from core.errors import Forbidden
from drops import tasks
from drops.appeals.asking import appeal_verdict
from drops.models import Drop, Revision
from drops.moderation import erasing as by_staff
from drops.moderation import staffing
from drops.privacy import erasing, exporting
from drops.privacy.open_ends import open_ends_of
from tests.browsers import signed_in
from tests.drops.browsing import text_of
from tests.play import NOON, after, claim, finished_drop, fund, open_drop, staff_as
from wallet import adjusting, approvals
from wallet.books import invariants, ledger
from wallet.models import Entry, Topup

pytestmark = pytest.mark.django_db
WAIT = site_settings.ERASURE_SECONDS


def due(user, at, **asked):
    """Let the user ask, and the days go by."""
    erasing.ask_for_erasure(user=user, now=NOON, **asked)
    at(after(WAIT))
    tasks.tend_people()
    return User.objects.get(pk=user.pk)


def test_whoever_asks_is_told_and_erased_when_its_date_has_come(sender, at):
    erasure = erasing.ask_for_erasure(user=sender, now=NOON)
    assert erasure.due_at == NOON + timedelta(days=14)
    assert "2030-01-15" in Notification.objects.get(user=sender, kind="erasure-asked").text
    at(after(WAIT - 1))
    assert tasks.tend_people() == 0 and User.objects.get(pk=sender.pk).erased_at is None
    at(after(WAIT))
    assert tasks.tend_people() == 1
    gone = User.objects.get(pk=sender.pk)
    assert gone.erased_at == after(WAIT) and gone.email.endswith("@erased.invalid") and not gone.is_active
    assert Erasure.objects.get().done_at == after(WAIT) and tasks.tend_people() == 0


def test_it_can_be_taken_back_until_then(sender, at):
    erasing.ask_for_erasure(user=sender, now=NOON)
    with pytest.raises(erasing.ErasureAsked):
        erasing.ask_for_erasure(user=sender, now=NOON)
    erasing.keep_account(user=sender, now=after(WAIT + 60))
    with pytest.raises(erasing.NoErasure):
        erasing.keep_account(user=sender, now=after(WAIT + 60))
    at(after(2 * WAIT))
    assert tasks.tend_people() == 0 and User.objects.get(pk=sender.pk).is_active
    assert erasing.ask_for_erasure(user=sender, now=after(2 * WAIT)).due_at == after(3 * WAIT)


def test_what_others_rely_on_is_kept_under_no_name(sender, agent, rival, at):
    drop = finished_drop(sender, agent, rival)
    lines, bodies = Entry.objects.count(), set(Revision.objects.values_list("body", flat=True))
    ended = after(400)
    exporting.ask_for_export(user=agent, now=ended)
    erasing.ask_for_erasure(user=sender, now=ended)
    at(after(WAIT + 400))
    assert tasks.tend_people() == 1
    drop.refresh_from_db()
    assert drop.is_completed and drop.prompt == "Name my ferry."
    assert set(Revision.objects.values_list("body", flat=True)) == bodies and Entry.objects.count() == lines
    assert invariants.broken() == []


def test_copies_of_their_data_go_too(sender, at, django_capture_on_commit_callbacks):
    at(NOON)
    export = exporting.ask_for_export(user=sender, now=NOON)
    tasks.build_exports()
    with django_capture_on_commit_callbacks(execute=True):
        due(sender, at)
    assert not default_storage.exists(export.path) and Export.objects.get().gone_at == after(WAIT)


@pytest.mark.parametrize("open_end", ["drop", "seat", "payment", "appeal"])
def test_what_is_open_is_named_with_what_to_do(open_end, sender, agent, rival):
    who, word = sender, "drops that have not ended: 1"
    if open_end == "drop":
        open_drop(sender)
    elif open_end == "seat":
        who, word = agent, "seats on drops that have not ended: 1"
        claim(open_drop(sender), agent)
    elif open_end == "payment":
        word = "payments under way: 1"
        Topup.objects.create(user=sender, amount_cents=500, source="checkout", idempotency_key="k", created_at=NOON)
    else:
        who, word = rival, "appeals that are not answered: 1"
        drop = finished_drop(sender, agent, rival)
        appeal_verdict(drop=drop, user=rival, reason="Look again.", now=after(400))
    (end,) = open_ends_of(who, after(400))
    assert str(end) == word and end.what_to_do and end.href.startswith("/")
    with pytest.raises(by_staff.StillInPlay, match=word):
        erasing.ask_for_erasure(user=who, now=after(400))
    assert not Erasure.objects.exists() and not Notification.objects.filter(kind="erasure-asked").exists()


def asked_about(user, lead):
    """Two requests about somebody that two have to decide: a correction of their wallet, and a role."""
    words = {"user": user, "staff": lead, "told": "Paid twice.", "reason": "Paid twice.", "now": NOON}
    return adjusting.adjust_wallet(cents=300, **words), staffing.give_role(role="lead", **words)


def test_a_correction_that_waits_is_in_the_way_and_one_that_lapsed_is_not(sender, lead, settings):
    asked_about(sender, lead)
    (end,) = open_ends_of(sender, NOON)
    assert str(end) == "corrections of the wallet that wait for approval: 1"
    lapsed = after(settings.APPROVAL_SECONDS)
    assert list(open_ends_of(sender, lapsed)) == []
    assert by_staff.erase_user(user=sender, staff=lead, reason="They wrote to us.", now=lapsed).erased_at


def test_nobody_who_is_erased_gets_a_role_that_was_asked_for_before(sender, lead):
    correction, role = asked_about(sender, lead)
    approvals.refuse(approval=correction, staff=lead, reason="A mistake.", now=NOON)
    by_staff.erase_user(user=sender, staff=lead, reason="They wrote to us.", now=NOON)
    with pytest.raises(Forbidden, match="erased"):
        approvals.approve(approval=role, staff=staff_as("lead", "leo"), reason="Welcome.", now=NOON)
    assert not User.objects.get(pk=sender.pk).is_staff


def test_money_is_in_the_way_until_it_is_given_up(sender, at):
    fund(sender, 10_000)
    with pytest.raises(by_staff.StillInPlay, match=r"\$100\.00 in the wallet"):
        erasing.ask_for_erasure(user=sender, now=NOON)
    assert due(sender, at, gives_up_cents=10_000).erased_at
    assert ledger.balance_cents(sender) == 0 and invariants.broken() == []
    assert Entry.objects.filter(reason=f"adjust:erased_{sender.pk}", delta=-10_000).exists()


@pytest.mark.parametrize(("cents", "may"), [(499, True), (500, False)])
def test_real_money_is_given_up_only_where_it_cannot_be_taken_out(cents, may, sender, funded, settings):
    funded(sender, cents)
    settings.PLAY_MONEY = False
    asked = [str(end) for end in open_ends_of(sender, NOON, gives_up_cents=499)]
    assert (asked == []) is may
    if may:
        erasing.ask_for_erasure(user=sender, gives_up_cents=499, now=NOON)


def test_what_opens_meanwhile_makes_it_wait_and_is_told_once(sender, at):
    erasing.ask_for_erasure(user=sender, now=NOON)
    drop = open_drop(sender, now=after(WAIT - 60))
    at(after(WAIT))
    assert tasks.tend_people() == 0 == tasks.tend_people()
    assert Notification.objects.filter(kind="erasure-waits").count() == 1
    assert User.objects.get(pk=sender.pk).is_active and Drop.objects.get(pk=drop.pk).is_open


def test_nobody_of_the_staff_is_erased_by_themselves(staff, at):
    with pytest.raises(Forbidden, match="roles"):
        erasing.ask_for_erasure(user=staff, now=NOON)


def test_without_one_of_the_staff_only_what_is_due_is_done(sender):
    with pytest.raises(by_staff.NotDue):
        by_staff.erase_user(user=sender, now=NOON)
    erasing.ask_for_erasure(user=sender, now=NOON)
    with pytest.raises(by_staff.NotDue):
        by_staff.erase_user(user=sender, now=after(WAIT - 1))
    assert User.objects.get(pk=sender.pk).is_active and not AuditEvent.objects.exists()


def test_staff_who_erase_before_the_date_end_the_wish(sender, lead):
    erasing.ask_for_erasure(user=sender, now=NOON)
    by_staff.erase_user(user=sender, staff=lead, reason="They wrote to us.", now=after(60))
    assert Erasure.objects.get().done_at == after(60)


def test_the_page_says_what_goes_and_takes_a_fresh_login(sender, at):
    at(NOON)
    IdempotencyKey.objects.create(user=sender, key="k", request_sha256="e" * 64, created_at=NOON)
    assert signed_in(sender, lately=False).post("/me/data/erase")["Location"].startswith("/me/confirm?next=")
    assert not Erasure.objects.exists()
    browser = signed_in(sender)
    assert "Kept, without your name" in text_of(browser.get("/me/data"))
    assert "Your account will be erased" in text_of(browser.post("/me/data/erase", follow=True))
    kept = text_of(signed_in(sender, lately=False).post("/me/data/keep", follow=True))
    assert "Your account stays as it is." in kept and "Keep my account" not in kept


def test_the_page_names_what_is_open_and_offers_no_button(sender, at):
    at(NOON)
    open_drop(sender)
    browser = signed_in(sender)
    page = text_of(browser.get("/me/data"))
    assert "Drops that have not ended: 1" in page and "Erase my account" not in page
    assert browser.post("/me/data/erase").status_code == 409 and not Erasure.objects.exists()


def test_an_operator_looks_first_and_then_erases(sender, agent, lead):
    command = {"by": lead.email, "reason": "They wrote to us."}
    out = io.StringIO()
    fund(sender, 100)
    call_command("erase_person", sender.email, **command, stdout=out)
    call_command("erase_person", agent.email, **command, stdout=out)
    assert "In the way: $1.00 in the wallet." in out.getvalue() and "Say --yes" in out.getvalue()
    with pytest.raises(CommandError, match="can't be erased yet"):
        call_command("erase_person", sender.email, **command, yes=True)
    call_command("erase_person", str(agent.pk), **command, yes=True, stdout=out)
    assert User.objects.get(pk=agent.pk).erased_at and AuditEvent.objects.get().action == "erase"
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("erase_person", "nobody@example.com", **command)
