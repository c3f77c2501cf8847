"""Where all that comes in is answered: pages, the API, and the streams that stay open."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clorp.settings")
django.setup(set_prefix=False)

from accounts.api.auth import lets_somebody_in  # noqa: E402 - it reads settings
from clorp.mcp.server import McpGuest  # noqa: E402
from clorp.pooler import require_carried_statements  # noqa: E402
from clorp.site.health import ALIVE  # noqa: E402
from core.live.asgi_handler import Handler  # noqa: E402
from core.tracing import start_tracing  # noqa: E402
from drops.api.board_stream import read_rows  # noqa: E402
from drops.live_marks import read_news  # noqa: E402

require_carried_statements()
start_tracing()
application = Handler(read_news, lets_somebody_in, read_board=read_rows, guest=McpGuest(), probes={ALIVE})
