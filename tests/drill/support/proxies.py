"""Proxies in front of a site, as docs/operators.md sets them up, where installed; and a scale before a site."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from tests.bench.support.rows import Row
from tests.bench.support.serving import free_port, listens
from tests.drill.support.lacks import lacking

# Given the site's port, the port at which a proxy of it listens meanwhile.
Way = Callable[[int], AbstractContextManager[int]]
START_SECONDS_MAX = 20
BODY_MB_MAX = 260
# Whoever asks is told to the site as somebody from far away: on this machine all are neighbours.
FAR = "8.8.8.8"
PROXIES = ("caddy", "nginx")
CADDY = """{{
    admin off
    auto_https off
    storage file_system {folder}
}}
http://:{port} {{
    request_body {{
        max_size {size}MB
    }}
    reverse_proxy 127.0.0.1:{site} {{
        header_up X-Forwarded-For {far}
    }}
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
            proxy_set_header X-Forwarded-For {far};
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
    return {"direct": direct, **{name: proxies[name] for name in proxies if name not in missing()}}


def missing() -> list[str]:
    """Return the proxies that are not on this machine."""
    return [name for name in PROXIES if shutil.which(name) is None]


def rows_of_missing(drill: str, names: list[str]) -> list[Row]:
    """Say which proxies could not be drilled; where nothing may be missing, that fails the drill."""
    told = f"{drill}: not by {{0}}, which is not on this machine (apt-get install {{0}})"
    return [row for name in names for row in lacking(f"{name}: missing on this machine", told.format(name))]


@contextmanager
def _served(program: str, text: str, site: int, arguments: list[str]) -> Iterator[int]:
    def config(folder: str, port: int) -> str:
        return text.format(folder=folder, port=port, site=site, size=BODY_MB_MAX, far=FAR)

    with serve(program, config, arguments) as port:
        yield port


@contextmanager
def serve(program: str, text: Callable[[str, int], str], arguments: list[str]) -> Iterator[int]:
    """The port at which a proxy listens; `text` writes its configuration, given a folder of its own and the port."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config"
        config.write_text(text(folder, port))
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


class Scale:
    """Stands before the site, hands on what comes as fast as the site takes it, and counts it."""

    def __init__(self, site: int) -> None:
        self.site, self.bytes = site, 0
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.door.getsockname()[1])

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self.door.accept()
                site = socket.create_connection(("127.0.0.1", self.site))
                threading.Thread(target=self.pass_on, args=(caller, site, True), daemon=True).start()
                threading.Thread(target=self.pass_on, args=(site, caller, False), daemon=True).start()

    def pass_on(self, source: socket.socket, target: socket.socket, is_counted: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(65_536):
                target.sendall(piece)
                self.bytes += len(piece) * is_counted
        # Whichever side ends, the other hears of it, and the other thread too.
        for line in (source, target):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        source.close()


@contextmanager
def weighed(site: int) -> Iterator[Scale]:
    scale = Scale(site)
    thread = threading.Thread(target=scale.serve, daemon=True)
    thread.start()
    try:
        yield scale
    finally:
        scale.door.shutdown(socket.SHUT_RDWR)
        scale.door.close()
