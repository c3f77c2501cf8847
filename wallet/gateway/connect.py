"""Money out: connected accounts and transfers to them."""

from __future__ import annotations

from uuid import UUID

import stripe

from wallet.gateway import parsing
from wallet.gateway.failures import translated
from wallet.gateway.values import ConnectAccount, StripeTransfer
from wallet.models import USD

PAGE_ITEMS = 100


def transfer_group(withdrawal_id: UUID) -> str:
    """Return the label that ties all transfers of one withdrawal together at Stripe."""
    return f"withdrawal:{withdrawal_id}"


class Connect:
    """Every method calls Stripe and ends in a value or in one of the failures of `wallet.gateway`."""

    _client: stripe.StripeClient

    def create_account(self, *, user_id: UUID, email: str, country: str, key: str) -> str:
        """The id of a new account that may receive transfers once its owner has identified themselves.

        `country` is an ISO 3166-1 code of two letters. We answer for fees and losses, which Stripe demands of
        platforms that transfer separately from charging.
        """
        with translated():
            account = self._client.v2.core.accounts.create(
                {
                    "contact_email": email,
                    "dashboard": "express",
                    "identity": {"country": country},
                    "defaults": {
                        "responsibilities": {"fees_collector": "application", "losses_collector": "application"}
                    },
                    "configuration": {
                        "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
                    },
                    "metadata": {"user_id": str(user_id)},
                },
                {"idempotency_key": key},
            )
            return account.id

    def create_recipient(self, *, user_id: UUID, email: str, country: str, key: str) -> str:
        """As `create_account`, under the agreement for those who only receive: what Stripe asks for across borders.

        By version 1 of the API, as version 2 names no agreement; the account answers to both.
        """
        with translated():
            account = self._client.v1.accounts.create(
                {
                    "email": email,
                    "country": country,
                    "controller": {
                        "stripe_dashboard": {"type": "express"},
                        "fees": {"payer": "application"},
                        "losses": {"payments": "application"},
                    },
                    "capabilities": {"transfers": {"requested": True}},
                    "tos_acceptance": {"service_agreement": "recipient"},
                    "metadata": {"user_id": str(user_id)},
                },
                {"idempotency_key": key},
            )
            return account.id

    def create_account_link(self, *, account: str, refresh_url: str, return_url: str) -> str:
        """A link to Stripe's onboarding: good once, for minutes, and for its owner only."""
        with translated():
            link = self._client.v2.core.account_links.create(
                {
                    "account": account,
                    "use_case": {
                        "type": "account_onboarding",
                        "account_onboarding": {"refresh_url": refresh_url, "return_url": return_url},
                    },
                }
            )
            return link.url

    def get_account(self, account: str) -> ConnectAccount:
        with translated():
            # What is not named comes back as null, which would look like a lost capability.
            answer = self._client.v2.core.accounts.retrieve(
                account, {"include": ["configuration.recipient", "requirements"]}
            )
            return parsing.account_of(answer)

    def list_payout_fingerprints(self, account: str) -> list[str]:
        """Return a sign for each place its owner is paid to, which is the same for whoever else has it."""
        with translated():
            places = self._client.v1.accounts.external_accounts.list(account, {"limit": PAGE_ITEMS})
            return [place.fingerprint for place in places.auto_paging_iter() if place.fingerprint]

    def create_transfer(self, *, withdrawal_id: UUID, account: str, amount_cents: int, key: str) -> StripeTransfer:
        """Raises RejectedByStripe with `balance_insufficient` where our available balance is short."""
        with translated():
            transfer = self._client.v1.transfers.create(
                {
                    "amount": amount_cents,
                    "currency": USD,
                    "destination": account,
                    "transfer_group": transfer_group(withdrawal_id),
                    "metadata": {"withdrawal_id": str(withdrawal_id)},
                },
                {"idempotency_key": key},
            )
            return parsing.transfer_of(transfer)

    def find_transfers(self, *, withdrawal_id: UUID) -> list[StripeTransfer]:
        """All transfers that were made for this withdrawal, newest first. One too many is an alarm."""
        with translated():
            transfers = self._client.v1.transfers.list(
                {"transfer_group": transfer_group(withdrawal_id), "limit": PAGE_ITEMS}
            )
            return [parsing.transfer_of(transfer) for transfer in transfers.auto_paging_iter()]

    def reverse_transfer(self, *, transfer_id: str, amount_cents: int, key: str) -> str:
        """Return the reversal's id. Raises RejectedByStripe where the account can't bear it."""
        with translated():
            back = self._client.v1.transfers.reversals.create(
                transfer_id, {"amount": amount_cents}, {"idempotency_key": key}
            )
            return back.id

    def get_transfer(self, transfer_id: str) -> StripeTransfer:
        """With all its reversals."""
        with translated():
            return parsing.transfer_of(self._client.v1.transfers.retrieve(transfer_id))
