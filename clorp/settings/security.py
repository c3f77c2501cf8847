"""Security headers, trusted hosts and proxies, and the site's own address."""

from __future__ import annotations

import re
from ipaddress import ip_network
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from clorp.settings.base import ALLOWED_HOSTS, DEBUG, PORT, env

YES, NO = {"1", "true", "True", "on", "yes"}, {"", "0", "false", "False", "off", "no"}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "base-uri": ["'none'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "img-src": ["'self'", "data:"],
        "manifest-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        # What shows notifications while no page is open.
        "worker-src": ["'self'"],
    }
}
HTTPS = env.bool("HTTPS", default=not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
# The proxy in front: its networks, or 1 for whatever connects from a private address. What others say of how a
# request came here is not believed.
TRUST_PROXY = env.str("TRUST_PROXY", default="0").strip()
PRIVATE_NETWORKS = ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"]
try:
    PROXY_NETWORKS = [
        ip_network(network.strip(), strict=False)
        for network in (PRIVATE_NETWORKS if TRUST_PROXY in YES else TRUST_PROXY.split(","))
        if TRUST_PROXY not in NO
    ]
except ValueError:
    raise ImproperlyConfigured(
        "TRUST_PROXY is 1, 0, or the networks of your proxies with commas, such as 10.0.0.0/8."
    ) from None
PROXIES = 1 if PROXY_NETWORKS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
# Or all who come through the proxy would share one limit on logins, and anybody could use it up.
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "accounts.entrance.kept_forms.stale_form"
X_FRAME_OPTIONS = "DENY"

# Where mails and webhooks point to: nobody's request says it there.
SITE_URL = env.str("SITE_URL", default="").rstrip("/")
if not SITE_URL:
    _host = next((host for host in ALLOWED_HOSTS if host.strip("*.[]:")), "localhost").lstrip(".")
    SITE_URL = f"https://{_host}" if HTTPS else f"http://{_host}:{PORT}"
if not SITE_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("SITE_URL is where the site is, such as https://clorp.example.")
# The licence (AGPL-3.0, section 13) lets everybody who uses a changed clorp ask for its source; pages link to it here.
SOURCE_URL = env.str("SOURCE_URL", default="")
if SOURCE_URL and not SOURCE_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("SOURCE_URL is where your source can be had, such as https://git.example/clorp.")
# A folder with the operator's own terms.md, privacy.md and contact.md; for those that it lacks there are drafts.
SITE_TEXTS = env.str("SITE_TEXTS", default="")
if SITE_TEXTS and not Path(SITE_TEXTS).is_dir():
    raise ImproperlyConfigured("SITE_TEXTS is a folder with your terms.md, privacy.md and contact.md.")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="")
# Whom to tell of a hole, for /.well-known/security.txt: an address, or a page.
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default=CONTACT_EMAIL)
if SECURITY_CONTACT and not re.fullmatch(r"https://\S+|[^\s@:]+@[^\s@]+", SECURITY_CONTACT):
    raise ImproperlyConfigured("SECURITY_CONTACT is a mail address, or a page such as https://clorp.example/security.")
# On a developer's machine, or inside a company: webhooks by HTTP, to any port and to addresses of one's own network.
WEBHOOKS_TO_PRIVATE = env.bool("WEBHOOKS_TO_PRIVATE", default=DEBUG)
