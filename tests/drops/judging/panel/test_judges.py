"""JUDGE_SEATS: what an operator writes, and what is refused before anything starts."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from clorp.settings.judge_seats import read_seats
from drops.judging.panel.judges import make_judges, with_cheaper

JUDGE = {"base_url": "https://models.example/v1", "api_key": "env:ONE_KEY", "model": "one"}
SECRETS = {"ONE_KEY": "sk-very-secret", "TWO_KEY": "sk-other"}


def read(*rows):
    return make_judges(read_seats(json.dumps(list(rows)), lambda name: SECRETS.get(name, "")))


@pytest.mark.parametrize("text", ["", "  ", "[]"])
def test_nothing_is_no_panel(text):
    assert read_seats(text, SECRETS.get) == []


def test_a_key_is_taken_from_the_environment_and_shown_nowhere():
    one, two = read(JUDGE, {**JUDGE, "model": "two", "api_key": "sk-literal"})
    assert (one.api_key, two.api_key) == ("sk-very-secret", "sk-literal")
    assert "sk-" not in f"{one!r} {two} {one.all_of_it}"
    assert "sk-" not in str(read_seats(json.dumps([JUDGE, {**JUDGE, "model": "two"}]), SECRETS.get))


def test_what_is_not_said_has_a_default_and_costs_nothing():
    one, _ = read(JUDGE, {**JUDGE, "model": "two"})
    assert (one.name, one.per_minute, one.concurrency, one.thinking_tokens, one.params) == ("one", 120, 8, 0, {})
    assert one.cost_cents(1_000_000, 1_000_000) == 0


def test_prices_are_exact():
    prices = {"input_cents_per_million": 0.1, "output_cents_per_million": "60"}
    one, _ = read({**JUDGE, **prices}, {**JUDGE, "model": "two"})
    assert one.cost_cents(1_000, 10) == Decimal("0.0007")


def test_a_cheaper_model_has_what_the_dearer_one_has_unless_it_says_otherwise():
    dear = {**JUDGE, "per_minute": 7, "cheaper": {"model": "small", "api_key": "env:TWO_KEY"}}
    one, cheaper, two = with_cheaper(read(dear, {**JUDGE, "model": "two"}))
    assert [one.model, cheaper.model, two.model] == ["one", "small", "two"]
    assert (cheaper.name, cheaper.per_minute, cheaper.api_key) == ("small", 7, "sk-other")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"base_url": "http://models.example/v1"}, "needs an https:// base_url"),
        ({"base_url": "https://me:word@models.example/v1"}, "put it into api_key"),
        ({"base_url": 7}, "needs a base_url"),
        ({"model": ""}, "needs a model"),
        ({"name": "two\nlines"}, "needs a name"),
        ({"api_key": "env:NOT_SET"}, "a variable that is not set: NOT_SET"),
        ({"api_key": 5}, "is a text"),
        ({"per_minute": 0}, "whole number from 1"),
        ({"concurrency": True}, "whole number"),
        ({"input_cents_per_million": "NaN"}, "price in cents"),
        ({"output_cents_per_million": -1}, "price in cents"),
        ({"params": {"max_tokens": 9, "temperature": 0}}, "may not set max_tokens"),
        ({"temprature": 0}, "not known: temprature"),
        ({"cheaper": {"model": "two"}}, "share a name"),
        ({"cheaper": {"modle": "x"}}, "cheaper model of seat 1"),
    ],
)
def test_a_mistake_is_named_without_the_key(more, sentence):
    with pytest.raises(ValueError, match=sentence) as fault:
        read({**JUDGE, **more}, {**JUDGE, "model": "two"})
    assert "sk-" not in str(fault.value)


@pytest.mark.parametrize("rows", [[JUDGE], [{**JUDGE, "model": str(n)} for n in range(4)], ["one", "two"]])
def test_a_panel_has_two_or_three_judges(rows):
    with pytest.raises(ValueError, match=r"seats|object"):
        read(*rows)


@pytest.mark.parametrize("host", ["http://127.0.0.1:9/v1", "http://[::1]/v1", "http://10.0.0.8/v1", "http://models:80"])
def test_plain_http_is_for_networks_of_ones_own(host):
    assert read({**JUDGE, "base_url": host}, {**JUDGE, "model": "two"})[0].base_url == host
