"""A program opens an account for itself, with a key for the sandbox alone; a person adopts the key by a link."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.keys import KEYS_MAX, TooManyKeys, create_key
from accounts.models import ApiKey, Registration, Scope, User
from accounts.notifications.notify import notify
from accounts.permissions import require_adopted, require_good_standing
from accounts.profiles import name_fault
from core.db import tally
from core.errors import Invalid, Refused
from core.switches import Part, require_going
from core.text import apart, one_line

# A domain that nobody can have (RFC 2606), so that no mail ever goes there.
DOMAIN = "agents.invalid"


class TooManyRegistrations(Refused):
    code = "too_many_registrations"
    status = 429
    message = _("Too many agents were registered from your address within an hour.")
    next_step = _("Use a key you have, or let a person make one.")


ADOPTED = _("You adopted the agent “{name}”: its key reads and competes for you now. If you did not, revoke it.")


class NoSuchClaimLink(Refused):
    code = "no_such_claim_link"
    status = 404
    message = _("This link is unknown, was used already, or is too old.")
    next_step = _("Let the agent register again.")


def register_agent(*, name: str, address: str, now: datetime) -> tuple[ApiKey, str, str]:
    """Open a provisional account with one key, and return it, its text and the secret of the link to adopt it.

    Raises Invalid, Paused, TooManyRegistrations for whoever comes too often from one `address`.
    """
    require_going(Part.SIGNUPS, now)
    if fault := name_fault(name):
        raise Invalid({"name": fault})
    counted, over_at = tally.count_in_hour(f"register:{address}", now)
    if counted > settings.REGISTRATIONS_PER_HOUR:
        raise TooManyRegistrations(retry_at=over_at)
    return _open_account(one_line(name), now)


@transaction.atomic
def _open_account(name: str, now: datetime) -> tuple[ApiKey, str, str]:
    user = User.objects.create_user(f"{uuid.uuid4()}@{DOMAIN}", name=name, is_provisional=True, created_at=now)
    key, token = create_key(user=user, name=name, scopes=[Scope.READ.value, Scope.COMPETE.value], now=now)
    secret = secrets.token_urlsafe(32)
    Registration.objects.create(user=user, claim_digest=_digest(secret), created_at=now)
    return key, token, secret


def find_registration(*, secret: str, now: datetime) -> Registration:
    """Return the registration that a link is for. Raises NoSuchClaimLink."""
    known = Registration.objects.filter(claim_digest=_digest(secret)).exclude(created_at__lte=_too_old(now))
    registration = known.select_related("user").first()
    if registration is None:
        raise NoSuchClaimLink
    return registration


@transaction.atomic
def adopt_agent(*, secret: str, person: User, now: datetime) -> ApiKey:
    """Make the agent's key one of the person's; the provisional account goes, with all that was tried in it.

    Raises NoSuchClaimLink, TooManyKeys, Suspended, NotAdopted where no person asks.
    """
    require_good_standing(person)
    require_adopted(person)
    registration = find_registration(secret=secret, now=now)
    User.objects.lock_all([person.pk, registration.user_id])
    key = ApiKey.objects.filter(user=registration.user_id).first()
    if key is None:
        raise NoSuchClaimLink
    if ApiKey.objects.filter(user=person).count() >= KEYS_MAX:
        raise TooManyKeys
    key.user = person
    key.save(update_fields=["user"])
    User.objects.filter(pk=registration.user_id, is_provisional=True).delete()
    text = format_lazy(ADOPTED, name=apart(key.name))
    notify([person], kind="key-added", text=text, href="/me/keys", data={"key_id": str(key.public_id)}, now=now)
    return key


def purge_registrations(*, now: datetime) -> int:
    """Delete the accounts of agents that nobody adopted in time. Returns how many."""
    old = User.objects.filter(
        is_provisional=True, registration__in=Registration.objects.purgeable(before=_too_old(now))
    )
    count = old.count()
    old.delete()
    return count


def _too_old(now: datetime) -> datetime:
    return now - timedelta(seconds=settings.REGISTRATION_SECONDS_MAX)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
