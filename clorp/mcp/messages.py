"""The size of a message that a program may send, in values: the protocol's library makes objects of each in the event
loop, where everybody waits meanwhile."""

from __future__ import annotations

# Far more than any tool takes; a file or an entry is one, however long, and whatever it is made of.
VALUES_MAX = 2_000
# A value and its name have four of them.
QUOTES_MAX = 4 * VALUES_MAX
# Each value but the first comes behind one of them or behind the colon of its name, which comes behind one.
SIGNS = (b",", b"[", b"{")


def is_overfull(body: bytes) -> bool:
    """Return whether a message may hold more values than are read, by the signs that stand outside its strings."""
    # What is escaped ends no string; every other piece stands outside of one.
    pieces = body.replace(rb"\\", b"").replace(rb"\"", b"").split(b'"', QUOTES_MAX)
    return len(pieces) > QUOTES_MAX or sum(piece.count(sign) for piece in pieces[::2] for sign in SIGNS) > VALUES_MAX
