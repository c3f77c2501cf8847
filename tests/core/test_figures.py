"""Numbers and days as the reader's language writes them."""

from datetime import date

import pytest
from django.utils.translation import override

from core.figures import day, decimal, grouped, grouped_lazy
from core.page_tags import percent, span


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", ["1,234,567", "0.4", "Dec 5, 2026"]), ("de", ["1.234.567", "0,4", "5. Dez. 2026"])],
)
def test_a_number_is_written_as_its_reader_does(language, written):
    with override(language):
        assert [grouped(1_234_567), decimal(0.42, 1), day(date(2026, 12, 5))] == written


def test_one_that_waits_for_its_reader_is_written_when_it_is_read():
    count = grouped_lazy(1_234)
    with override("de"):
        assert str(count) == "1.234"
    assert str(count) == "1,234"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(45, "45 seconds"), (300, "5 minutes"), (5_400, "90 minutes"), (7_200, "2 hours"), (8_640, "2 h 24 min")],
)
def test_a_length_of_time_is_said_in_units_that_need_no_sums(seconds, words):
    assert span(seconds) == words


def test_a_share_is_written_as_its_reader_does():
    with override("en"):
        assert percent(35) == "35%"
    with override("de"):
        assert percent(35) == "35 %"
