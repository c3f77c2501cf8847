"""Grants, by which people let programs act for them: finding one by a token, listing and ending them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client, Token
from django.db import transaction
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts.models import ApiKey, User, WebhookEndpoint
from accounts.notifications.notify import notify
from accounts.oauth.scopes import known_scopes
from core.errors import Refused
from core.text import apart, one_line

LASTING = (Token.Type.ACCESS_TOKEN, Token.Type.REFRESH_TOKEN)
# A device's code that a person has approved, until its program asks for the tokens: a kind of our own, since allauth
# keeps it in the cache alone, where nothing that ends a grant finds it.
APPROVED_DEVICE = "ad"


LET_IN = gettext_lazy(
    "The program “{name}” may act for your account now ({scopes}). If that was not you, end it and set a new password."
)


class NoSuchGrant(Refused):
    code = "no_such_grant"
    status = 404
    message = gettext_lazy("You have allowed no such program; you may have ended it already.")


@dataclass(frozen=True)
class Pass:
    """A token of a program's, and what it lets that do. It says of itself what a key says, so doors need not care."""

    pk: int
    user: User
    name: str
    scopes: list[str]
    expiry: datetime | None
    resources: list[str]
    program: str


@dataclass
class Grant:
    """A program that somebody has allowed something: since when, and what all of its tokens together may do."""

    client_id: str
    name: str
    since: datetime
    scopes: list[str] = field(default_factory=list)


def find_pass(token: str, *, now: datetime) -> Pass | None:
    """Return what the access token `token` lets a program do; None for one that is unknown or over."""
    tokens = Token.objects.by_value(token).filter(type=Token.Type.ACCESS_TOKEN, expires_at__gt=now)
    row = tokens.select_related("user", "client").first()
    if row is None or row.user is None or row.client is None:
        return None
    client, scopes = row.client, known_scopes(row.get_scopes())
    return Pass(row.pk, row.user, client.name or client.pk, scopes, row.expires_at, row.get_resources(), client.pk)


def is_standing(one: Pass, *, now: datetime) -> bool:
    """Whether what `one` was found by would be found now."""
    return Token.objects.filter(pk=one.pk, expires_at__gt=now, user__is_active=True).exists()


def grants_of(user: User, *, now: datetime) -> list[Grant]:
    """Return the programs that may act for `user`, or have only to fetch their tokens for that, the newest first."""
    grants: dict[str, Grant] = {}
    fetchable = Q(type=APPROVED_DEVICE) | Q(type=Token.Type.AUTHORIZATION_CODE, data__claimed=False)
    theirs = Token.objects.filter(Q(type__in=LASTING) | fetchable, user=user, client__isnull=False)
    tokens = theirs.exclude(expires_at__lte=now)
    for token in tokens.select_related("client").order_by("-created_at"):
        assert token.client is not None
        client = token.client
        grant = grants.setdefault(client.pk, Grant(client.pk, client.name or client.pk, token.created_at))
        grant.since = min(grant.since, token.created_at)
        grant.scopes = known_scopes([*grant.scopes, *token.get_scopes()])
    return list(grants.values())


def tell_of_grant(*, user: User, client: Client, scopes: Collection[str], now: datetime) -> None:
    """Tell somebody that a program was allowed to act for them, in case it was not they who did."""
    name, allowed = apart(one_line(client.name or client.pk)), ", ".join(known_scopes(scopes))
    text = format_lazy(LET_IN, name=name, scopes=allowed)
    notify([user], kind="program-allowed", text=text, href="/me/keys", data={"client_id": client.pk}, now=now)


def keep_approval(*, user: User, client: Client, device_code: str, scopes: Collection[str], until: datetime) -> None:
    """Keep that `user` approved a device's code, for whoever ends grants meanwhile."""
    hashed = get_adapter().hash_token(device_code)
    row = {"user": user, "client": client, "scopes": " ".join(scopes), "expires_at": until}
    Token.objects.update_or_create(type=APPROVED_DEVICE, hash=hashed, defaults=row)


def take_approval(device_code: str) -> bool:
    """Use an approval up. Whether it stood: of several at the same moment one gets it, and none once it was ended."""
    return bool(Token.objects.by_value(device_code).filter(type=APPROVED_DEVICE).delete()[0])


@transaction.atomic
def end_grants(*, user: User) -> int:
    """Shut every program out that `user` has let in, as `end_grant` does, and return how many tokens that ended."""
    _end_what_was_made(user.pk, ~Q(program=""))
    return Token.objects.filter(user=user).delete()[0]


@transaction.atomic
def end_grant(*, user: User, client_id: str) -> None:
    """Shut a program out: all of its tokens for `user`, what could still become one, and what it made for itself
    meanwhile: keys and webhooks. Raises NoSuchGrant."""
    ended, _ = Token.objects.filter(user=user, client_id=client_id).delete()
    if not ended:
        raise NoSuchGrant
    _end_what_was_made(user.pk, Q(program=client_id))


def grants_by(token: str) -> list[tuple[UUID, str]]:
    """Return whose token that is, and which program's: the ids of user and client."""
    tokens = Token.objects.by_value(token).exclude(user=None).exclude(client=None)
    return list(tokens.values_list("user_id", "client_id"))


def end_what_is_left(*, user_id: UUID, client_id: str) -> None:
    """End what a program made for itself, once it has no token of this user's left by which they could end it."""
    if not Token.objects.filter(user_id=user_id, client_id=client_id, type__in=LASTING).exists():
        _end_what_was_made(user_id, Q(program=client_id))


def forget_tokens(*, now: datetime) -> int:
    """Delete tokens that are over, and with a program's last what it made. Returns how many."""
    over = Token.objects.filter(expires_at__lte=now)
    owners = set(over.filter(type__in=LASTING, user__isnull=False, client__isnull=False).values_list("user", "client"))
    gone = int(over.delete()[0])
    for user_id, client_id in owners:
        end_what_is_left(user_id=user_id, client_id=client_id)
    return gone


def _end_what_was_made(user_id: UUID, by: Q) -> None:
    ApiKey.objects.filter(by, user_id=user_id).delete()
    WebhookEndpoint.objects.filter(by, user_id=user_id).delete()
