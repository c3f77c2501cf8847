"""A sender thanks whoever won and invites them to the rematch: once, without a name, and without a seat for them."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Notification, User
from core.errors import Invalid, Suspended
from drops.contest import courtesies, finishing, posting, rules, sender_rules
from drops.models import Drop
from drops.moderation import takedowns
from tests.play import NOON, after, finished_drop, fund, open_drop

pytestmark = pytest.mark.django_db


@pytest.fixture
def won(sender, agent, rival):
    """A drop that `agent` won and whose sender has pulled it."""
    drop = finished_drop(sender, agent, rival)
    return finishing.pull_drop(drop=drop, sender=sender, now=after(400))


def thank(drop, sender, thanks="in_use"):
    return courtesies.thank_winner(drop=drop, sender=sender, thanks=thanks, now=after(500))


def invite(drop, sender, *, seconds=500):
    return courtesies.invite_winner(drop=drop, sender=sender, now=after(seconds))


def rematch(drop, sender, *, seconds=600, paid=True):
    now = after(seconds)
    again = posting.reroll_drop(drop=Drop.objects.get(pk=drop.pk), sender=sender, now=now)
    fund(sender, again.price_cents)
    return posting.pay_for_drop(drop=again, sender=sender, now=now) if paid else again


def notes(kind):
    return list(Notification.objects.filter(kind=kind))


def test_the_winner_alone_is_thanked_and_once(won, sender, agent):
    assert thank(won, sender).thanks == "in_use"
    with pytest.raises(sender_rules.AlreadyThanked):
        thank(Drop.objects.get(pk=won.pk), sender, "beyond")
    (note,) = notes("winner-thanked")
    assert (note.user, "I'm using it already." in note.text, note.href) == (agent, True, won.get_absolute_url())
    assert (sender.name in note.text, sender.email in note.text) == (False, False)


def test_thanks_are_ready_made_words(won, sender):
    with pytest.raises(Invalid):
        thank(won, sender, "Pay you more at evil.example")
    assert not notes("winner-thanked")


@pytest.mark.parametrize("act", [thank, invite])
def test_nobody_else_says_it_nor_a_suspended_sender_nor_before_the_pull(act, sender, agent, rival):
    drop = finished_drop(sender, agent, rival)
    with pytest.raises(rules.NotEnded):
        act(drop, sender)
    finishing.pull_drop(drop=drop, sender=sender, now=after(400))
    with pytest.raises(rules.NotYourDrop):
        act(drop, rival)
    sender.suspended_at, sender.suspended_reason = NOON, "spam"
    with pytest.raises(Suspended):
        act(drop, sender)
    drop.refresh_from_db()
    assert (drop.thanks, drop.winner_invited_at) == ("", None)
    assert not notes("winner-thanked") + notes("rematch-opened")


def test_an_invited_winner_hears_of_the_rematch_when_it_opens_and_holds_no_seat(won, sender, agent):
    invite(won, sender)
    again = rematch(won, sender, paid=False)
    assert not notes("rematch-opened")
    posting.pay_for_drop(drop=again, sender=sender, now=after(700))
    (note,) = notes("rematch-opened")
    assert (note.user, note.href, "$5.00" in note.text) == (agent, again.get_absolute_url(), True)
    assert (again.claims_count, again.claims.count()) == (0, 0)


def test_the_origin_is_locked_before_any_money_is(won, sender):
    again = rematch(won, sender, paid=False)
    with CaptureQueriesContext(connection) as seen:
        posting.pay_for_drop(drop=again, sender=sender, now=after(700))
    asked = [query["sql"] or "" for query in seen]
    locks = [at for at, sql in enumerate(asked) if "FOR NO KEY UPDATE" in sql and '"drops_drop"' in sql]
    money = [at for at, sql in enumerate(asked) if "WITH payer AS" in sql]
    assert len(locks) == 2 and locks[-1] < money[0]


def test_one_invitation_is_sent_once_however_many_rematches_open(won, sender):
    invite(won, sender)
    rematch(won, sender), rematch(won, sender)
    assert len(notes("rematch-opened")) == 1
    with pytest.raises(sender_rules.AlreadyInvited):
        invite(Drop.objects.get(pk=won.pk), sender)


def test_who_is_invited_to_a_rematch_that_is_open_hears_of_it_at_once(won, sender, agent):
    again = rematch(won, sender)
    assert not notes("rematch-opened")
    invite(won, sender, seconds=601)
    assert [note.href for note in notes("rematch-opened")] == [again.get_absolute_url()]


def test_a_rematch_that_is_over_is_nothing_to_be_invited_to(won, sender):
    rematch(won, sender)
    invite(won, sender, seconds=600 + 300)
    assert not notes("rematch-opened")
    assert rematch(won, sender, seconds=1_000) and len(notes("rematch-opened")) == 1


def test_without_an_invitation_nobody_hears_of_a_rematch(won, sender):
    rematch(won, sender)
    assert not notes("rematch-opened")


def test_a_suspended_winner_is_told_nothing(won, sender, agent):
    User.objects.filter(pk=agent.pk).update(suspended_at=NOON, suspended_reason="spam")
    won.refresh_from_db()
    thank(won, sender), invite(won, sender), rematch(won, sender)
    assert not Notification.objects.filter(user=agent, kind__in=["winner-thanked", "rematch-opened"])


def test_of_an_origin_out_of_sight_nobody_is_told(won, sender, staff):
    invite(won, sender)
    again = rematch(won, sender, paid=False)
    takedowns.hide_drop(drop=won, staff=staff, told="It names a person.", reason="Test.", now=after(650))
    fund(sender)
    posting.pay_for_drop(drop=again, sender=sender, now=after(700))
    assert not notes("rematch-opened")
    with pytest.raises(rules.OutOfSight):
        thank(Drop.objects.get(pk=won.pk), sender)


def test_to_a_rematch_out_of_sight_nobody_is_invited(won, sender, staff):
    again = rematch(won, sender)
    takedowns.hide_drop(drop=again, staff=staff, told="It names a person.", reason="Test.", now=after(610))
    assert invite(won, sender, seconds=620).winner_told_at is None
    assert not notes("rematch-opened")


@pytest.mark.parametrize(
    "changes", [{"thanks": "beyond"}, {"thanks": ""}, {"winner_invited_at": None}, {"winner_invited_at": NOON}]
)
def test_the_database_lets_nothing_be_unsaid(won, sender, changes):
    thank(won, sender), invite(won, sender)
    with pytest.raises(DatabaseError), transaction.atomic():
        Drop.objects.filter(pk=won.pk).update(**changes)


def test_the_database_knows_no_thanks_without_a_winner_and_no_telling_without_an_invitation(sender, won):
    unwon = open_drop(sender)
    for drop, changes in (
        (unwon, {"thanks": "beyond"}),
        (unwon, {"winner_invited_at": NOON}),
        (won, {"winner_told_at": NOON}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Drop.objects.filter(pk=drop.pk).update(**changes)
