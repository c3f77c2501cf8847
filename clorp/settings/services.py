"""Services behind the site: database, cache, sessions, and the broker of Celery's tasks."""

from __future__ import annotations

from typing import Any

from clorp.settings.base import DATA_DIR, env

# --- database, cache, sessions --------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# A server that is gone without a word is noticed within seconds, not after the minutes that TCP allows it.
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 5,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    **DATABASES["default"].get("OPTIONS", {}),
}
# The ledger prepares its statements, which not every pooler between us and the database can carry.
if env.bool("PREPARED_STATEMENTS", default=True):
    DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 5
else:
    # Such a pooler loses a cursor that outlives its transaction too.
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")


def _cache(table: str, entries_max: int) -> dict[str, Any]:
    """A cache that all processes share: in Redis, or else in a table of its own."""
    if REDIS_URL:
        options: dict[str, Any] = {"socket_timeout": 1, "socket_connect_timeout": 1}
        return {"BACKEND": "core.cache.PatientRedisCache", "LOCATION": REDIS_URL, "OPTIONS": options}
    options = {"MAX_ENTRIES": entries_max}
    return {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": table, "OPTIONS": options}


CACHES = {
    # The limits of sign-ins, which allauth keeps in the cache of this name. A table that is full loses what comes first
    # by the alphabet, so nothing of ours is kept there; allauth's codes for devices go before its limits do.
    "default": _cache("clorp_cache", 100_000),
    "texts": _cache("clorp_texts", 20_000),
}
SESSION_ENGINE = "core.db.sessions"
# Of those who are not signed in.
STRANGERS_SESSION_SECONDS = 86_400

# --- Celery: the periodic tasks -------------------------------------------------------------

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
