"""A push service's half: it asks who sends (RFC 8292), and takes or refuses what it is told to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from accounts.push import base64url
from accounts.webhooks.http_post import Reply


@dataclass
class Sent:
    endpoint: str
    body: bytes
    headers: Mapping[str, str]


@dataclass
class PushService:
    """Stands where the call goes out; `answers` are given in their order, then 201 for good. `refusing` browsers are
    those that get another answer each time."""

    answers: list[Reply] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    refusing: Mapping[str, Reply] = field(default_factory=dict)

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> Reply:
        self.sent.append(Sent(url, body, headers))
        if url in self.refusing:
            return self.refusing[url]
        return self.answers.pop(0) if self.answers else Reply(201)


def claims_of(headers: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """Return what the sender claims, once the signature is found to be that of the key beside it; and that key."""
    scheme, _, parts = headers["Authorization"].partition(" ")
    token, key = (part.partition("=")[2] for part in parts.split(", "))
    signed, _, signature = token.rpartition(".")
    raw = base64url.decode(signature)
    numbers = [int.from_bytes(half, "big") for half in (raw[:32], raw[32:])]
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64url.decode(key))
    public.verify(encode_dss_signature(*numbers), signed.encode(), ec.ECDSA(SHA256()))
    head, claims = (json.loads(base64url.decode(part)) for part in signed.split("."))
    assert (scheme, head) == ("vapid", {"typ": "JWT", "alg": "ES256"})
    return claims, key
