"""Programs' secrets. We make them, long and at random, so that a plain digest keeps them as well as a slow one would:
whoever sends a wrong one, or makes programs known, costs us no time."""

from __future__ import annotations

import hashlib

from allauth.idp.oidc import models
from allauth.idp.oidc.models import Client
from django.contrib.auth.hashers import check_password
from django.utils.crypto import constant_time_compare

from core import clock
from core.db.tally import count

PREFIX = "sha256$"
# Of a secret that an older version keeps by a slow digest, until it is first used again.
SLOW_GUESSES_A_MINUTE = 10


def keep_as_digests() -> None:
    """Have allauth keep and compare them so. Put in its place once, at the start."""
    models.make_password = digest_of
    Client.set_secret, Client.check_secret = set_secret, is_secret


def digest_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return PREFIX + hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def set_secret(client: Client, secret: str) -> None:
    client.secret = digest_of(secret)


def is_secret(client: Client, secret: str) -> bool:
    """Return whether this is the program's secret."""
    if client.secret.startswith(PREFIX):
        return constant_time_compare(digest_of(secret), client.secret)
    if not client.secret:
        return False
    if count(f"slow-secret:{client.pk}", seconds=60, now=clock.now()) > SLOW_GUESSES_A_MINUTE:
        return False
    is_right = check_password(secret, client.secret)
    if is_right:
        set_secret(client, secret)
        client.save(update_fields=["secret"])
    return is_right
