"""A log line holds what helps, and never what must stay secret."""

from __future__ import annotations

import io
import json
import logging
import logging.config

import pytest
import structlog

from core.logs import logging_config
from tests.house import ROOMS


@pytest.fixture
def lines():
    """Everything logged, as production writes it."""
    stream = io.StringIO()
    config = logging_config(debug=False)
    handler = logging.StreamHandler(stream)
    formatter = dict(config["formatters"]["lines"])
    handler.setFormatter(formatter.pop("()")(**formatter))
    handler.addFilter(config["filters"]["routes"]["()"]())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("room", ROOMS)
def test_our_own_lines_say_what_they_are_about_and_those_of_libraries_do_not(lines, room):
    about = {"event": "evt_1", "tries": 3}
    logging.getLogger(f"{room}.anywhere").error("event failed", extra=about)
    logging.getLogger("django.request").error("500", extra={"cookies": "s3cret"})
    ours, theirs = lines()
    assert (ours["event"], ours["about"]) == ("event failed", about) and "s3cret" not in json.dumps(theirs)


@pytest.mark.django_db
def test_a_failed_request_is_named_by_its_route_and_request_id_only(client, lines):
    secret = "s3cret-uid-and-key"
    client.get(f"/accounts/password/reset/key/{secret}/?next={secret}", headers={"X-Request-ID": "req-1"})
    client.get(f"/nowhere/{secret}?code={secret}", headers={"X-Request-ID": "req-2"})
    logged = [line for line in lines() if line["logger"] == "django.request"]
    assert [(line["event"], line["request_id"]) for line in logged[-1:]] == [("404 GET (no route)", "req-2")]
    assert secret not in json.dumps(lines())


def test_an_odd_answer_to_a_webhook_does_not_bring_its_address_into_the_log():
    logging.config.dictConfig(logging_config(debug=False))
    assert not logging.getLogger("urllib3.connection").isEnabledFor(logging.WARNING)


def test_a_bound_value_and_a_traceback_are_one_json_line(lines):
    try:
        raise ValueError("broken")
    except ValueError:
        with structlog.contextvars.bound_contextvars(request_id="req-3"):
            logging.getLogger("drops").exception("It broke.")
    (line,) = lines()
    assert (line["event"], line["level"], line["request_id"]) == ("It broke.", "error", "req-3")
    assert "ValueError: broken" in line["exception"]
