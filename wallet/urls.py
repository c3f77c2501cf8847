"""The wallet's pages, by path."""

from __future__ import annotations

from django.urls import path

from wallet import pages

urlpatterns = [
    path("wallet", pages.show_wallet, name="wallet"),
    path("wallet/statement.csv", pages.statement_csv, name="statement_csv"),
    path("wallet/topups", pages.topup, name="topup"),
    path("wallet/topups/return", pages.topup_return, name="topup_return"),
    path("wallet/topups/<uuid:topup_id>/back", pages.card_refund, name="card_refund"),
    path("wallet/auto-topup", pages.auto_topup, name="auto_topup"),
    path("wallet/card", pages.card_setup, name="card_setup"),
    path("wallet/card/portal", pages.card_portal, name="card_portal"),
    path("wallet/card/return", pages.card_return, name="card_return"),
    path("wallet/earnings", pages.show_earnings, name="earnings"),
    path("wallet/withdrawals", pages.withdraw, name="withdraw"),
    path("wallet/payouts", pages.payouts, name="payouts"),
    path("wallet/payouts/return", pages.payouts_return, name="payouts_return"),
]
