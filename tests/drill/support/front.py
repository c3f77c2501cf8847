"""The proxies that docs/operators.md shows, word by word, in front of two webs of one machine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial

from clorp.dev.environment import ROOT
from tests.drill.support.proxies import missing, serve

# What else a configuration needs to be one.
AROUND_CADDY = """{{
    admin off
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


def config(program: str, webs: list[int], folder: str, port: int) -> str:
    """A whole configuration of the proxy, listening on `port`."""
    shown = documented(program, {f"127.0.0.1:{8000 + n}": f"127.0.0.1:{web}" for n, web in enumerate(webs)})
    if program == "caddy":
        return AROUND_CADDY.format(folder=folder) + shown.replace("clorp.example", f"http://:{port}")
    upstream, location, rest = shown.partition("location")
    return AROUND_NGINX.format(folder=folder, port=port, upstream=upstream, locations=location + rest)


@contextmanager
def fronts(webs: list[int]) -> Iterator[dict[str, int]]:
    """The port of each proxy that this machine has, by its name."""
    with ExitStack() as stack:
        here = [name for name in ARGUMENTS if name not in missing()]
        yield {name: stack.enter_context(serve(name, partial(config, name, webs), ARGUMENTS[name])) for name in here}
