"""The balance over time, drawn and in figures."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from wallet.books import ledger
from wallet.pages.chart import chart_of


@pytest.fixture
def moved(books_in_order, sender, settings):
    """`moved(now, (days_ago, cents), …)`: play money that came that long ago."""
    settings.PLAY_MONEY = True

    def move(now, *moves):
        for number, (days, cents) in enumerate(moves):
            at = now - timedelta(days=days)
            ledger.grant_play_money(user=sender, amount_cents=cents, token=f"chart-{number}", now=at)
        return chart_of(sender, now, ledger.balance_cents(sender))

    return move


def test_an_empty_wallet_in_which_nothing_moved_has_no_chart(moved, now):
    assert moved(now) is None


def test_each_day_ends_with_its_last_balance(moved, now):
    chart = moved(now, (40, 100), (3, 200), (3, 300), (0, 400))
    days = [(day.day, day.cents) for day in chart.days]
    assert days == [(date(2026, 10, 25), 100), (date(2026, 11, 21), 600), (date(2026, 11, 24), 1_000)]
    assert (chart.low_cents, chart.top_cents) == (100, 1_000) and chart.moved[0] == chart.last


def test_what_does_not_move_stands_until_today(moved, now):
    chart = moved(now, (50, 100))
    assert [day.cents for day in chart.days] == [100, 100] and chart.last.day == date(2026, 11, 24)
    assert chart.line == "M0 0H580V0H600"


def test_the_line_steps_where_money_moved_and_the_highest_is_at_the_top(moved, now):
    chart = moved(now, (15, 500), (0, 500))
    assert chart.line == "M0 120H290V60H580V0H600" and chart.area.endswith("V120H0Z")


def test_the_page_says_the_same_in_a_table_without_a_style(moved, now, client, sender, monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: now)
    moved(now, (3, 12_345))
    client.force_login(sender, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/wallet").content.decode()
    assert "$123.45 on Nov 24" in page and page.count('<td class="num money">$123.45</td>') >= 2
    assert "style=" not in page and "Which lines</label>" in page
