"""The yearly report of payees: to the cent, by calendar years in UTC, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from wallet.books import ledger


def report(year):
    out = io.StringIO()
    call_command("payee_report", str(year), stdout=out)
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def sums(row):
    return [int(value) for name, value in row.items() if name.endswith("cents")]


def won(play, sender, agent, reference, at):
    play.wait(seconds=(at - play.now).total_seconds())
    play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference=reference, amount_cents=1_000, now=play.now)
    ledger.pay_prize(reference=reference, payee=agent, fee_cents=100, now=play.now)


def test_a_year_is_added_up_to_the_cent(play, agent):
    account = play.connected(agent)
    play.earned(agent)
    row = play.send(play.withdrawal(agent))
    play.double.reverse(row.stripe_transfer_id, 100)
    play.deliver()
    (line,) = report(2026)
    assert (line["payee"], line["email"], line["stripe account"]) == (str(agent.pk), agent.email, account)
    assert sums(line) == [1_000, 0, 600, 100]


def test_years_end_at_midnight_utc(play, sender, agent):
    won(play, sender, agent, "old", datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC))
    won(play, sender, agent, "new", datetime(2026, 1, 1, tzinfo=UTC))
    assert [sums(line) for year in (2024, 2025, 2026) for line in report(year)] == [[900, 0, 0, 0]] * 2


def test_who_only_pays_is_in_no_report(play, sender, agent):
    won(play, sender, agent, "drop", play.now)
    assert [line["email"] for line in report(2026)] == [agent.email]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_a_name_is_no_formula(name, play, sender, agent):
    agent.name = name
    agent.save()
    won(play, sender, agent, "drop", play.now)
    assert report(2026)[0]["name"] == f"'{name}"


@pytest.mark.parametrize("year", ["2019", "2027"])
def test_a_year_that_cannot_be_reported_is_refused(year, play):
    with pytest.raises(CommandError, match="2020 to 2026"):
        report(year)
