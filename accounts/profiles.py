"""Changes to a profile: name, picture, address, and legacy agent profiles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import HANDLE, HANDLE_RULE, Agent, User
from accounts.notifications.notify import notify
from accounts.permissions import require_good_standing
from core.addresses import canonical_address, visible_address
from core.errors import Invalid, Refused
from core.text import apart, fault_in, one_line, shows_nothing

NAME_CHARS_MAX = 80
AVATAR_URL_CHARS_MAX = 500
PERSONALITY_CHARS_MAX = 4000
TAGS_MAX = 20
TAG_CHARS_MAX = 40
AGENTS_MAX = 20
# Neither a handle nor a word of one.
HANDLES_OF_OURS = {
    "admin",
    "api",
    "clorp",
    "help",
    "judge",
    "moderator",
    "official",
    "root",
    "staff",
    "support",
    "system",
}

_is_https = URLValidator(schemes=["https"])


class AgentNameTaken(Refused):
    code = "name_taken"
    message = gettext_lazy("One of your agents has this name already.")


class TooManyAgents(Refused):
    code = "too_many_agents"
    message = format_lazy(gettext_lazy("You have {most} agents, the most allowed."), most=AGENTS_MAX)


class HandleTaken(Refused):
    code = "handle_taken"
    message = gettext_lazy("Somebody else has this handle.")
    next_step = gettext_lazy("Choose another one.")


class AddressTaken(Refused):
    code = "address_taken"
    message = gettext_lazy("Somebody has an account with this address.")
    next_step = gettext_lazy("Sign in with it, or use another address.")


@transaction.atomic
def give_address(*, user: User, address: str, now: datetime) -> User:
    """Make `address` that of an account, confirmed, on an operator's word. Raises NotAnAddress, AddressTaken."""
    user = User.objects.lock(user.pk)
    email = canonical_address(address)
    others = EmailAddress.objects.filter(email=email, verified=True).exclude(user=user)
    if others.exists() or User.objects.filter(email=email).exclude(pk=user.pk).exists():
        raise AddressTaken
    EmailAddress.objects.filter(user=user).update(primary=False)
    EmailAddress.objects.update_or_create(user=user, email=email, defaults={"primary": True, "verified": True})
    user.email, user.email_as_written = email, visible_address(address)
    user.save(update_fields=["email", "email_as_written"])
    text = format_lazy(
        gettext_lazy("Whoever runs this site made {shown_email} the address of your account."),
        shown_email=apart(user.shown_email),
    )
    notify([user], kind="email-changed", text=text, href="/me", now=now)
    return user


@transaction.atomic
def update_profile(*, user: User, changes: Mapping[str, Any]) -> User:
    """Set `name`, `handle`, `avatar_url` and `language`, whichever is in `changes`; None or nothing clears one.

    Raises Invalid, HandleTaken, Suspended.
    """
    require_good_standing(user)
    if errors := faults_in_profile(changes):
        raise Invalid(errors)
    fields = [field for field in ("name", "handle", "avatar_url", "language") if field in changes]
    for field in fields:
        # What is invisible, or turns the reading direction, would make a name look like somebody else's to moderators.
        name = changes[field]
        setattr(user, field, one_line(name) if field == "name" and name is not None else name)
    try:
        with transaction.atomic():
            user.save(update_fields=fields)
    except IntegrityError as error:
        raise HandleTaken from error
    return user


def faults_in_profile(changes: Mapping[str, Any]) -> dict[str, str]:
    """Return which of `changes` can't be made to anybody's profile and why, by field."""
    errors = {}
    name, handle, avatar_url = changes.get("name"), changes.get("handle"), changes.get("avatar_url")
    if name is not None and (fault := name_fault(name)):
        errors["name"] = fault
    if handle is not None and (fault := _handle_fault(handle)):
        errors["handle"] = fault
    if avatar_url is not None and (
        fault := fault_in(avatar_url, chars_max=AVATAR_URL_CHARS_MAX) or _url_fault(avatar_url)
    ):
        errors["avatar_url"] = fault
    if changes.get("language") and not is_spoken(changes["language"]):
        errors["language"] = _("clorp doesn't speak this language yet.")
    return errors


def is_spoken(language: str) -> bool:
    return language in dict(settings.LANGUAGES)


@transaction.atomic
def choose_language(*, user: User, language: str) -> None:
    """Speak this language to somebody from now on, in pages and mails. Raises Invalid. Suspended or not: they read."""
    if not is_spoken(language):
        raise Invalid({"language": _("clorp doesn't speak this language yet.")})
    User.objects.filter(pk=user.pk).update(language=language)


def _handle_fault(handle: object) -> str | None:
    if not isinstance(handle, str) or not re.match(HANDLE.replace("$", r"\Z"), handle):
        return str(HANDLE_RULE)
    ours = "clorp" in handle or not HANDLES_OF_OURS.isdisjoint(handle.split("-"))
    return _("This handle could be mistaken for ours.") if ours else None


def name_fault(name: object) -> str | None:
    """Return why others could not be shown this name; None if they can."""
    fault = fault_in(name, chars_max=NAME_CHARS_MAX)
    return fault or (_("This must not be empty: nothing in it is visible.") if shows_nothing(str(name)) else None)


def _url_fault(url: str) -> str | None:
    try:
        _is_https(url)
    except ValidationError:
        return _("This must be an address that begins with https://.")
    return None


@transaction.atomic
def create_agent(*, owner: User, fields: Mapping[str, Any], now: datetime) -> Agent:
    """A named profile. Raises Invalid, AgentNameTaken, TooManyAgents, Suspended."""
    require_good_standing(owner)
    User.objects.lock(owner.pk)
    if owner.agents.count() >= AGENTS_MAX:
        raise TooManyAgents
    return _write_agent(Agent(owner=owner, created_at=now), {"name": "", **fields})


@transaction.atomic
def update_agent(*, agent: Agent, fields: Mapping[str, Any]) -> Agent:
    """Change whatever is in `fields`. Raises Invalid, AgentNameTaken, Suspended."""
    require_good_standing(agent.owner)
    User.objects.lock(agent.owner_id)
    return _write_agent(agent, fields)


def _write_agent(agent: Agent, fields: Mapping[str, Any]) -> Agent:
    for field in ("name", "personality", "is_default", "tags"):
        if field in fields:
            setattr(agent, field, fields[field])
    if errors := faults_in_agent({"name": agent.name, "personality": agent.personality, "tags": agent.tags}):
        raise Invalid(errors)
    agent.name = one_line(agent.name)
    others = Agent.objects.filter(owner=agent.owner).exclude(pk=agent.pk)
    if others.filter(name=agent.name).exists():
        raise AgentNameTaken
    if agent.is_default:
        others.update(is_default=False)
    agent.save()
    return agent


def faults_in_agent(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return which of `fields` no named profile can have and why, by field."""
    faults = {
        "name": name_fault(fields["name"]) if "name" in fields else None,
        "personality": fault_in(fields.get("personality") or "", chars_max=PERSONALITY_CHARS_MAX, required=False),
        "tags": _tags_fault(fields.get("tags", [])),
    }
    return {field: fault for field, fault in faults.items() if fault}


def _tags_fault(tags: list[str]) -> str | None:
    if len(tags) > TAGS_MAX:
        return _("At most {most} tags fit.").format(most=TAGS_MAX)
    return next((fault for tag in tags if (fault := fault_in(tag, chars_max=TAG_CHARS_MAX))), None)
