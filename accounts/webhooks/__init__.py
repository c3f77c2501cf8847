"""People's own webhooks, after Standard Webhooks (standardwebhooks.com)."""
