"""Money: what there is, what comes in and what goes out."""

from __future__ import annotations

import click

from clorp_cli import shown
from clorp_cli.amounts import DOLLARS, clock_time, dollars, read_time
from clorp_cli.app import App, group, pass_app, yes_option
from clorp_cli.asking import Count, argument, option
from clorp_cli.text import clean, one_line, table
from clorp_cli.words import gettext as _
from clorp_cli.words import marked

STATUSES = {
    "pending": marked("under way"),
    "completed": marked("paid out"),
    "failed": marked("failed; the money is back"),
}


@group()
@click.pass_context
def wallet(ctx: click.Context) -> None:
    """Balance, top-ups, withdrawals. Without more, the balance."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(balance)


@wallet.command()
@pass_app
def balance(app: App) -> None:
    """Show your balance, and how much of it can be withdrawn."""
    money = app.site.get("wallet/balance")
    app.out.result(money, lambda: _balance(money))


def _balance(money: shown.Json) -> list[str]:
    rows = [
        [dollars(money["balance_cents"]), _("in your wallet")],
        [dollars(money["withdrawable_cents"]), _("can be withdrawn now")],
        [dollars(money["held_cents"]), _("in prizes on hold; you can spend it")],
    ]
    return table(rows, width=80, right=(0,))


@wallet.command()
@option("-n", "--limit", default=20, type=Count(1, 1000), help="How many.", show_default=True)
@pass_app
def ledger(app: App, limit: int) -> None:
    """Every entry of your ledger, newest first."""
    entries = app.site.pages("wallet/ledger", limit)
    app.out.result(entries, lambda: table([_entry(one) for one in entries], width=app.out.width, right=(1, 2)))


def _entry(entry: shown.Json) -> list[str]:
    at = read_time(entry["created_at"])
    sums = [dollars(entry["delta"]), dollars(entry.get("balance_after_cents"))]
    return [clock_time(at) if at else "-", *sums, one_line(entry["reason"])]


@wallet.command()
@argument("amount", type=DOLLARS)
@option("--keep-card", is_flag=True, help="Save the card for later.")
@pass_app
def topup(app: App, amount: int, keep_card: bool) -> None:
    """Add money: gives the address of a payment page."""
    page = app.site.post("wallet/topup", {"amount_cents": amount, **({"keep_card": True} if keep_card else {})})
    app.out.result(page, lambda: [_("Pay {sum} here:").format(sum=dollars(amount)), clean(page["url"])])


@wallet.command()
@argument("amount", type=DOLLARS)
@yes_option
@pass_app
def withdraw(app: App, amount: int, yes: bool) -> None:
    """Send prizes to your bank."""
    app.confirm(_("Send {sum} to your bank?").format(sum=dollars(amount)), yes=yes)
    withdrawal = app.site.post("wallet/withdraw", {"amount_cents": amount})
    app.out.result(withdrawal, lambda: [": ".join(_withdrawal(withdrawal)[:2])])


@wallet.command()
@option("-n", "--limit", default=20, type=Count(1, 1000), help="How many.", show_default=True)
@pass_app
def withdrawals(app: App, limit: int) -> None:
    """List your withdrawals, newest first."""
    rows = app.site.pages("wallet/withdrawals", limit)
    lines = [_withdrawal(one) for one in rows]
    app.out.result(rows, lambda: table(lines, width=app.out.width, right=(0,)) or [_("Nothing was withdrawn yet.")])


def _withdrawal(one: shown.Json) -> list[str]:
    at = read_time(one.get("created_at"))
    return [dollars(one["amount_cents"]), shown.named(STATUSES, one["status"]), clock_time(at) if at else "-"]


@wallet.command()
@option("--country", help="Two letters; where you and your bank are.")
@pass_app
def connect(app: App, country: str | None) -> None:
    """Say where prizes are paid out: gives the address of a page of Stripe's."""
    state = app.site.get("stripe/connect/status")
    if state["status"] == "active":
        app.out.result(state, lambda: [_("Your bank is connected.")])
        return
    page = app.site.post("stripe/connect", {"country": country} if country else {})
    app.out.result(page, lambda: [_("Go on here:"), clean(page["url"])])
