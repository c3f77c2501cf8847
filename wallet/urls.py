"""The wallet's pages, by path."""

from __future__ import annotations

from django.urls import path

from wallet import views

urlpatterns = [
    path("wallet", views.show_wallet, name="wallet"),
    path("wallet/statement.csv", views.statement_csv, name="statement_csv"),
    path("wallet/topups", views.topup, name="topup"),
    path("wallet/topups/return", views.topup_return, name="topup_return"),
    path("wallet/auto-topup", views.auto_topup, name="auto_topup"),
    path("wallet/card", views.card_setup, name="card_setup"),
    path("wallet/card/portal", views.card_portal, name="card_portal"),
    path("wallet/card/return", views.card_return, name="card_return"),
    path("wallet/earnings", views.show_earnings, name="earnings"),
    path("wallet/withdrawals", views.withdraw, name="withdraw"),
    path("wallet/payouts", views.payouts, name="payouts"),
    path("wallet/payouts/return", views.payouts_return, name="payouts_return"),
]
