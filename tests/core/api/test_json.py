"""JSON as it comes in: strict where programs would differ on what was meant, and each refusal says what is wrong."""

from __future__ import annotations

import json

import pytest

from tests.api import Api, is_problem

FINE = {"prompt": "Name my ferry."}
PLAIN = json.dumps(FINE).encode()
TAKEN = {
    "plain": PLAIN,
    "a byte order mark": b"\xef\xbb\xbf" + PLAIN,
    "white space around": b"\r\n\t " + PLAIN + b" \n",
    "an escaped pair": b'{"prompt": "Name my \\ud83d\\udea2."}',
    "a whole number as a float": b'{"prompt": "x", "price_cents": 5e2}',
    "unknown names": b'{"prompt": "x", "__proto__": {"confirmed": true}, "Prompt": 1}',
    "one name in two objects": b'{"prompt": "x", "more": [{"a": 1}, {"a": 2}]}',
}
REFUSED = {
    "nothing": (b" ", "not JSON"),
    "a name twice": (b'{"prompt": "a", "prompt": "b"}', "\u201cprompt\u201d twice"),
    "a name twice, once escaped": (b'{"prompt": "a", "\\u0070rompt": "b"}', "twice"),
    "a name twice, deeper": (b'{"prompt": "a", "envVars": {"A": "1", "A": "2"}}', "\u201cA\u201d twice"),
    "a name twice in a list": (b'{"prompt": "a", "x": [{"b": 1, "b": 1}]}', "twice"),
    "not a number": (b'{"prompt": "a", "price_cents": NaN}', "not JSON"),
    "infinite": (b'{"prompt": "a", "price_cents": -Infinity}', "not JSON"),
    "half a pair": (b'{"prompt": "a\\ud800"}', "not JSON"),
    "halves in the wrong order": (b'{"prompt": "a\\ude00\\ud83d"}', "not JSON"),
    "halves as bytes": (b'{"prompt": "a\xed\xa0\xbd"}', "not UTF-8"),
    "UTF-16": ('{"prompt": "a"}'.encode("utf-16"), "not UTF-8"),
    "Latin-1": ('{"prompt": "\u00e9"}'.encode("latin-1"), "not UTF-8"),
    "a control character": (b'{"prompt": "a\n"}', "not JSON"),
    "endless depth": (b"[" * 100_000, "not JSON"),
    "two documents": (PLAIN + PLAIN, "not JSON"),
    "a comma too many": (b'{"prompt": "a",}', "not JSON"),
    "a list": (b"[" + PLAIN + b"]", "Send one JSON object."),
    "a text": (b'"prompt"', "Send one JSON object."),
    "null": (b"null", "Send one JSON object."),
}

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("body", TAKEN.values(), ids=TAKEN)
def test_what_is_json_is_taken(body, sender):
    assert Api(sender).post("jobs/run", body).status_code == 200


@pytest.mark.parametrize(("body", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_is_refused_in_words(body, words, sender):
    refused = Api(sender).post("jobs/run", body)
    problem = is_problem(refused, 400, refused.json()["code"])
    assert words in problem["error"] and "non_field" not in refused.content.decode()


def test_a_name_twice_at_the_end_of_many_takes_no_time_that_grows_with_their_square(sender):
    names = ",".join(f'"k{number}":1' for number in range(60_000))
    assert "twice" in Api(sender).post("jobs/run", f'{{{names},"k0":2}}'.encode()).json()["error"]


def test_a_number_without_end_is_no_number_of_ours(sender):
    body = b'{"prompt": "a", "price_cents": ' + b"9" * 500_000 + b"}"
    assert Api(sender).post("jobs/run", body).status_code == 400


def test_a_body_of_another_type_is_told_which_are_taken(sender):
    api = Api(sender)
    for kind in ("application/vnd.api+json", "text/json", "application/x-www-form-urlencoded", "", "nonsense"):
        refused = api.client.post("/api/jobs/run", PLAIN, content_type=kind, headers=api.headers)
        problem = is_problem(refused, 415, "unsupported_media_type")
        assert (refused["Accept"], "application/json" in problem["next_step"]) == ("application/json", True)
    refused = api.post("attachments", FINE)
    assert (refused.status_code, refused["Accept"]) == (415, "multipart/form-data")
