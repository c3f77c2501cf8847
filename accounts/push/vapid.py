"""The site's own key pair, by which push services know that it is us who sends (RFC 8292).

It is made when it is first needed, and kept in the database, so that all machines of a site have the same. Browsers
bind their subscriptions to it: with another one, everybody has to turn push on again.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings

from accounts.models import VapidKey
from accounts.push import base64url
from accounts.push.encrypting import CURVE, point_of

NUMBER_BYTES = 32
# A push service takes a day at most.
GOOD_FOR = timedelta(hours=12)


def site_key(now: datetime) -> ec.EllipticCurvePrivateKey:
    """Return the operator's key, if there is one; else the one in the database, which is made where there is none."""
    return read_key(settings.VAPID_PRIVATE_KEY or _kept_key(now))


def _kept_key(now: datetime) -> str:
    made = {"private_key": new_key, "created_at": now}
    return VapidKey.objects.get_or_create(pk=1, defaults=made)[0].private_key


def new_key() -> str:
    """Return a new secret number, in base64url."""
    number = ec.generate_private_key(CURVE).private_numbers().private_value
    return base64url.encode(number.to_bytes(NUMBER_BYTES, "big"))


@cache
def read_key(text: str) -> ec.EllipticCurvePrivateKey:
    """Raises ValueError for what is no key."""
    return ec.derive_private_key(int.from_bytes(base64url.decode(text), "big"), CURVE)


def public_key(now: datetime) -> str:
    """Return what a browser needs to subscribe: `applicationServerKey`, in base64url."""
    return base64url.encode(point_of(site_key(now).public_key()))


def authorization(endpoint: str, key: ec.EllipticCurvePrivateKey, now: datetime) -> str:
    """Return the header that says to the push service of `endpoint` who sends."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int((now + GOOD_FOR).timestamp()), "sub": _contact()}
    signed = f"{_packed({'typ': 'JWT', 'alg': 'ES256'})}.{_packed(claims)}"
    numbers = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
    signature = base64url.encode(b"".join(number.to_bytes(NUMBER_BYTES, "big") for number in numbers))
    return f"vapid t={signed}.{signature}, k={base64url.encode(point_of(key.public_key()))}"


def _packed(part: dict[str, object]) -> str:
    return base64url.encode(json.dumps(part, separators=(",", ":")).encode())


def _contact() -> str:
    """Return where a push service can reach the operator, in a form that all of them take."""
    address = settings.CONTACT_EMAIL or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return f"mailto:{address}" if address else settings.SITE_URL
