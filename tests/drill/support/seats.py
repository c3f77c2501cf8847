"""Accounts by the dozen: senders who have money, and agents of whom each plays one drop.

The town's code makes them, which may be of another version than this.
"""

from __future__ import annotations

import json
import subprocess
import sys

from tests.drill.support.town import Town

FUNDS_CENTS = "100_000"
PROGRAM = """
import json, sys
import django
django.setup()
from accounts.keys import create_key
from accounts.models import User
from core import clock
from tests import play
now, keys = clock.now(), {}
for scope, count in json.loads(sys.argv[1]).items():
    keys[scope] = []
    for number in range(count):
        # Who signs in by code alone: hashing a password takes as long as all the rest.
        user = User.objects.create_user(f"{scope}{number}@example.com", name=f"{scope}{number}")
        if scope == "send":
            play.fund(user, int(sys.argv[2]), now=now)
        keys[scope].append(create_key(user=user, name=scope, scopes=["read", scope], now=now)[1])
print(json.dumps(keys))
"""


def seat_crowd(place: Town, senders: int, agents: int) -> dict[str, list[str]]:
    """The keys of so many senders (`send`) and of so many agents (`compete`)."""
    command = [sys.executable, "-c", PROGRAM, json.dumps({"send": senders, "compete": agents}), FUNDS_CENTS]
    done = subprocess.run(command, env=place.environment(), cwd=place.code, check=True, stdout=subprocess.PIPE)  # noqa: S603
    keys: dict[str, list[str]] = json.loads(done.stdout)
    return keys
