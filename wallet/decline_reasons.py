"""Stripe's codes as sentences for the people whose money it is. What is not listed gets the general one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.words import Words

# Before a code that is no bank's: the request itself was refused.
REFUSED_BY_STRIPE = "refused:"
CONFIRM = _("Your bank wants you to confirm the payment.")
DECLINED = _("Your bank declined the card.")
# Banks ask that a lost, stolen or suspicious card is declined without saying so.
PAYMENTS = {
    "authentication_required": CONFIRM,
    "canceled": _("The payment was cancelled."),
    "card_not_supported": _("The card can't be used for this."),
    "card_velocity_exceeded": _("The card is over its limit."),
    "expired_card": _("The card has expired."),
    "incorrect_cvc": _("The security code of the card was wrong."),
    "insufficient_funds": _("There is not enough money behind the card."),
    "no_answer": _("Stripe never answered, and has no such payment."),
    "no_payment_method": _("There is no saved card any more."),
    "processing_error": _("The bank could not be reached."),
    "requires_payment_method": _("The payment was not made."),
    "turned_off": _("Automatic top-up was off again before the card was charged."),
    "withdrawal_count_limit_exceeded": _("The card is over its limit."),
}
WITHDRAWALS = {
    "account_closed": _("Your account at Stripe is closed."),
    "account_frozen": _("Your account here was frozen before the money was sent."),
    "account_not_active": _("Your account at Stripe can't take money yet."),
}
REFUSED = _("Stripe would not send it.")
NOT_TAKEN = _("Stripe would not take this payment.")
HELD = {
    "amount_mismatch": _("Stripe reports another sum or currency than you asked for."),
    "livemode_mismatch": _("Stripe reports it as a test payment."),
    "session_mismatch": _("Stripe reports it under another payment page than yours."),
}
NOT_AS_ASKED = _("Stripe reports something else than you asked for.")
WHILE_HELD = _(
    "The payment is safe, but not in your wallet yet. Our staff look into it, usually within a day, "
    "and write to you either way. You don't have to do anything; don't pay again."
)
REQUIREMENTS = {
    "configuration.recipient.default_outbound_destination": _("A bank account for your money"),
    "contact_email": _("Your email address"),
    "external_account": _("A bank account for your money"),
    "identity.attestations.terms_of_service": _("Your agreement to Stripe's terms"),
    "identity.business_details": _("Something about your business"),
    "identity.country": _("Your country"),
    "identity.entity_type": _("Whether you are a person or a business"),
    "identity.individual.address": _("Your address"),
    "identity.individual.date_of_birth": _("Your date of birth"),
    "identity.individual.documents": _("A document that shows who you are"),
    "identity.individual.email": _("Your email address"),
    "identity.individual.given_name": _("Your first name"),
    "identity.individual.id_numbers": _("A number that identifies you, such as a tax number"),
    "identity.individual.phone": _("Your phone number"),
    "identity.individual.surname": _("Your last name"),
}


def why_not_paid(code: str) -> Words:
    if code.startswith(REFUSED_BY_STRIPE):
        return NOT_TAKEN
    return PAYMENTS.get(code, DECLINED)


def why_not_sent(code: str) -> Words:
    return WITHDRAWALS.get(code, REFUSED)


def why_held(code: str) -> Words:
    return HELD.get(code, NOT_AS_ASKED)


def requirement_in_words(requirement: str) -> Words:
    """Return a requirement of Stripe's in words, by the longest name that is known; else its own name, spaced out."""
    parts = requirement.split(".")
    for length in range(len(parts), 0, -1):
        known = REQUIREMENTS.get(".".join(parts[:length]))
        if known:
            return known
    return requirement.replace(".", ", ").replace("_", " ")
