"""The wallet's pages."""

from wallet.pages.money_in import auto_topup, card_portal, card_refund, card_return, card_setup, topup, topup_return
from wallet.pages.money_out import payouts, payouts_return, show_earnings, withdraw
from wallet.pages.overview import show_wallet, statement_csv

__all__ = [
    "auto_topup",
    "card_portal",
    "card_refund",
    "card_return",
    "card_setup",
    "payouts",
    "payouts_return",
    "show_earnings",
    "show_wallet",
    "statement_csv",
    "topup",
    "topup_return",
    "withdraw",
]
