"""The decisions about money that staff take in the admin."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin_base import Verb
from wallet.models import Doubt, Topup
from wallet.money import format_cents
from wallet.money_in import evidence, quarantine, taint
from wallet.money_out import held_payouts, withdrawals
from wallet.stripe_events import inbox


def what_trust_does(topup: Topup) -> str:
    """Say what of the doubt about a payment is lifted, and what of it remains."""
    standing = topup.doubts.standing()
    lifted = ", ".join(str(doubt) for doubt in standing.liftable())
    left = ", ".join(str(doubt) for doubt in standing.filter(kind=Doubt.Kind.DISPUTE))
    if left:
        return _("Lifted: {lifted}. What remains is {left}: until it is won, the prizes stay held.").format(
            lifted=lifted, left=left
        )
    return _("Lifted: {lifted}. Prizes that only this payment held are paid to their winners.").format(lifted=lifted)


RETRY = Verb(
    name="retry",
    label=gettext_lazy("Try again"),
    meaning=gettext_lazy("Puts an event that failed back into the queue. It is worked on with the next bell."),
    permission="wallet.change_stripeevent",
    subject="event",
    call=inbox.retry_event,
    money=lambda event: _("Whatever the event is about is fetched from Stripe anew, and posted if it is not yet."),
    fits=lambda event: event.is_stuck and event.tries > 0,
)
IGNORE = Verb(
    name="ignore",
    label=gettext_lazy("Give up on it"),
    meaning=gettext_lazy("Marks an event as seen. It is not worked on any more."),
    permission="wallet.change_stripeevent",
    subject="event",
    call=inbox.ignore_event,
    money=lambda event: _("No money moves. What the event was about stays undone."),
    fits=lambda event: event.is_stuck,
)
RESUME = Verb(
    name="resume",
    label=gettext_lazy("Look at Stripe and go on"),
    meaning=gettext_lazy(
        "For a withdrawal that stopped, or waits because of a linked account: what Stripe has "
        "sent is adopted, else it is sent under a new key."
    ),
    permission="wallet.change_withdrawal",
    subject="withdrawal",
    call=withdrawals.resume_withdrawal,
    money=lambda row: _("{amount} is sent once; what was sent already is not sent again.").format(
        amount=format_cents(row.amount_cents)
    ),
    fits=lambda row: row.has_stopped or row.waits_for_doubt,
)

RELEASE = Verb(
    name="release",
    label=gettext_lazy("Credit what was paid"),
    meaning=gettext_lazy(
        "Asks Stripe what was really paid for this top-up and credits that. Refund it at Stripe "
        "afterwards, if it is to go back: then both books hold both lines."
    ),
    permission="wallet.change_topup",
    subject="topup",
    call=quarantine.release_topup,
    money=lambda row: _("What was paid goes to {user}; {amount} was asked for.").format(
        user=row.user, amount=format_cents(row.amount_cents)
    ),
    fits=lambda row: row.is_held,
)
CLOSE = Verb(
    name="close",
    label=gettext_lazy("Close without a credit"),
    meaning=gettext_lazy("Ends a top-up for which nothing arrived that could be credited. Its owner is told why."),
    permission="wallet.change_topup",
    subject="topup",
    call=quarantine.close_topup,
    tells=gettext_lazy("Its owner"),
    money=lambda row: _("No money moves. What was paid, if anything was, stays at Stripe until you refund it there."),
    fits=lambda row: row.is_held,
)
CLEAR = Verb(
    name="clear",
    label=gettext_lazy("Trust the payment"),
    meaning=gettext_lazy(
        "For a payment that its bank called a fraud, or that was refunded after it was spent: "
        "it is doubted for that no more. Once nothing else is in its way, its owner can pay and "
        "withdraw again, and the prizes that it paid go on. A dispute can't be lifted here."
    ),
    permission="wallet.change_topup",
    subject="topup",
    call=taint.clear_topup,
    money=what_trust_does,
    fits=lambda row: row.is_in_doubt,
)
RELEASE_PAYOUT = Verb(
    name="release",
    label=gettext_lazy("Let the winner have it"),
    meaning=gettext_lazy(
        "Pays the prize, or lets the winner withdraw it, though the payment behind it is in doubt, or its sender and "
        "its winner are linked."
    ),
    permission="wallet.change_heldpayout",
    subject="payout",
    call=held_payouts.release_payout,
    tells=gettext_lazy("The winner"),
    money=lambda row: _("{amount} is {payee}'s. What the bank takes back, the house bears.").format(
        amount=format_cents(row.amount_cents), payee=row.payee
    ),
    fits=lambda row: row.is_open,
)
RETURN_PAYOUT = Verb(
    name="return",
    label=gettext_lazy("Give it back to the sender"),
    meaning=gettext_lazy("The winner gets nothing and is told why; what the sender owes is paid first."),
    permission="wallet.change_heldpayout",
    subject="payout",
    call=held_payouts.return_payout,
    tells=gettext_lazy("The winner"),
    money=lambda row: _("{amount} goes back to {payer}, as far as it is still there.").format(
        amount=format_cents(row.amount_cents), payer=row.payer
    ),
    fits=lambda row: row.is_open,
)
EVIDENCE = Verb(
    name="evidence",
    label=gettext_lazy("Answer with our records"),
    meaning=gettext_lazy(
        "Sends the bank what we know of the payment and of the drops that it paid for: their "
        "prompts, receipts, the work that was handed over and the log. It can be sent once."
    ),
    permission="wallet.change_dispute",
    subject="dispute",
    call=evidence.send_evidence,
    money=lambda row: _("No money moves now. If the bank agrees, {amount} comes back.").format(
        amount=format_cents(row.amount_cents)
    ),
    fits=lambda row: row.can_be_answered,
)
