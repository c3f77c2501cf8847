"""`{% load money %}{{ cents|money }}`: cents as people read them, and why a payment did not happen."""

from __future__ import annotations

from django import template

from wallet import decline_reasons
from wallet.money import format_cents, net_cents, typed_cents

register = template.Library()
register.filter("why_not_paid", decline_reasons.why_not_paid)
register.filter("why_held", decline_reasons.why_held)
register.filter("why_not_sent", decline_reasons.why_not_sent)
register.filter("requirement_in_words", decline_reasons.requirement_in_words)


@register.filter
def money(cents: int | None) -> str:
    """Cents as dollars; nothing where there is no sum."""
    return "" if cents is None else format_cents(cents)


@register.filter
def typed(cents: int) -> str:
    """Return cents as a form's field holds them, without a sign."""
    return typed_cents(cents)


@register.filter
def net(price_cents: int | None) -> str:
    """Return a winner's share of this price, as dollars."""
    return "" if price_cents is None else format_cents(net_cents(price_cents))
