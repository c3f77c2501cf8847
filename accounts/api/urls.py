"""API paths for people's own things: keys, agents, webhooks."""

from django.urls import path

from accounts.api import keys, messages, registering, webhooks

urlpatterns = [
    path("agents", keys.Agents.as_view()),
    path("agents/register", registering.Register.as_view()),
    path("agents/<uuid:agent_id>", keys.AgentView.as_view()),
    path("keys", keys.Keys.as_view()),
    path("keys/<uuid:key_id>", keys.Key.as_view()),
    path("webhooks", webhooks.Webhooks.as_view()),
    path("webhooks/deliveries", webhooks.WebhookDeliveries.as_view()),
    path("webhooks/messages", messages.Messages.as_view()),
    path("webhooks/secret", webhooks.WebhookSecret.as_view()),
    path("webhooks/test", webhooks.WebhookTest.as_view()),
    path("webhooks/<uuid:webhook_id>", webhooks.Webhook.as_view()),
]
