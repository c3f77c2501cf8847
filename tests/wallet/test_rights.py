"""Who may decide about money: each verb of the wallet by each role, asked of the verb and of the door before it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib import admin

from accounts.models import AuditEvent
from core.admin_base import VerbAdmin
from core.errors import Forbidden
from tests.admin_site import confirm, grant, logged_in, verb_url
from tests.drops.admin.test_rights import ROLES, somebody
from tests.play import make_user, staff_as, undone
from tests.wallet.stripe_play import NOON
from tests.wallet.test_decisions import held, stopped  # noqa: F401  (fixtures)
from wallet.books import ledger
from wallet.models import Approval, Dispute, HeldPayout, StripeEvent
from wallet.money_in.disputes import note_dispute
from wallet.money_out.held_payouts import settle_prize

GUIDE = Path(__file__).parents[2] / "docs" / "staff.md"
WHY = "I looked at Stripe."
ROWS = ("topup", "withdrawal", "stripeevent", "heldpayout", "dispute")
GRANTED = "moderator given the right"


@pytest.fixture
def rows(play, held, stopped):  # noqa: F811
    """Each verb's name, with a row that it fits."""
    doubted, payout = doubt(play)
    play.double.dispute(play.topped_up(make_user("disputed")).stripe_session_id)
    play.double.deliver(play.post, play.double.events("charge.dispute.created"))
    event = StripeEvent.objects.get(type="charge.dispute.created")
    note_dispute(dispute_id=event.object_id, now=play.now)
    StripeEvent.objects.filter(pk=event.pk).update(status="failed", tries=1)
    yield [
        *(("release", held), ("close", held), ("clear", doubted)),
        *(("release", payout), ("return", payout)),
        *(("resume", stopped), ("retry", event), ("ignore", event)),
        ("evidence", Dispute.objects.get()),
        *(("approve", asked(doubted.user)), ("refuse", asked(make_user("owed")))),
    ]
    play.deliver()
    # What is held is in Stripe's book alone.
    (line,) = (line for line in play.double.shelf.all("balance_transaction") if line["amount"] == 700)
    play.difference_cents = 700 - line["fee"]


def asked(user):
    """A correction of somebody's wallet that another has asked for."""
    asker = staff_as("finance", f"asker-{user.name}")
    words = {"kind": "adjust", "target": f"user:{user.pk}", "summary": "Correct it", "asks": {"cents": 100}}
    times = {"asked_at": NOON, "expires_at": NOON + timedelta(days=9_000)}
    return Approval.objects.create(**words, told="Paid twice.", reason=WHY, asked_by=asker, **times)


def doubt(play):
    """A payment that its bank calls a fraud, and the prize that it paid."""
    patron, winner = make_user("patron"), make_user("winner")
    topup = play.topped_up(patron)
    ledger.hold_prize(payer=patron, reference="doubted", amount_cents=1_000, now=play.now)
    settle_prize(reference="doubted", payer=patron, payee=winner, fee_cents=0, now=play.now)
    play.double.warn(topup.stripe_session_id)
    play.deliver()
    return topup, HeldPayout.objects.get()


def verbs_of(page):
    return {(verb.name, page.model): verb for verb in page.verbs}


def verbs():
    """Return every verb of the wallet, by its name and what it acts on."""
    pages = [page for page in admin.site._registry.values() if isinstance(page, VerbAdmin)]
    return {key: verb for page in pages if page.opts.app_label == "wallet" for key, verb in verbs_of(page).items()}


def decider(role):
    if role != GRANTED:
        return somebody(role)
    user = make_user("trusted", is_staff=True)
    return grant(user, *(f"wallet.{right}_{row}" for right in ("view", "change") for row in ROWS))


def words(verb):
    return {"reason": WHY, **({"told": "We looked at it."} if verb.tells else {})}


def by_verb(verb, row, staff, now):
    """Whether the verb itself lets `staff` decide; what else may stand in its way is no matter of rights."""
    try:
        verb.call(**{verb.subject: row}, staff=staff, now=now, **words(verb))
    except Forbidden:
        return False
    return True


def by_admin(verb, row, client):
    confirm(client, verb_url(verb.name, row), follow=False, **words(verb))
    return AuditEvent.objects.exists()


def rights_of(role, rows, settings, now):
    """Return what the role may decide by each label, having seen that both doors answer alike."""
    settings.STAFF_SECOND_FACTOR = role == "without second factor"
    staff, rights = decider(role), {}
    client = logged_in(staff)
    for name, case in rows:
        verb, row = verbs()[name, type(case)], type(case).objects.get(pk=case.pk)
        rights[verb.label] = undone(by_verb, verb, row, staff, now)
        assert undone(by_admin, verb, row, client) == rights[verb.label], (role, name)
    return rights


def test_every_door_lets_through_whom_the_verb_lets_and_the_guide_says_whom(rows, play, settings):
    roles = (*ROLES, GRANTED)
    columns = [rights_of(role, rows, settings, play.now) for role in roles]
    table = ["| | " + " | ".join(roles) + " |", "|---" * (len(roles) + 1) + "|"]
    for label in columns[0]:
        table.append(f"| {label} | " + " | ".join("yes" if rights[label] else "no" for rights in columns) + " |")
    assert "\n".join(table) in GUIDE.read_text(encoding="utf-8"), "\n".join(table)


def test_every_verb_of_the_wallet_is_among_the_cases(rows):
    assert verbs().keys() == {(name, type(row)) for name, row in rows}
