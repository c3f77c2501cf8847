"""clorp's settings: one file, read from the environment, closed when something is missing."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from core.logs import logging_config
from drops.judging.panel.judges import read_seats
from drops.judging.panel.retry_policy import Patience

BASE_DIR = Path(__file__).resolve().parent.parent
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

# --- rooms ---------------------------------------------------------------------------------

INSTALLED_APPS = [
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
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "pgtrigger",
    "rest_framework",
]

MIDDLEWARE = [
    "core.http.RequestIdMiddleware",
    "core.api.public_cache.PublicAnswersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Before whatever may refuse a request by itself, so that its refusals carry them too, as do the sheets.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.second_factor.StaffRightsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.http.RefusalMiddleware",
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

ROOT_URLCONF = "clorp.urls"
WSGI_APPLICATION = "clorp.wsgi.application"
ASGI_APPLICATION = "clorp.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.http.site_context",
                "accounts.context.unread",
                "wallet.context.purse",
            ],
            "builtins": ["core.page_tags"],
        },
    }
]

# --- database, cache, sessions -------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# The ledger prepares its statements, which not every pooler between us and the database can carry.
if env.bool("PREPARED_STATEMENTS", default=True):
    DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = 5
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {
            "BACKEND": "core.cache.PatientRedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        }
        if REDIS_URL
        # Shared by all processes: what limits must never live in one process's memory.
        # By itself it is full at 300, and then loses what comes first by the alphabet: the limits of sign-ins.
        else {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "clorp_cache",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    )
}
SESSION_ENGINE = "django.contrib.sessions.backends." + ("cached_db" if REDIS_URL else "db")

# --- Celery: the bell ----------------------------------------------------------------------

BROKER_DIR = DATA_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost/"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {"socket_timeout": 2, "socket_connect_timeout": 2}
    if REDIS_URL
    else {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.2, "interval_max": 0.5}
CELERY_TIMEZONE = "UTC"
BEAT_CLOSE_SECONDS = env.float("BEAT_CLOSE_SECONDS", default=1)
BEAT_RANK_SECONDS = env.float("BEAT_RANK_SECONDS", default=2)
BEAT_OUTBOUND_SECONDS = env.float("BEAT_OUTBOUND_SECONDS", default=15)

# --- identity ------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # the unique index is on lower(email), which this check does not look for
    # Whether an operator's other subdomains speak HTTPS, and preloading, are theirs to decide.
    "security.W005",
    "security.W021",
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_REDIRECT_URL = "/board"
LOGIN_URL = "account_login"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "clorp"
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=not DEBUG)

EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    globals().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "outbox")
# A mail server that says nothing must not keep a worker's thread.
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="clorp <hello@localhost>")
# Without a mail server nobody could ever read the code, so it is only asked for where there is one.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_URL else "optional"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = bool(EMAIL_URL)

# --- pages, files --------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- security ------------------------------------------------------------------------------

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
    }
}
HTTPS = env.bool("HTTPS", default=not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
PROXIES = 1 if env.bool("TRUST_PROXY", default=False) else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
# Or all who come through the proxy would share one limit on logins, and anybody could use it up.
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.http.csrf_failure"
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
# On a developer's machine, or inside a company: webhooks by HTTP, to any port and to addresses of one's own network.
WEBHOOKS_TO_PRIVATE = env.bool("WEBHOOKS_TO_PRIVATE", default=DEBUG)

# --- logs ----------------------------------------------------------------------------------

LOGGING = logging_config(debug=DEBUG)

# --- live pages ----------------------------------------------------------------------------

# Open streams of one user, of one address whose people are not signed in, and of one process.
LIVE_STREAMS_PER_USER_MAX = env.int("LIVE_STREAMS_PER_USER_MAX", default=12)
LIVE_STREAMS_PER_ADDRESS_MAX = env.int("LIVE_STREAMS_PER_ADDRESS_MAX", default=50)
LIVE_STREAMS_MAX = env.int("LIVE_STREAMS_MAX", default=5_000)

# --- API -----------------------------------------------------------------------------------

API_ANONYMOUS_PER_MINUTE = env.int("API_ANONYMOUS_PER_MINUTE", default=120)
API_USER_PER_MINUTE = env.int("API_USER_PER_MINUTE", default=600)
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.auth.KeyOrSession"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.auth.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.limits.PerMinute"],
    "DEFAULT_PARSER_CLASSES": ["core.api.json.JsonParser"],
    "DEFAULT_RENDERER_CLASSES": ["core.api.json.JsonRenderer"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.Schema",
    "EXCEPTION_HANDLER": "core.api.problems.handle_error",
    # How many proxies stand before us: without one, X-Forwarded-For is whatever a stranger likes.
    "NUM_PROXIES": PROXIES,
    "URL_FORMAT_OVERRIDE": None,
}
KNOX_TOKEN_MODEL = "accounts.ApiKey"  # noqa: S105
REST_KNOX = {"TOKEN_PREFIX": "clorp_pat_", "TOKEN_TTL": None}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "clorp",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "A drop is a priced prompt with a window; agents claim seats and submit; the best entry is paid.",
    "SCHEMA_PATH_PREFIX": "/api/",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False},
    "POSTPROCESSING_HOOKS": ["core.api.schema.describe_problems"],
}

# --- money ---------------------------------------------------------------------------------

STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
if STRIPE_SECRET_KEY and not STRIPE_SECRET_KEY.startswith(("sk_", "rk_")):
    raise ImproperlyConfigured("STRIPE_SECRET_KEY is a secret or restricted key: it starts with sk_ or rk_.")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_CONNECT_WEBHOOK_SECRET = env.str("STRIPE_CONNECT_WEBHOOK_SECRET", default="")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="").rstrip("/")
if STRIPE_API_BASE and not STRIPE_API_BASE.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
    raise ImproperlyConfigured("STRIPE_API_BASE is an https:// address: the secret key goes there.")
STRIPE_CONNECT_SECONDS_MAX = 3.0
STRIPE_ANSWER_SECONDS_MAX = 20.0
STRIPE_RETRIES_MAX = 1
PLAY_MONEY = env.bool("PLAY_MONEY", default=DEBUG and not STRIPE_SECRET_KEY)
if PLAY_MONEY and STRIPE_SECRET_KEY:
    raise ImproperlyConfigured("PLAY_MONEY and STRIPE_SECRET_KEY exclude each other: unset one of them.")
PLAY_MONEY_CENTS = 10_000
FEE_BPS = env.int("FEE_BPS", default=0)
FEE_FLAT_CENTS = env.int("FEE_FLAT_CENTS", default=0)
PRIZE_HOLD_SECONDS = env.int("PRIZE_HOLD_SECONDS", default=172_800)
TOPUP_CENTS_MIN = env.int("TOPUP_CENTS_MIN", default=500)
TOPUP_CENTS_MAX = env.int("TOPUP_CENTS_MAX", default=100_000)
WITHDRAWAL_CENTS_MIN = env.int("WITHDRAWAL_CENTS_MIN", default=500)
AUTO_TOPUP_MONTH_CENTS_MAX = env.int("AUTO_TOPUP_MONTH_CENTS_MAX", default=50_000)
CONNECT_COUNTRY = env.str("CONNECT_COUNTRY", default="US")
# What the operator keeps outside Stripe to cover fees and debts that the wallets rely on.
OWNER_FLOAT_CENTS = env.int("OWNER_FLOAT_CENTS", default=0)

# --- the game ------------------------------------------------------------------------------

WINDOW_SECONDS_MIN = env.int("WINDOW_SECONDS_MIN", default=60)
WINDOW_SECONDS_DEFAULT = env.int("WINDOW_SECONDS_DEFAULT", default=300)
WINDOW_SECONDS_MAX = env.int("WINDOW_SECONDS_MAX", default=604_800)
CLAIM_LEASE_SECONDS_MIN = env.int("CLAIM_LEASE_SECONDS_MIN", default=60)
CLAIM_LEASE_WINDOW_SHARE = 0.4
RELEASE_COOLDOWN_WINDOW_SHARE = 0.1
REROLL_COOLDOWN_WINDOW_SHARE = 0.25
PRICE_CENTS_MIN = env.int("PRICE_CENTS_MIN", default=100)
PRICE_CENTS_MAX = env.int("PRICE_CENTS_MAX", default=20_000)
PRICE_CENTS_MAX_VERIFIED = env.int("PRICE_CENTS_MAX_VERIFIED", default=200_000)
VERIFIED_AFTER_COMPLETED_DROPS = 3
ACTIVE_CLAIMS_MAX = env.int("ACTIVE_CLAIMS_MAX", default=3)
REVISIONS_MAX = 10
UNPAID_DROP_SECONDS_MAX = 86_400
PICKS_DEADLINE_SECONDS = env.int("PICKS_DEADLINE_SECONDS", default=172_800)
PROMPT_CHARS_MAX = 20_000
SUBMISSION_CHARS_MAX = 200_000
FILE_BYTES_MAX = 25 * 1024 * 1024
FILES_MAX = 10
JUDGE = env.str("JUDGE", default="auto")
if JUDGE not in {"auto", "sender", "staff", "panel"}:
    raise ImproperlyConfigured("JUDGE is one of auto, sender, staff, panel.")
try:
    JUDGE_SEATS = read_seats(env.str("JUDGE_SEATS", default=""), lambda name: env.str(name, default=""))
except ValueError as fault:
    raise ImproperlyConfigured(str(fault)) from fault
if JUDGE == "panel" and not JUDGE_SEATS:
    # Better than to start and leave every drop waiting for a judge that never comes.
    raise ImproperlyConfigured("JUDGE=panel needs judges: list them in JUDGE_SEATS.")
if JUDGE_SEATS and find_spec("openai") is None:
    raise ImproperlyConfigured("JUDGE_SEATS needs the packages of requirements-panel.txt: install those too.")
JUDGE_UNCHECKED = env.bool("JUDGE_UNCHECKED", default=False)
if JUDGE_UNCHECKED and not PLAY_MONEY:
    raise ImproperlyConfigured("JUDGE_UNCHECKED is for play money alone: run judge_check, and unset it.")
JUDGE_STAFF_CENTS = env.int("JUDGE_STAFF_CENTS", default=5_000)
JUDGE_BUDGET_CENTS_MAX = env.int("JUDGE_BUDGET_CENTS_MAX", default=100)
JUDGE_BUDGET_BPS_MAX = 1_000
JUDGE_DAY_CENTS_MAX = env.int("JUDGE_DAY_CENTS_MAX", default=2_000)
JUDGE_DROPS_AT_ONCE = env.int("JUDGE_DROPS_AT_ONCE", default=8)
JUDGE_DROP_SECONDS_MAX = 300
JUDGE_LEASE_SECONDS = 60
JUDGE_HELD_SECONDS_MAX = 86_400
# A seat is checked again after so many days; a check that is older than the second says nothing any more.
JUDGE_CHECK_EVERY_DAYS = env.int("JUDGE_CHECK_EVERY_DAYS", default=7)
JUDGE_CHECK_DAYS_MAX = env.int("JUDGE_CHECK_DAYS_MAX", default=14)
JUDGE_PATIENCE = Patience()
