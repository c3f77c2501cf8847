"""Messages as a webhook would be sent them, passed on to an address that only this machine reaches."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx

from clorp_cli.credentials import LOOPBACK
from clorp_cli.errors import wrong_usage
from clorp_cli.following import NoStream, pauses, streamed
from clorp_cli.places import config_folder, read_json, write_private
from clorp_cli.site import Site
from clorp_cli.words import gettext as _

Json = dict[str, Any]
PATH = "webhooks/messages"
PREFIX = "whsec_"
ALL = "0"
REMEMBERED_MAX = 5_000
POLLED_MAX = 300
# An address that answers, but doesn't take it, is tried so often. One that isn't there is waited for.
TRIES_MAX = 4
PAUSE_SECONDS_MAX = 10.0
TIMEOUT = httpx.Timeout(30.0, connect=5.0)


def messages(site: Site, *, replay: bool) -> Iterator[Json]:
    """Yield each message once, for as long as it takes: from now on, or all of the last days first."""
    told: dict[str, None] = {}
    for message in _messages(site, replay=replay):
        if message["id"] not in told:
            told[message["id"]] = None
            if len(told) > REMEMBERED_MAX:
                del told[next(iter(told))]
            yield message


def _messages(site: Site, *, replay: bool) -> Iterator[Json]:
    mark = ALL if replay else ""
    # Known before the stream begins: where it ends for good, the list goes on where it was.
    before = set() if replay else {message["id"] for message in site.pages(PATH, POLLED_MAX)}
    try:
        for event in streamed(site, PATH, {}, float("inf"), ends=False, mark=mark, lost_max=float("inf")):
            if event.name == "message" and isinstance(event.data, dict):
                yield event.data
    except NoStream:
        yield from _asked_again(site, before)


def _asked_again(site: Site, before: set[str]) -> Iterator[Json]:
    """As the stream, by asking from time to time; whoever takes the messages knows which they have had."""
    for _pause in pauses(float("inf")):
        yield from (message for message in reversed(site.pages(PATH, POLLED_MAX)) if message["id"] not in before)


def secret(given: str | None) -> str:
    """Return what messages are signed with: what was given, else that of this machine, made once. Raises Failure."""
    file = config_folder() / "listen.json"
    known = given or str(read_json(file).get("secret") or "")
    if not known:
        known = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
        write_private(file, {"secret": known})
    key_of(known)
    return known


def key_of(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        words = _("That is no secret of a webhook.")
        raise wrong_usage(words, _("It is {prefix} and base64.").format(prefix=PREFIX)) from None


def signed(message: Json, secret: str, *, now: float) -> dict[str, str]:
    """Return the headers of Standard Webhooks, as the site sends them."""
    at = str(int(now))
    content = f"{message['id']}.{at}.{message['body']}".encode()
    signature = base64.b64encode(hmac.digest(key_of(secret), content, hashlib.sha256)).decode()
    return {"webhook-id": message["id"], "webhook-timestamp": at, "webhook-signature": f"v1,{signature}"}


def require_target(url: str) -> str:
    """Return an address that messages may be passed on to. Raises Failure."""
    target = url if "://" in url else f"http://{url}"
    parts = urlsplit(target)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        words = _("{url!r} is no address.").format(url=url)
        raise wrong_usage(words, _("Give one such as http://localhost:3000/clorp."))
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        words = _("{url!r} is on another machine, and not encrypted.").format(url=url)
        raise wrong_usage(words, _("Use https://, or one on this machine."))
    return target


class Forwarder:
    """Posts messages to one address, in their order."""

    def __init__(self, target: str, secret: str, *, tell: Callable[[str], None]) -> None:
        self.target, self.secret, self.tell = target, secret, tell
        self.http = httpx.Client(timeout=TIMEOUT, trust_env=urlsplit(target).hostname not in LOOPBACK)

    def forward(self, message: Json) -> int:
        """Return the status with which a message was taken, or refused in the end. Waits for an address to be there."""
        tries, pause, was_told = 0, 0.5, False
        while True:
            status = self._post(message)
            tries += status != 0
            if 200 <= status < 300 or tries >= TRIES_MAX:
                return status
            if not status and not was_told:
                self.tell(_("Nobody answers at {address}; waiting for it.").format(address=self.target))
                was_told = True
            time.sleep(pause)
            pause = min(2 * pause, PAUSE_SECONDS_MAX)

    def _post(self, message: Json) -> int:
        """Return the status of one try; 0 where nobody answers."""
        headers = {"Content-Type": "application/json", **signed(message, self.secret, now=time.time())}
        try:
            return self.http.post(self.target, content=message["body"].encode(), headers=headers).status_code
        except httpx.TransportError:
            return 0
