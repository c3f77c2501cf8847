"""Encrypting a message for one browser, so that its push service can't read it (RFC 8291, in the form of RFC 8188).

These are forty lines over `cryptography`, which sign-in by passkeys needs anyway; the libraries for it bring a client
for HTTP or two of their own, and the call goes out by the one that checks addresses.
"""

from __future__ import annotations

import secrets

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
AUTH_BYTES, SALT_BYTES = 16, 16
RECORD_BYTES = 4_096
# What a push service must take (RFC 8030, section 7.2), less the header, the tag and the mark of the last record.
PLAIN_BYTES_MAX = RECORD_BYTES - 86 - 16 - 1
LAST_RECORD = b"\x02"


def read_public_key(point: bytes) -> ec.EllipticCurvePublicKey:
    """Raises ValueError for what is no point of the curve."""
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encrypt(
    plain: bytes,
    *,
    p256dh: bytes,
    auth: bytes,
    own_key: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """Return the body of a request for the browser whose key and secret these are.

    `own_key` and `salt` are for the RFC's example; else both are new, as they must be for each message. Raises
    ValueError for a message that no push service need take.
    """
    if len(plain) > PLAIN_BYTES_MAX:
        raise ValueError(f"A message has at most {PLAIN_BYTES_MAX} bytes, and this has {len(plain)}.")
    own_key = own_key or ec.generate_private_key(CURVE)
    salt = salt or secrets.token_bytes(SALT_BYTES)
    own_point = point_of(own_key.public_key())
    shared = own_key.exchange(ec.ECDH(), read_public_key(p256dh))
    secret = _derive(32, auth, b"WebPush: info\0" + p256dh + own_point, shared)
    content_key = _derive(16, salt, b"Content-Encoding: aes128gcm\0", secret)
    nonce = _derive(12, salt, b"Content-Encoding: nonce\0", secret)
    header = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(own_point)]) + own_point
    return header + AESGCM(content_key).encrypt(nonce, plain + LAST_RECORD, None)


def _derive(length: int, salt: bytes, info: bytes, secret: bytes) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
