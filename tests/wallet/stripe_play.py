"""Money stories, played through the verbs against the double: what tests need up to where theirs begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils.html import strip_tags

from accounts.models import User
from core.periodic import each
from tests.stripe_double import StripeDouble
from wallet import tasks
from wallet.books import debts, ledger
from wallet.models import PaymentProfile, Topup, Withdrawal
from wallet.money_in import auto_topups, topups
from wallet.money_out import connect, withdrawals
from wallet.stripe_events import inbox

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PAGES = {"success_url": "https://clorp.test/back?session_id={CHECKOUT_SESSION_ID}", "cancel_url": "https://clorp.test"}


@dataclass
class Play:
    """The double, a clock that both sides read, and the verbs with their defaults."""

    double: StripeDouble
    now: datetime = NOON
    # What Stripe is to hold beyond our books at the end: nothing, unless the story says why.
    difference_cents: int = 0

    def __post_init__(self) -> None:
        self.double.at(self.now)

    def wait(self, **time: float) -> datetime:
        """Let time pass on both sides."""
        self.now += timedelta(**time)
        self.double.at(self.now)
        return self.now

    # --- money in ---

    def start(self, user: User, cents: int = 1_000, *, keep_card: bool = False) -> Topup:
        topup, _ = topups.start_topup(user=user, amount_cents=cents, keep_card=keep_card, now=self.now, **PAGES)
        return topup

    def settle(self, topup: Topup) -> Topup:
        return topups.settle_topup(session_id=topup.stripe_session_id, now=self.now)

    def topped_up(self, user: User, cents: int = 1_000, *, keep_card: bool = False) -> Topup:
        """Paid by card, and settled as by the success page."""
        topup = self.start(user, cents, keep_card=keep_card)
        self.double.pay(topup.stripe_session_id)
        return self.settle(topup)

    def automatic(self, user: User, *, cents: int = 1_000, threshold: int = 500) -> None:
        """A saved card and automatic top-up on; the wallet is as empty as it was."""
        customer = self.customer(user)
        self.double.save_card(customer)
        PaymentProfile.objects.filter(user=user).update(has_payment_method=True)
        auto_topups.set_auto_topup(user=user, enabled=True, amount_cents=cents, threshold_cents=threshold)

    def customer(self, user: User) -> str:
        from wallet import gateway
        from wallet.money_in import cards

        return cards.require_customer(user=user, stripe=gateway.connect())

    def begin_auto(self, user: User) -> Topup | None:
        return auto_topups.start_auto_topup(user=user, now=self.now)

    def charge(self, topup: Topup) -> Topup | None:
        return auto_topups.charge_topup(topup_id=topup.pk, now=self.now)

    # --- money out ---

    def connected(self, user: User) -> str:
        """An account at Stripe that can take money; its id."""
        pages = {"refresh_url": "https://clorp.test/r", "return_url": "https://clorp.test/b"}
        connect.start_onboarding(user=user, now=self.now, **pages)
        account = PaymentProfile.objects.get(user=user).stripe_account_id
        self.double.activate_account(account)
        connect.refresh_account(account=account, now=self.now)
        return account

    def withdrawal(self, user: User, cents: int = 600) -> Withdrawal:
        return withdrawals.request_withdrawal(user=user, amount_cents=cents, now=self.now)

    def send(self, withdrawal: Withdrawal) -> Withdrawal:
        withdrawals.send_withdrawal(withdrawal_id=withdrawal.pk, now=self.now)
        withdrawal.refresh_from_db()
        return withdrawal

    # --- earned ---

    def earned(self, user: User, cents: int = 1_000) -> None:
        """A prize that can be withdrawn: a patron paid for it by card long ago."""
        today = self.now
        self.wait(days=-30)
        patron = User.objects.create_user(f"patron-{token()}@example.com")
        self.topped_up(patron, max(500, cents))
        reference = token()
        ledger.hold_prize(payer=patron, reference=reference, amount_cents=cents, now=self.now)
        ledger.pay_prize(reference=reference, payee=user, fee_cents=0, now=self.now)
        self.wait(seconds=(today - self.now).total_seconds())

    # --- events ---

    def deliver(self, **how: Any) -> None:
        """All that has happened arrives and is worked on."""
        self.double.deliver(self.post, **how)
        each(tasks.due(inbox.StripeEvent), self.process)

    def post(self, body: bytes, signature: str) -> int:
        inbox.receive_event(body=body, signature=signature, now=self.now)
        return 200

    def process(self, event_id: str) -> Any:
        return inbox.process_event(event_id=event_id, now=self.now)


def balances(user: User) -> dict[str, int]:
    """Return the user's balances in cents by kind of account, without those that are empty."""
    kinds = {"wallet": ledger.wallet_of(user), "transit": debts.transit_of(user), "debt": debts.debt_of(user)}
    cents_by_kind = {name: ledger.balance_of(party) for name, party in kinds.items()}
    return {name: cents for name, cents in cents_by_kind.items() if cents}


def token() -> str:
    return uuid4().hex


def sees(user: User, path: str = "/wallet", **query: str) -> str:
    """The page as this user reads it, in one line without its tags."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    text = strip_tags(client.get(path, query).content.decode().partition("<main")[2])
    return unescape(" ".join(text.split()))
