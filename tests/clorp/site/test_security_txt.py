"""Whoever finds a hole finds whom to tell, where the operator has said so."""

import re
from datetime import datetime, timedelta

import pytest

from core import clock

PATH = "/.well-known/security.txt"


@pytest.mark.parametrize(
    ("contact", "shown"),
    [("safe@clorp.example", "mailto:safe@clorp.example"), ("https://clorp.example/safe", "https://clorp.example/safe")],
)
def test_it_names_whom_to_tell_and_until_when_that_is_good(contact, shown, client, settings, db):
    settings.SECURITY_CONTACT = contact
    answer = client.get(PATH)
    fields = dict(re.findall(r"^([\w-]+): (.+)$", answer.content.decode(), re.MULTILINE))
    assert answer["Content-Type"].startswith("text/plain")
    assert (fields["Contact"], fields["Canonical"]) == (shown, f"http://testserver{PATH}")
    left = datetime.fromisoformat(fields["Expires"]) - clock.now()
    assert timedelta(days=100) < left < timedelta(days=365)


def test_where_nobody_is_named_there_is_none(client, settings, db):
    settings.SECURITY_CONTACT = ""
    assert client.get(PATH).status_code == 404
