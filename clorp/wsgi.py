"""Pages and the API are served from here: sync views are three to ten times cheaper under WSGI."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clorp.settings")
application = get_wsgi_application()
