"""The door for what stays open, server-sent events; whatever else comes in is answered as well, pages and API alike."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clorp.settings")
django.setup(set_prefix=False)

from core.live.asgi_handler import Handler  # noqa: E402 - it reads settings
from drops.live_marks import read_news  # noqa: E402

application = Handler(read_news)
