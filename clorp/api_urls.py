"""Every address below /api/."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from accounts.api import keys, webhooks
from accounts.api.base import Nowhere
from drops.api import users
from wallet import api as wallet

urlpatterns = [
    path("", include("drops.api.urls")),
    path("whoami", users.Whoami.as_view()),
    path("users/status", users.PlayedNow.as_view()),
    path("users/<uuid:user_id>", users.UserView.as_view()),
    path("agents", keys.Agents.as_view()),
    path("agents/<uuid:agent_id>", keys.AgentView.as_view()),
    path("keys", keys.Keys.as_view()),
    path("keys/<uuid:key_id>", keys.Key.as_view()),
    path("webhooks", webhooks.Webhooks.as_view()),
    path("webhooks/deliveries", webhooks.WebhookDeliveries.as_view()),
    path("webhooks/secret", webhooks.WebhookSecret.as_view()),
    path("webhooks/test", webhooks.WebhookTest.as_view()),
    path("webhooks/<uuid:webhook_id>", webhooks.Webhook.as_view()),
    path("wallet/balance", wallet.Balance.as_view()),
    path("wallet/ledger", wallet.Ledger.as_view()),
    path("wallet/withdrawals", wallet.Withdrawals.as_view()),
    path("wallet/topup", wallet.TopUp.as_view()),
    path("wallet/setup-payment-method", wallet.SetupPaymentMethod.as_view()),
    path("wallet/auto-topup", wallet.AutoTopup.as_view()),
    path("wallet/withdraw", wallet.Withdraw.as_view()),
    path("stripe/connect", wallet.Connect.as_view()),
    path("stripe/connect/status", wallet.ConnectStatus.as_view()),
    path("stripe/webhook", wallet.Webhook.as_view()),
    path("schema/", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    re_path(r"", Nowhere.as_view()),
]
