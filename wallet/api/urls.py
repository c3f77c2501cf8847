"""The wallet's API, by path."""

from django.urls import path

from wallet.api import moving, reading, stripe_side

urlpatterns = [
    path("wallet/balance", reading.Balance.as_view()),
    path("wallet/ledger", reading.Ledger.as_view()),
    path("wallet/withdrawals", reading.Withdrawals.as_view()),
    path("wallet/topup", moving.TopUp.as_view()),
    path("wallet/setup-payment-method", moving.SetupPaymentMethod.as_view()),
    path("wallet/auto-topup", moving.AutoTopup.as_view()),
    path("wallet/withdraw", moving.Withdraw.as_view()),
    path("stripe/connect", stripe_side.Connect.as_view()),
    path("stripe/connect/status", stripe_side.ConnectStatus.as_view()),
    path("stripe/webhook", stripe_side.StripeWebhook.as_view()),
]
