"""The headers that every answer carries, whoever gives it."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"path": "/healthz"}, 200),
        ({"path": "/board", "headers": {"host": "evil.example"}}, 400),
        ({"path": "/static/icon.svg"}, 200),
        ({"path": "/nothing-here"}, 404),
    ],
)
def test_the_policy_is_on_every_answer_also_on_refusals_and_sheets(asked, status, db):
    answer = Client(raise_request_exception=False).get(**asked)
    answer.close()
    assert answer.status_code == status
    assert answer["Content-Security-Policy"] and "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY" and answer["X-Content-Type-Options"] == "nosniff"
