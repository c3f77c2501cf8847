"""Money's rows: the books, what users pay and are paid, what Stripe told us, what still has to be sent."""

from wallet.models.approvals import ADJUST, APPROVE_RIGHT, Approval
from wallet.models.books import USD, Account, Entry, EntryQuerySet, LedgerCheck, Transfer
from wallet.models.doubts import Doubt
from wallet.models.holds import CardRefund, HeldPayout, Recall
from wallet.models.money_in import Dispute, FraudWarning, Topup
from wallet.models.money_out import Withdrawal
from wallet.models.profiles import PaymentProfile
from wallet.models.provenance import Lot, Part
from wallet.models.stripe_side import Lease, Reconciliation, StripeBalanceTxn, StripeEvent, StripeMatch

__all__ = [
    "ADJUST",
    "APPROVE_RIGHT",
    "USD",
    "Account",
    "Approval",
    "CardRefund",
    "Dispute",
    "Doubt",
    "Entry",
    "EntryQuerySet",
    "FraudWarning",
    "HeldPayout",
    "Lease",
    "LedgerCheck",
    "Lot",
    "Part",
    "PaymentProfile",
    "Recall",
    "Reconciliation",
    "StripeBalanceTxn",
    "StripeEvent",
    "StripeMatch",
    "Topup",
    "Transfer",
    "Withdrawal",
]
