"""Proxies in front of a site, as docs/operators.md sets them up: those that are on this machine."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.bench.support.serving import free_port, listens

# Given the site's port, the port at which a proxy of it listens meanwhile.
Way = Callable[[int], AbstractContextManager[int]]
START_SECONDS_MAX = 20
BODY_MB_MAX = 260
CADDY = """{{
    admin off
    auto_https off
    storage file_system {folder}
}}
http://:{port} {{
    request_body {{
        max_size {size}MB
    }}
    reverse_proxy 127.0.0.1:{site}
}}
"""
NGINX = """daemon off;
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u;
    scgi_temp_path {folder}/s;
    underscores_in_headers on;  # The worst a proxy can do: ours must not need its help.
    server {{
        listen 127.0.0.1:{port};
        client_max_body_size {size}m;
        location / {{
            proxy_pass http://127.0.0.1:{site};
            proxy_http_version 1.1;
            proxy_request_buffering off;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
        }}
    }}
}}
"""


@contextmanager
def direct(site: int) -> Iterator[int]:
    """Nothing in between."""
    yield site


@contextmanager
def caddy(site: int) -> Iterator[int]:
    with _served("caddy", CADDY, site, ["run", "--adapter", "caddyfile", "--config"]) as port:
        yield port


@contextmanager
def nginx(site: int) -> Iterator[int]:
    with _served("nginx", NGINX, site, ["-c"]) as port:
        yield port


def ways() -> dict[str, Way]:
    """Return how the site can be reached here, by name."""
    proxies = {"caddy": caddy, "nginx": nginx}
    return {"direct": direct, **{name: way for name, way in proxies.items() if shutil.which(name)}}


@contextmanager
def _served(program: str, text: str, site: int, arguments: list[str]) -> Iterator[int]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config"
        config.write_text(text.format(folder=folder, port=port, site=site, size=BODY_MB_MAX))
        command = [program, *arguments, str(config)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)  # noqa: S603
        try:
            until = time.monotonic() + START_SECONDS_MAX
            while not listens(port):
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"{program} did not start.")
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()
            process.wait(10)
