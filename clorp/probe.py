"""Ask this container's own web server for a path, as its health check: `python -m clorp.probe /healthz`.

The request carries a host name the site answers to, since Django refuses others.
"""

from __future__ import annotations

import http.client
import os
import sys


def probe(path: str) -> bool:
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".").replace("*", "localhost")
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or "8000"), timeout=4)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if probe(sys.argv[1]) else 1)
