"""Terms change until payment and on a reroll; from payment on they stand, whoever asks."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from core.errors import Invalid, Suspended
from drops.contest import posting, rules, sender_rules
from drops.contest.attachments import store_attachment
from drops.models import Drop
from drops.models.drop_triggers import TERMS
from tests.play import NOON, after, finished_drop, fund, open_drop, post_drop
from wallet.books import ledger

pytestmark = pytest.mark.django_db
OTHER = {
    "prompt": "Name my raft.",
    "pack": "cook",
    "price_cents": 700,
    "window_seconds": 900,
    "title": "A raft",
    "description": "It is red.",
    "env_vars": {"DOCK": "7"},
    "agents": "proven",
    "close_when_full": True,
    "public_result": True,
}


def change(drop, sender, **changes):
    return posting.change_terms(drop=drop, sender=sender, changes=changes, now=after(5))


def file_of(owner, name="plan.txt"):
    return store_attachment(owner=owner, upload=SimpleUploadedFile(name, b"text"), now=NOON)


def test_every_term_of_an_unpaid_drop_can_be_changed_files_too(sender):
    drop = post_drop(sender, attachments=[file_of(sender)])
    files = [file_of(sender, "raft.txt")]
    change(drop, sender, **OTHER, attachments=files)
    assert {name: getattr(drop, name) for name in OTHER} == OTHER
    assert (list(drop.attachments.all()), drop.updated_at, drop.created_at) == (files, after(5), NOON)
    assert set(TERMS) == set(OTHER)


def test_what_is_not_named_stays(sender):
    drop = post_drop(sender, **OTHER, attachments=[file_of(sender)])
    change(drop, sender, price_cents=300)
    assert {name: getattr(drop, name) for name in OTHER} == {**OTHER, "price_cents": 300}
    assert drop.attachments.count() == 1


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("prompt", " "), ("price_cents", 99), ("window_seconds", 1), ("pack", "sushi"), ("agents", "nobody")],
)
def test_changed_terms_keep_the_same_bounds_and_one_fault_changes_nothing(sender, field, wrong):
    drop = post_drop(sender)
    with pytest.raises(Invalid) as refusal:
        change(drop, sender, **{"title": "New", field: wrong})
    drop = Drop.objects.get()
    assert (list(refusal.value.errors), drop.title, drop.updated_at) == ([field], None, NOON)


def test_somebody_elses_files_are_not_taken(sender, rival):
    drop = post_drop(sender)
    with pytest.raises(Invalid, match="not yours"):
        change(drop, sender, attachments=[file_of(rival)])
    assert not drop.attachments.exists()


def test_once_paid_the_terms_stand_for_a_stale_page_too(sender):
    stale = post_drop(sender)
    fund(sender)
    posting.pay_for_drop(drop=Drop.objects.get(), sender=sender, now=after(1))
    with pytest.raises(sender_rules.TermsFixed):
        change(stale, sender, price_cents=100)
    assert (Drop.objects.get().price_cents, ledger.escrow_cents(stale.reference)) == (500, 500)


def test_nobody_else_changes_terms_nor_a_suspended_sender_nor_of_a_drop_given_up(sender, rival):
    drop = post_drop(sender)
    with pytest.raises(rules.NotYourDrop):
        change(drop, rival, title="Mine")
    sender.suspended_at, sender.suspended_reason = NOON, "spam"
    with pytest.raises(Suspended):
        change(drop, sender, title="Mine")
    sender.suspended_at = None
    posting.abandon_drop(drop=drop, sender=sender, now=NOON)
    with pytest.raises(rules.IllegalTransition, match="discarded"):
        change(drop, sender, title="Mine")
    assert Drop.objects.get().title is None


@pytest.mark.parametrize("name", TERMS)
def test_the_database_keeps_every_term_from_payment_on(sender, name):
    open_drop(sender)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Drop.objects.update(**{name: OTHER[name]})


def test_the_database_keeps_the_files_from_payment_on(sender):
    drop, more = open_drop(sender, attachments=[file_of(sender)]), file_of(sender, "more.txt")
    for meddle in (lambda: drop.attachments.add(more), drop.attachments.clear):
        with pytest.raises(DatabaseError, match="the files of a drop stand"), transaction.atomic():
            meddle()
    assert [file.name for file in drop.attachments.all()] == ["plan.txt"]


def test_the_database_lets_nobody_pay_and_change_at_once_or_give_a_drop_away(sender, rival):
    post_drop(sender)
    paid = {"status": "open", "paid_at": NOON, "window_closes_at": after(300)}
    for changes in ({**paid, "price_cents": 100}, {"sender": rival}, {"created_at": after(1)}):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            Drop.objects.update(**changes)


def test_whoever_pays_may_say_which_terms_they_saw(sender):
    fund(sender)
    drop = post_drop(sender)
    change(drop, sender, price_cents=5_000)
    with pytest.raises(sender_rules.TermsChanged):
        posting.pay_for_drop(drop=drop, sender=sender, now=after(6), terms_as_of=NOON)
    assert ledger.balance_cents(sender) == 10_000
    posting.pay_for_drop(drop=drop, sender=sender, now=after(6), terms_as_of=after(5))
    assert ledger.escrow_cents(drop.reference) == 5_000


def test_a_stale_drop_is_paid_for_at_its_price_of_now_and_for_its_window_of_now(sender):
    fund(sender)
    stale = post_drop(sender)
    change(Drop.objects.get(), sender, price_cents=700, window_seconds=900)
    posting.pay_for_drop(drop=stale, sender=sender, now=after(6))
    assert (ledger.escrow_cents(stale.reference), stale.window_closes_at) == (700, after(906))


def test_a_reroll_takes_other_terms_and_keeps_its_origin(sender, agent):
    origin = finished_drop(sender, agent, title="A ferry", public_result=True)
    again = posting.reroll_drop(
        drop=origin, sender=sender, now=after(400), changes={"prompt": "Name my raft.", "price_cents": 900}
    )
    assert (again.origin, again.prompt, again.price_cents) == (origin, "Name my raft.", 900)
    assert (again.title, again.public_result, again.is_pending) == ("A ferry", True, True)
    assert Drop.objects.get(pk=origin.pk).prompt == "Name my ferry."


def test_a_reroll_out_of_bounds_makes_no_drop(sender, agent):
    origin = finished_drop(sender, agent)
    with pytest.raises(Invalid):
        posting.reroll_drop(drop=origin, sender=sender, now=after(400), changes={"price_cents": 1})
    assert not origin.rerolls.exists()
