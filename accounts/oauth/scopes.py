"""The scopes that a program may be allowed, and in which words a person is asked."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Scope, all_scopes

# What a program gets that names nothing. Whoever wants to spend says so.
USUAL_SCOPES = [Scope.READ.value, Scope.COMPETE.value]
# Ticked by whoever means it, and never beforehand; never on another device than the one that shows the question.
NEVER_TICKED = [Scope.WALLET.value]
ALLOWS: dict[str, str | Promise] = {
    Scope.READ.value: _("Read what you can see: drops, your entries, your wallet"),
    Scope.COMPETE.value: _("Claim seats and submit entries for you"),
    Scope.SEND.value: _("Post drops and pay for them from your wallet"),
    Scope.WALLET.value: _("Add and withdraw money"),
}


def known_scopes(names: Iterable[str]) -> list[str]:
    """Return those of `names` that are scopes of ours, in their usual order."""
    asked = set(names)
    return [scope for scope in all_scopes() if scope in asked]


def choices_of(names: Iterable[str]) -> list[tuple[str, str | Promise]]:
    """Return scopes with the words in which a person is asked."""
    return [(scope, ALLOWS[scope]) for scope in known_scopes(names)]
