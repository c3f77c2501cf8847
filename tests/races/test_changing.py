"""Terms changed while the drop is paid for, and courtesies at once: one sum is charged, one drop opens, one is told."""

from functools import partial

import pytest

from accounts.models import Notification
from drops.contest import courtesies, finishing, posting, sender_rules
from drops.models import Drop
from tests.play import NOON, after, finished_drop, fund, post_drop
from tests.races.crowd import at_once
from tests.races.test_game import ROUNDS, survivors
from wallet.books import ledger

pytestmark = pytest.mark.usefixtures("ledger_db")


@pytest.mark.parametrize("attempt", ROUNDS)
def test_a_drop_opens_at_the_sum_that_was_charged(attempt, sender):
    fund(sender)
    drop = post_drop(sender, price_cents=500)
    stale = [Drop.objects.get(pk=drop.pk) for _ in range(4)]
    dearer = {"price_cents": 5_000, "window_seconds": 900}
    pay, change = posting.pay_for_drop, partial(posting.change_terms, changes=dearer)
    verbs = [pay, change, pay, change]
    results = at_once(
        [partial(verb, drop=row, sender=sender, now=after(1)) for verb, row in zip(verbs, stale, strict=True)]
    )
    drop.refresh_from_db()
    assert len(survivors([results[0], results[2]])) == 1 and drop.is_open
    assert ledger.escrow_cents(drop.reference) == drop.price_cents == 10_000 - ledger.balance_cents(sender)
    assert drop.window_closes_at == after(1 + drop.window_seconds)
    assert survivors([results[1], results[3]]) or drop.price_cents == 500


@pytest.mark.parametrize("attempt", ROUNDS)
def test_who_pays_for_what_they_saw_pays_that_or_nothing(attempt, sender):
    fund(sender)
    drop = post_drop(sender, price_cents=500)
    pay = partial(
        posting.pay_for_drop, drop=Drop.objects.get(), sender=sender, now=after(1), terms_as_of=drop.updated_at
    )
    change = partial(
        posting.change_terms, drop=Drop.objects.get(), sender=sender, changes={"price_cents": 5_000}, now=after(1)
    )
    paid, changed = at_once([pay, change])
    assert len(survivors([paid, changed])) == 1
    assert isinstance(
        paid if changed in survivors([changed]) else changed, sender_rules.TermsChanged | sender_rules.TermsFixed
    )
    assert ledger.balance_cents(sender) in {9_500, 10_000}


@pytest.mark.parametrize("attempt", ROUNDS)
def test_an_invitation_that_meets_its_rematch_is_told_once(attempt, sender, agent):
    won = finishing.pull_drop(drop=finished_drop(sender, agent), sender=sender, now=NOON)
    again = posting.reroll_drop(drop=won, sender=sender, now=after(400))
    fund(sender, again.price_cents)
    seen = [Drop.objects.get(pk=won.pk) for _ in range(2)]
    results = at_once(
        [
            *[partial(courtesies.invite_winner, drop=row, sender=sender, now=after(400)) for row in seen],
            partial(posting.pay_for_drop, drop=again, sender=sender, now=after(400)),
        ]
    )
    assert len(survivors(results)) == 2
    assert Notification.objects.filter(user=agent, kind="rematch-opened").count() == 1


def test_thanks_sent_by_four_tabs_arrive_once(sender, agent):
    won = finishing.pull_drop(drop=finished_drop(sender, agent), sender=sender, now=NOON)
    thank = partial(courtesies.thank_winner, sender=sender, thanks="beyond", now=NOON)
    results = at_once([partial(thank, drop=Drop.objects.get(pk=won.pk)) for _ in range(4)])
    assert len(survivors(results)) == Notification.objects.filter(kind="winner-thanked").count() == 1
