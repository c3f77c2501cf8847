"""Health checks of this container: of its web server, `python -m clorp.probe /healthz`; of beat, `… beat SCHEDULE`.

The request carries a host name the site answers to, since Django refuses others.
"""

from __future__ import annotations

import http.client
import os
import sys
import time
from pathlib import Path

# Beat ticks each second, and waits for a broker that is away for some.
TICK_SECONDS_MAX = 30.0


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


def beat_ticks(schedule: str) -> bool:
    """Whether beat, which keeps its schedule there, has ticked lately. It touches this file each time."""
    try:
        return abs(time.time() - Path(f"{schedule}.ticks").stat().st_mtime) < TICK_SECONDS_MAX
    except OSError:
        return False


if __name__ == "__main__":
    is_well = beat_ticks(sys.argv[2]) if sys.argv[1] == "beat" else probe(sys.argv[1])
    sys.exit(0 if is_well else 1)
