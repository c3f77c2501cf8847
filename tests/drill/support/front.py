"""The proxies that docs/operators.md shows, word by word, in front of two webs of one machine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from clorp.dev.environment import ROOT
from tests.bench.support.serving import free_port
from tests.drill.support.proxies import missing, serve

# What else a configuration needs to be one.
AROUND_CADDY = """{{
    admin 127.0.0.1:{admin}
    auto_https off
    storage file_system {folder}
}}
"""
AROUND_NGINX = """daemon off;
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
    {upstream}
    server {{
        listen 127.0.0.1:{port};
        {locations}
    }}
}}
"""
ARGUMENTS = {"caddy": ["run", "--adapter", "caddyfile", "--config"], "nginx": ["-c"]}


def documented(program: str, webs: Mapping[str, str]) -> str:
    """What the operators' guide shows for this proxy, with other addresses of the webs."""
    language = {"caddy": "caddyfile"}.get(program, program)
    block = re.search(rf"```{language}\n(.*?)```", (ROOT / "docs/operators.md").read_text(), re.DOTALL)
    assert block is not None
    shown = block[1]
    for there, here in webs.items():
        assert there in shown
        shown = shown.replace(there, here)
    return shown


@dataclass
class Front:
    """A proxy that runs: the port at which it listens, and how it is told to leave one of its webs alone."""

    program: str
    webs: list[int]
    port: int = 0
    folder: str = ""
    admin: int = field(default_factory=free_port)

    def config(self, folder: str, port: int) -> str:
        self.folder, self.port = folder, port
        return config(self.program, self.webs, folder, port, admin=self.admin)

    def leave_out(self, web: int | None) -> None:
        """As the guide says before a web is stopped, and with None when it is back. nginx needs no telling."""
        if self.program == "caddy":
            file = Path(self.folder) / "config.new"
            text = self.config(self.folder, self.port)
            file.write_text(text if web is None else without(text, f"127.0.0.1:{web}"))
            words = ["caddy", "reload", "--adapter", "caddyfile", "--config", str(file)]
            command = [*words, "--address", f"127.0.0.1:{self.admin}"]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)  # noqa: S603


def without(text: str, web: str) -> str:
    """The Caddyfile with one web less, by the words of the guide."""
    left = re.sub(rf" {re.escape(web)}\b", "", text)
    assert left != text
    return left


def config(program: str, webs: list[int], folder: str, port: int, *, admin: int = 0) -> str:
    """A whole configuration of the proxy, listening on `port`; Caddy takes another one at the port `admin`."""
    shown = documented(program, {f"127.0.0.1:{8000 + n}": f"127.0.0.1:{web}" for n, web in enumerate(webs)})
    if program == "caddy":
        return AROUND_CADDY.format(folder=folder, admin=admin) + shown.replace("clorp.example", f"http://:{port}")
    upstream, location, rest = shown.partition("location")
    return AROUND_NGINX.format(folder=folder, port=port, upstream=upstream, locations=location + rest)


@contextmanager
def fronts(webs: list[int]) -> Iterator[dict[str, Front]]:
    """Each proxy that this machine has, by its name."""
    with ExitStack() as stack:
        running = {name: Front(name, webs) for name in ARGUMENTS if name not in missing()}
        for name, front in running.items():
            stack.enter_context(serve(name, front.config, ARGUMENTS[name]))
        yield running
