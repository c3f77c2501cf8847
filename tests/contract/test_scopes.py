"""A key or a token can do exactly what its scopes say: every operation that the site has, with every set of scopes.

`docs/scopes.md` says it for people. What is new fails here until it has its line there, which the failure shows.
"""

from __future__ import annotations

import pytest

from tests.accounts.oauth.programs import by
from tests.contract.scope_matrix import (
    BESIDE,
    DOCUMENT,
    SETS,
    Programs,
    is_for_strangers,
    opened_by,
    operations,
    row_of,
    rows,
)
from tests.play import open_drop
from tests.reference import operations as documented

pytestmark = pytest.mark.django_db
OPERATIONS = [pytest.param(operation, id=str(operation)) for operation in operations()]
# Whoever calls it proves by a signature who they are.
KNOWS_NO_KEYS = {"POST /api/stripe/webhook"}


@pytest.fixture(autouse=True)
def no_limit(settings):
    settings.API_USER_PER_MINUTE = settings.API_ANONYMOUS_PER_MINUTE = 1_000_000
    settings.STRIPE_SECRET_KEY = "sk_test_x"


@pytest.mark.turns(3)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_set_of_scopes_opens_what_the_document_says(operation, sender, agent):
    drop, programs = open_drop(sender).pk, Programs(agent)
    is_open = operation.ask(drop).status_code != 401
    opening, beside = {"key": set(), "token": set()}, set()
    for scopes in SETS:
        for kind, shown in programs.with_scopes(scopes).items():
            answer = operation.ask(drop, **by(shown))
            if is_let_through(answer):
                opening[kind].add(scopes)
                beside.add(taken_beside(answer))
    assert opening["key"] == opening["token"] and len(beside) == 1
    assert row_of(operation, opening["key"], is_open=is_open, beside=beside.pop()) == rows().get(str(operation))
    assert opening["key"] == opened_by(rows()[str(operation)])


def taken_beside(answer):
    """Return what this answer asks for beside the scope, as a cell says it; "yes" where that is nothing."""
    return BESIDE.get(answer.json().get("code"), "yes") if answer.status_code in (400, 403) else "yes"


def is_let_through(answer):
    """Whether a program has the scope for what it asked. If not, the answer says which, as the standard has it."""
    if b"missing_scope" not in answer.content:
        assert answer.status_code != 401, answer.content
        return True
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
    challenge = answer["WWW-Authenticate"]
    assert challenge.startswith("Bearer ") and 'error="insufficient_scope", scope="' in challenge
    return False


def test_who_shows_nothing_or_something_that_is_no_good_is_asked_for_a_key(sender):
    drop = open_drop(sender).pk
    for operation in operations():
        nothing, no_good = operation.ask(drop), operation.ask(drop, **by("clorp_pat_none"))
        assert (nothing.status_code == 401) is not is_for_strangers(rows()[str(operation)]), operation
        assert nothing.get("WWW-Authenticate") == ('Bearer realm="clorp"' if nothing.status_code == 401 else None)
        if str(operation) not in KNOWS_NO_KEYS:
            assert (no_good.status_code, no_good.json()["code"]) == (401, "bad_key"), operation
            assert 'error="invalid_token"' in no_good["WWW-Authenticate"]


def test_the_reference_names_the_same_scopes():
    for method, path, operation in documented():
        row = rows()[f"{method.upper()} {path}"]
        ways = [{*way["key"]} for way in operation["security"] if "key" in way]
        assert {scopes for scopes in SETS if any(way <= scopes for way in ways)} == opened_by(row), row
        assert ({} in operation["security"]) is is_for_strangers(row), row


def test_the_document_has_a_line_for_nothing_that_is_not_there():
    there = {str(operation) for operation in operations()}
    assert {name for name in rows() if " /" in name} == there
    assert len(there) > 70


# What the cells of the German document say.
GERMAN = {"yes": "ja", "any": "jeder", "with `": "mit `", "with a fresh login": "nach frischer Anmeldung"}


def test_the_german_document_says_of_each_the_same():
    german = DOCUMENT.parent.joinpath("de", DOCUMENT.name).read_text()
    for row in rows().values():
        name, *cells = row.replace("(to answer)", "(um zu antworten)").split(" |")
        assert " |".join([name, *map(in_german, cells)]) in german.splitlines(), row


def in_german(cell):
    for english, german in GERMAN.items():
        cell = cell.replace(f" {english}", f" {german}")
    return cell
