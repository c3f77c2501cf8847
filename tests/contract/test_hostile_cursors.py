"""A cursor that nobody was given is refused in words, whatever stands in each of its fields."""

from __future__ import annotations

import base64
import json
from urllib.parse import urlencode

import pytest

from tests.play import open_drop
from tests.reference import DOCUMENT

pytestmark = pytest.mark.django_db
MOMENT, UUID = "2030-01-01T12:00:00+00:00", "00000000-0000-4000-8000-000000000000"
HOSTILE = [
    "9999-12-31T23:59:59.999999-23:59",
    "9999-12-31T23:59:59.999999+00:00",
    "9999-12-31T23:59:59",
    "0001-01-01T00:00:00+23:59",
    "0001-01-01T00:00:00",
    MOMENT,
    "2030-13-01T12:00:00Z",
    "2030-01-01",
    "infinity",
    "-1",
    "0",
    "32768",
    "2147483648",
    "9223372036854775808",
    "9" * 64,
    "-" + "9" * 63,
    "1e400",
    "NaN",
    UUID,
    "{00000000-0000-4000-8000-000000000000}",
    "\x00",
    "\ud7ff",
    "x" * 65,
    "",
    None,
    True,
    7,
    [],
    {},
]
LISTS = sorted(
    path
    for path, methods in DOCUMENT["paths"].items()
    if any(parameter["name"] == "cursor" for parameter in methods.get("get", {}).get("parameters", ()))
)


def cursor(*fields):
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def every_cursor(backwards):
    """Hostile values in each field alone and in all at once, one way, for lists by one column and by two."""
    for one in HOSTILE:
        yield cursor(backwards, one)
        yield from (cursor(backwards, one, other) for other in (one, UUID))
        yield from (cursor(backwards, other, one) for other in (MOMENT, "1"))
    yield from (cursor(backwards, MOMENT, UUID) for backwards in (None, "false", 0, []))
    yield from ("", "=", "%", "a" * 10_000, base64.urlsafe_b64encode(b"\xff\xfe").decode())


def test_there_are_lists_that_go_on():
    assert len(LISTS) >= 8


# Backwards by night: the same lines of ours read a cursor, and it is a thousand and more requests each way.
@pytest.mark.turns(3)
@pytest.mark.parametrize("backwards", [False, pytest.param(True, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("path", [*LISTS, "/api/board?sort=prize", "/api/board?sort=free_seats"])
def test_no_cursor_breaks_a_list(path, backwards, client, sender, settings):
    settings.API_USER_PER_MINUTE = 1_000_000
    client.force_login(sender, backend="allauth.account.auth_backends.AuthenticationBackend")
    url = path.replace("{drop_id}", str(open_drop(sender).pk))
    sign = "&" if "?" in url else "?"
    asked = {text: f"{url}{sign}{urlencode({'cursor': text})}" for text in every_cursor(backwards)}
    answers = {text: client.get(address).status_code for text, address in asked.items()}
    assert {text: code for text, code in answers.items() if code not in {200, 400}} == {}
    assert set(answers.values()) == {200, 400}
