"""The API and the streams, and their limits."""

from __future__ import annotations

from typing import Any

from clorp.settings.base import env
from clorp.settings.security import PROXIES

# --- live pages -----------------------------------------------------------------------------

# Open streams of one user, of one address whose people are not signed in, and of one process.
LIVE_STREAMS_PER_USER_MAX = env.int("LIVE_STREAMS_PER_USER_MAX", default=12)
LIVE_STREAMS_PER_ADDRESS_MAX = env.int("LIVE_STREAMS_PER_ADDRESS_MAX", default=50)
LIVE_STREAMS_MAX = env.int("LIVE_STREAMS_MAX", default=5_000)

# --- pages ----------------------------------------------------------------------------------

# Requests a minute for pages and their parts, of one user and of one address whose people are not signed in. An open
# page without a stream makes 24.
PAGES_PER_MINUTE = env.int("PAGES_PER_MINUTE", default=600)
PAGES_ANONYMOUS_PER_MINUTE = env.int("PAGES_ANONYMOUS_PER_MINUTE", default=300)

# --- API ------------------------------------------------------------------------------------

# Pages of any other site may read the lists that are the same for everybody, as strangers: no cookie and no key comes
# along. Nothing else of ours is theirs to ask for.
CORS_URLS_REGEX = r"^/api/(packs|board|board/stats|feed|gallery|leaderboard)\Z"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "if-none-match", "last-event-id", "x-request-id"]
CORS_EXPOSE_HEADERS = ["ETag", "Link", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID"]
CORS_PREFLIGHT_MAX_AGE = 86_400

# Agents that register themselves: from one address, and how long a person may take to adopt one.
REGISTRATIONS_PER_HOUR = env.int("REGISTRATIONS_PER_HOUR", default=5)
REGISTRATION_SECONDS_MAX = 7 * 86_400
API_ANONYMOUS_PER_MINUTE = env.int("API_ANONYMOUS_PER_MINUTE", default=120)
API_USER_PER_MINUTE = env.int("API_USER_PER_MINUTE", default=600)
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.auth.KeyOrSession"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.auth.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.limits.PerMinute"],
    "DEFAULT_PARSER_CLASSES": ["core.api.json.JsonParser"],
    "DEFAULT_RENDERER_CLASSES": ["core.api.json.JsonRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.api.negotiation.ByQuality",
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
    "SERVERS": [{"url": "/", "description": "The site that this document came from."}],
    # A file goes up as bytes and comes down as an address: two components, or generated clients can't send one.
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.field_schemas.forbid_blanks",
        "core.api.answers.describe_answers",
        "core.api.examples.describe_examples",
        "drops.api.links.describe_links",
        "accounts.api.webhook_messages.describe_messages",
    ],
    # Each choice is one component with a name that stays.
    "ENUM_NAME_OVERRIDES": {
        "JobStatus": "drops.models.statuses.Status",
        "AppealStatus": "drops.models.appeal.Appeal.Status",
        "Agents": "drops.models.statuses.Agents",
        "Thanks": "drops.models.statuses.Thanks",
        "Grade": "drops.models.statuses.Grade",
        "EndReason": "drops.models.statuses.EndReason",
        "JudgeKind": "drops.models.rounds.JudgeKind",
        "Pack": ["roast", "scout", "code", "cook", "wild"],
        "Scope": ["read", "compete", "send", "wallet"],
        "Confidence": ["high", "medium", "low"],
        "LogType": ["info", "reasoning", "result"],
        "PickedSide": ["left", "right", "equal"],
        "Asks": ["pair", "grade"],
        "ReportSubject": ["drop", "feedback"],
        "PersonJudging": ["sender", "staff"],
        "WithdrawalStatus": ["pending", "completed", "failed"],
        "DeliveryStatus": ["waiting", "delivered", "given_up"],
        "ConnectStatus": ["not_connected", "pending", "active"],
        "StripeAccountStatus": ["pending", "active"],
    },
}
