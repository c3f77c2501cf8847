"""The rights that each scope gives a program, found by trying every operation of the API, by keys and by tokens."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from allauth.idp.oidc.models import Client as KnownProgram
from allauth.idp.oidc.models import Token
from django.http import HttpResponse
from django.test import Client

from accounts.api.base import NoSuchAddress
from accounts.keys import create_key
from accounts.models import Scope, User
from core import clock
from tests.addresses import PARAMETER, leaves
from tests.play import undone

DOCUMENT = Path(__file__).parents[2] / "docs" / "scopes.md"
SCOPES = tuple(Scope.values)
ALL = frozenset(SCOPES)
# None, each alone, each with `read`, all but each, all.
SETS = list(
    dict.fromkeys(
        [frozenset(), *(frozenset(set_of) for one in SCOPES for set_of in ({one}, {"read", one}, ALL - {one})), ALL]
    )
)
# In a cell: a key with any scope, or with none.
ANY = "any"
# In a cell: what is taken beside the scope, or in place of a key. Whoever lacks it is answered with this code.
BESIDE = {"fresh_login_needed": "with a fresh login", "bad_webhook": "signed by Stripe"}
TOKEN = "a token of a program's"
NOWHERE = "00000000-0000-4000-8000-000000000007"
# They tell anybody what the API is.
REFERENCE = {"/api/schema", "/api/schema/", "/api/docs/"}


@dataclass(frozen=True)
class Operation:
    """One method of one address, as the reference writes it."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def ask(self, drop_id: object, **headers: str) -> HttpResponse:
        """Ask it about a drop that is there and about whatever else is not; nothing of it stays."""
        address = re.sub(r"{(\w+)}", lambda name: str(drop_id) if name[1] == "drop_id" else NOWHERE, self.path)
        return undone(Client().generic, self.method, address, b"{}", "application/json", headers=headers)


def operations() -> Iterator[Operation]:
    """Yield whatever can be asked below /api/, whether the reference has it or not."""
    for route, leaf in leaves():
        path, view = "/" + PARAMETER.sub(r"{\g<name>}", route), getattr(leaf.callback, "cls", NoSuchAddress)
        if path.startswith("/api/") and path not in REFERENCE and view is not NoSuchAddress:
            taken = {*view.http_method_names} - {"head", "options", "trace"}
            yield from (Operation(method.upper(), path) for method in sorted(taken) if hasattr(view, method))


class Programs:
    """A key and a token of one person's, each with whatever scopes are to be tried."""

    def __init__(self, user: User) -> None:
        now = clock.now()
        self.key, key = create_key(user=user, name="tried", now=now)
        client = KnownProgram.objects.create(name="Tried", owner=user)
        self.token = Token(user=user, client=client, type=Token.Type.ACCESS_TOKEN, expires_at=now + timedelta(hours=1))
        self.token.set_value(TOKEN)
        self.token.set_resources(["http://localhost/mcp"])
        self.shown = {"key": key, "token": TOKEN}

    def with_scopes(self, scopes: Collection[str]) -> dict[str, str]:
        """Return what the key and the token are shown as, once they have these scopes and no other."""
        self.key.scopes = [*scopes]
        self.key.save()
        self.token.set_scopes([*scopes])
        self.token.save()
        return self.shown


def row_of(name: object, opening: Collection[frozenset[str]], *, is_open: bool, beside: str = "yes") -> str:
    """Return the line of the table for what these sets of scopes open, and strangers too where it `is_open`; `beside`
    is what its cells say for "yes"."""
    tool, opens, rest = str(name).partition(" (")
    taken = [cell_of(scope, opening, beside) for scope in SCOPES]
    cells = [f"`{tool}`{opens}{rest}", *taken, beside if is_open else ""]
    return f"|{'|'.join(f' {cell} ' if cell else ' ' for cell in cells)}|"


def cell_of(scope: str, opening: Collection[frozenset[str]], beside: str) -> str:
    if frozenset() in opening:
        return ANY
    if {scope} in opening:
        return beside
    pairs = [other for other in SCOPES if {other} not in opening and {scope, other} in opening]
    return f"with `{pairs[0]}`" if pairs and scope != pairs[0] and scope != "read" else ""


def opened_by(row: str) -> set[frozenset[str]]:
    """Return the sets of scopes that open what a line of the table is of."""
    cells = [cell.strip() for cell in row.split("|")[2:6]]
    least = [
        set() if cell == ANY else {scope, *re.findall(r"`(\w+)`", cell)}
        for scope, cell in zip(SCOPES, cells, strict=True)
        if cell
    ]
    return {scopes for scopes in SETS if any(needed <= scopes for needed in least)}


def rows() -> dict[str, str]:
    """Return the lines of the document's tables, by what each is of."""
    lines = DOCUMENT.read_text().splitlines()
    return {line.split("|")[1].strip().replace("`", ""): line for line in lines if line.startswith("| `")}


def is_for_strangers(row: str) -> bool:
    return bool(row.split("|")[6].strip())
