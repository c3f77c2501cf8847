"""Cents and people's way of writing them."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from wallet.money import (
    NotMoney,
    decimal_dollars,
    fee_cents,
    format_cents,
    format_cents_lazy,
    net_cents,
    parse_cents,
    typed_cents,
)


@pytest.mark.parametrize(
    ("cents", "text"),
    [(0, "$0.00"), (5, "$0.05"), (500, "$5.00"), (123_456, "$1,234.56"), (-1, "-$0.01"), (-123_456, "-$1,234.56")],
)
def test_cents_read_as_dollars(cents, text):
    assert format_cents(cents) == text


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        *[("5", 500), ("$5", 500), (" 12.50 ", 1_250), ("1,234.56", 123_456), ("0", 0), ("0.05", 5)],
        *[("12.5", 1_250), ("0.5", 50), (".5", 50), ("5.", 500), ("12,50", 1_250), ("5,5", 550), (",5", 50)],
        *[("1,234", 123_400), ("1,234.50", 123_450), ("1.234,50", 123_450), ("$12", 1_200), ("$12,50", 1_250)],
        *[
            ("\uff11\uff12", 1_200),
            ("\uff04\uff11\uff12\uff0e\uff15\uff10", 1_250),
            ("$ 12", 1_200),
            ("\t12\u00a0", 1_200),
        ],
    ],
)
def test_dollars_typed_by_people_are_cents(text, cents):
    assert parse_cents(text) == cents


# \u0665 is a five in Arabic script, which Python's own int() would take.
@pytest.mark.parametrize("text", ["$$5", "5 5", "0x5", "NaN", "inf", "\u0665", "5\x00", "5\n6", "1234567890"])
def test_what_only_a_machine_reads_as_a_number_is_no_sum(text):
    with pytest.raises(NotMoney):
        parse_cents(text)


@pytest.mark.parametrize(
    "text",
    [
        *["", "$", "five", "-1", "-5", "+5", "1 2", "12 50", "5.555", "1e3", "1.000"],
        *["1,2345", "12,34.5", "1.2,3.4", ".", ",", "1,234,567,890"],
    ],
)
def test_anything_else_is_no_sum(text):
    with pytest.raises(NotMoney, match=r"such as 5 or 12\.50"):
        parse_cents(text)


@given(st.integers(0, 10**11 - 1))
def test_what_is_written_is_read_back(cents):
    assert parse_cents(format_cents(cents).replace(",", "")) == cents


@pytest.mark.parametrize(
    ("bps", "flat", "price", "fee"),
    [
        (0, 0, 500, 0),
        (1_000, 0, 509, 50),
        (250, 30, 999, 54),
        (0, 700, 500, 499),
        (10_000, 0, 100, 99),
        (0, 5, 1, 0),
        (0, -5, 100, 0),
    ],
)
def test_the_fee_is_rounded_down_and_leaves_a_cent(bps, flat, price, fee, settings):
    settings.FEE_BPS, settings.FEE_FLAT_CENTS = bps, flat
    assert (fee_cents(price), net_cents(price)) == (fee, price - fee)


def test_pages_show_sums_by_a_filter(settings):
    settings.FEE_BPS = 1_000
    page = Template("{% load money %}{{ cents|money }} {{ cents|net }} [{{ none|money }}{{ none|net }}]")
    assert page.render(Context({"cents": 500, "none": None})) == "$5.00 $4.50 []"


@pytest.mark.parametrize(("cents", "text"), [(500, "5,00\xa0$"), (-123_456, "-1.234,56\xa0$"), (7, "0,07\xa0$")])
def test_in_german_the_sign_stands_behind(cents, text):
    with override("de"):
        assert format_cents(cents) == text


def test_a_sum_that_waits_for_its_reader_is_written_as_they_write_it():
    price = format_cents_lazy(1_250)
    with override("de"):
        assert str(price) == "12,50\xa0$"
    assert str(price) == "$12.50"


@pytest.mark.parametrize("language", ["en", "de"])
@given(st.integers(min_value=0, max_value=10**11 - 1))
def test_what_is_written_in_a_language_is_read_back(language, cents):
    with override(language):
        assert parse_cents(format_cents(cents)) == parse_cents(typed_cents(cents)) == cents


@pytest.mark.parametrize("language", ["en", "de"])
def test_programs_read_the_same_dollars_in_every_language(language):
    with override(language):
        assert decimal_dollars(-123_456) == "-1234.56"
