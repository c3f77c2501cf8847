"""Where the site lies, and its parts: applications, middleware, templates, logs."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from core.logs import logging_config

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(os.environ.get("CLORP_DATA_DIR", BASE_DIR / ".data"))

env = environ.FileAwareEnv()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
PORT = env.int("PORT", default=8000)

_missing = [
    f"{name} ({why})"
    for name, why, value in [
        ("SECRET_KEY", "a long random string", SECRET_KEY),
        ("ALLOWED_HOSTS", "the host names this site answers to, with commas", ALLOWED_HOSTS),
        ("DATABASE_URL", "postgres://… of PostgreSQL 15 or newer", env.str("DATABASE_URL", default="")),
    ]
    if not value
]
if _missing:
    raise ImproperlyConfigured(
        "clorp does not start without: " + "; ".join(_missing) + ". Or start it with ./run up, which sets them."
    )

# --- rooms ----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "core",
    "accounts",
    "wallet",
    "drops",
    "clorp.apps.ClorpAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.idp.oidc",
    "allauth.mfa",
    "allauth.usersessions",
    "corsheaders",
    "csp",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "pgtrigger",
    "rest_framework",
]

MIDDLEWARE = [
    "core.http.RequestIdMiddleware",
    "core.languages.LanguageMiddleware",
    # Before what answers from memory: which page asks is no part of what is kept.
    "corsheaders.middleware.CorsMiddleware",
    "clorp.site.targets.TargetMiddleware",
    "core.api.public_cache.PublicAnswersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Before whatever may refuse a request by itself, so that its refusals carry them too, as do the sheets.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "clorp.site.codings.AcceptedCodingsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clorp.site.health.ProbeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.languages.OwnLanguageMiddleware",
    "accounts.second_factor.StaffRightsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.entrance.kept_forms.KeptFormMiddleware",
    # Before what refuses forms, which reads them first: those are counted too.
    "core.api.page_limits.PageLimitMiddleware",
    "core.http.RefusalMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.entrance.form_owners.FormOwnerMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

# What people are told while the site is closed; empty while it is open.
MAINTENANCE = env.str("MAINTENANCE", default="")
MAINTENANCE_RETRY_SECONDS = env.int("MAINTENANCE_RETRY_SECONDS", default=300)
if MAINTENANCE:
    # Behind what sets the headers and serves the sheets; before whatever asks for a session or the database.
    MIDDLEWARE.remove("core.api.public_cache.PublicAnswersMiddleware")
    MIDDLEWARE.insert(
        MIDDLEWARE.index("whitenoise.middleware.WhiteNoiseMiddleware") + 1,
        "clorp.site.maintenance.MaintenanceMiddleware",
    )

# Where an operator's collector takes traces; empty where nobody wants any.
OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
if OTEL_EXPORTER_OTLP_ENDPOINT:
    if importlib.util.find_spec("opentelemetry.sdk") is None:
        raise ImproperlyConfigured(
            "OTEL_EXPORTER_OTLP_ENDPOINT needs more packages: pip install --require-hashes -r requirements-otel.txt"
        )
    # Behind what gives a request its id.
    MIDDLEWARE.insert(MIDDLEWARE.index("core.http.RequestIdMiddleware") + 1, "core.tracing.TraceMiddleware")

ROOT_URLCONF = "clorp.urls"
ASGI_APPLICATION = "clorp.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "core.fixed_parts.Loader",
                    ["core.templates.FlatLoader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.http.site_context",
                "accounts.entrance.kept_forms.kept_form",
                "accounts.context.unread",
                "wallet.context.wallet_balance",
            ],
            "builtins": ["core.page_tags", "core.fixed_parts"],
        },
    }
]

# --- pages, files ---------------------------------------------------------------------------

# Each in its own language, as people look for it. A new one: docs/translating.md.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
# Who has chosen none, and whose browser asks for none of these, reads this one.
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
if LANGUAGE_CODE not in dict(LANGUAGES):
    raise ImproperlyConfigured(f"LANGUAGE_CODE is one of {', '.join(dict(LANGUAGES))}, not {LANGUAGE_CODE!r}.")
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LOCALE_PATHS = [BASE_DIR / "clorp" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- logs -----------------------------------------------------------------------------------

LOGGING = logging_config(debug=DEBUG)
