"""The door for what must stay open: server-sent events and MCP are mounted here."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clorp.settings")
application = get_asgi_application()
