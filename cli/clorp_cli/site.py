"""The site, spoken to by HTTP. Loaded late, since httpx takes longer to load than all else here."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from clorp_cli import VERSION, credentials, intents
from clorp_cli.amounts import read_time
from clorp_cli.credentials import Credential
from clorp_cli.errors import Exit, Failure, refusal, wrong_usage
from clorp_cli.files import Upload
from clorp_cli.words import asked_of_the_site
from clorp_cli.words import gettext as _

TRIES_MAX = 4
# How often an upload may have been cut off in a row, and been taken for another request.
CUT_OFF_MAX = 10
# A longer wait is the caller's to decide.
WAIT_SECONDS_MAX = 15.0
SECONDS_DIGITS_MAX = 7
TIMEOUT = httpx.Timeout(30.0, connect=5.0)
# A stream sends a heartbeat every fifteen seconds.
STREAM_SILENCE_SECONDS_MAX = 45.0
KEY = "Idempotency-Key"
REPEATABLE = {"GET", "PUT", "DELETE"}
# Answered once the same is asked again in a moment, whatever it was.
PASSING = {"throttled", "idempotency_in_flight", "too_many_uploads_at_once", "too_slow"}


class Site:
    """One site, by one account or none. What its posts ask for is kept on disk until `settle`."""

    def __init__(self, url: str, credential: Credential | None, *, tell: Callable[[str], None]) -> None:
        self.url, self.credential, self.tell = url, credential, tell
        self.unsettled: list[intents.Intent] = []
        self.ahead = timedelta(0)
        self.http = httpx.Client(
            base_url=f"{url}/api/",
            timeout=TIMEOUT,
            # What is on this machine is on the way of no proxy.
            trust_env=urlsplit(url).hostname not in credentials.LOOPBACK,
            headers={
                "User-Agent": f"clorp-cli/{VERSION}",
                "Accept": "application/json",
                # What it refuses, and why, is told to whoever is told the rest.
                "Accept-Language": asked_of_the_site(),
            },
            event_hooks={"request": [self._keep_key]},
        )
        if credential is not None:
            credentials.require_safe_way(url)

    def now(self) -> datetime:
        """Return the time by the site's clock, as far as its last answer told."""
        return datetime.now(UTC) + self.ahead

    def get(self, path: str, **params: object) -> Any:
        return self.read(self.send("GET", path, params=asked(params)))

    def pages(self, path: str, most: int, **params: object) -> list[dict[str, Any]]:
        """Return up to `most` rows of a list, from as many pages as that takes."""
        rows: list[dict[str, Any]] = []
        query: dict[str, str] | None = asked({**params, "limit": min(most, 100)})
        following = path
        while len(rows) < most:
            answer = self.send("GET", following, params=query)
            page = self.read(answer)
            rows += page
            following, query = answer.links.get("next", {}).get("url", ""), None
            # A list that leads on from nothing would lead on for ever.
            if not following or not page:
                break
            # Whatever host it names: it is a page of this site's list, and our key goes along.
            following = str(answer.url.copy_with(raw_path=answer.url.join(following).raw_path))
        return rows[:most]

    def post(self, path: str, body: object = None, *, intent: intents.Intent | None = None) -> Any:
        """Do something once, however often this command is killed and repeated."""
        intent = intent or self.intend(path, json.dumps(body, sort_keys=True))
        answer = self.send("POST", path, json=body, headers={KEY: intent.key})
        if answer.headers.get("Idempotent-Replayed") == "true":
            self.tell(_("An earlier try had done this; here is its answer. To do it anew, run it once more."))
        return self.read(answer)

    def delete(self, path: str, body: object = None) -> None:
        self.send("DELETE", path, **({} if body is None else {"json": body}))

    def upload(self, file: Upload, key: str) -> Any:
        """Send a file, once for each key."""
        with file.opened() as stream:
            sent = {"file": (file.name, stream, file.content_type)}
            return self.read(self.send("POST", "attachments", files=sent, headers={KEY: key}))

    def download(self, path: str, target: Path) -> None:
        """Save a file of the site, whole or not at all."""
        from clorp_cli.saving import save_whole

        with self._asked("GET", path) as answer:
            self.require_success(answer)
            save_whole(answer.iter_bytes(), target)

    def intend(self, *parts: str) -> intents.Intent:
        account = self.credential.account if self.credential else ""
        intent = intents.begin(self.url, account, *parts)
        self.unsettled.append(intent)
        return intent

    def settle(self) -> None:
        """Forget what was asked: its outcome is known and has been told."""
        while self.unsettled:
            self.unsettled.pop().forget()

    def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Return a successful answer. What is safe to repeat is repeated while that may help. Raises Failure."""
        headers = dict(request.pop("headers", None) or {})
        for _try in range(CUT_OFF_MAX):
            answer = self._try(method, path, headers, **request)
            if KEY not in headers or problem_of(answer).get("code") != "idempotency_key_reused":
                break
            # Our key stands for these very bytes. Known for others, they came cut off, and nothing was done.
            headers[KEY] += "-again"
        self.require_success(answer)
        return answer

    def _try(self, method: str, path: str, headers: dict[str, str], **request: Any) -> httpx.Response:
        """Return what the site says in the end, after as many tries as are of use."""
        tries = TRIES_MAX if method in REPEATABLE or KEY in headers else 1
        for left in reversed(range(tries)):
            try:
                answer = self._send(method, path, headers, **request)
            except (httpx.InvalidURL, UnicodeEncodeError):
                raise wrong_usage(_("That can't be sent: it is no text in UTF-8, or no path.")) from None
            except httpx.RequestError as error:
                if not left or not isinstance(error, httpx.TransportError):
                    raise self._away(error) from None
                time.sleep(0.1 * 2 ** (tries - left))
                continue
            wait = self._pause(answer)
            if not left or wait is None:
                break
            self.tell(_("The site asks to wait; trying again in {seconds} s.").format(seconds=round(wait)))
            time.sleep(wait)
        return answer

    def read(self, answer: httpx.Response) -> Any:
        if not answer.content:
            return None
        # Each of clorp's answers has one; what has none is some other server's, whatever it says.
        if "X-Request-ID" not in answer.headers:
            raise self._no_clorp()
        try:
            return answer.json()
        except (ValueError, RecursionError):
            raise self._no_clorp() from None

    @contextmanager
    def stream(
        self, path: str, *, after: str = "", seconds: float = STREAM_SILENCE_SECONDS_MAX, **params: object
    ) -> Iterator[httpx.Response]:
        """Open a stream of events, from the id `after` on. The answer may be a refusal, or no stream."""
        silence = max(0.1, min(seconds, STREAM_SILENCE_SECONDS_MAX))
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": after} if after else {})}
        with self._asked(
            "GET", path, params=asked(params), headers=headers, timeout=httpx.Timeout(silence, connect=5.0)
        ) as answer:
            yield answer

    @contextmanager
    def send_message(self, message: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """Open the answer of the site's MCP server to a message, which may be long in coming."""
        accepts = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json", **headers}
        patience = httpx.Timeout(2 * STREAM_SILENCE_SECONDS_MAX, connect=5.0)
        with self._asked(
            "POST", f"{self.url}/mcp", content=message.encode(), headers=accepts, timeout=patience
        ) as answer:
            yield answer

    @contextmanager
    def _asked(self, method: str, path: str, **request: Any) -> Iterator[httpx.Response]:
        self._renew_if_due()
        request["headers"] = {**(request.get("headers") or {}), **self._authorization()}
        try:
            with self.http.stream(method, path, **request) as answer:
                yield answer
        except httpx.RequestError as error:
            raise self._away(error) from None

    def _send(self, method: str, path: str, headers: dict[str, str], **request: Any) -> httpx.Response:
        self._renew_if_due()
        answer = self.http.request(method, path, headers={**headers, **self._authorization()}, **request)
        if answer.status_code == 401 and self.credential and self.credential.refresh_token:
            self._renew()
            answer = self.http.request(method, path, headers={**headers, **self._authorization()}, **request)
        # Of a clock that tells no time, ours is believed.
        with suppress(KeyError, ValueError, TypeError, OverflowError):
            self.ahead = parsedate_to_datetime(answer.headers["Date"]) - datetime.now(UTC)
        return answer

    def _keep_key(self, request: httpx.Request) -> None:
        """Send a key to no other site, whatever led there."""
        there, here = request.url, httpx.URL(self.url)
        ours = (there.scheme, there.host, there.port) == (here.scheme, here.host, here.port)
        if not ours and "Authorization" in request.headers:
            raise self._no_clorp()

    def _no_clorp(self) -> Failure:
        words = _("{site} answers, but not as clorp does.").format(site=self.url)
        return Failure(words, Exit.AWAY, next_step=_("Check CLORP_URL: clorp doctor"))

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.credential.token}"} if self.credential else {}

    def _renew_if_due(self) -> None:
        if self.credential and self.credential.refresh_token and self.credential.expires_at < time.time() + 30:
            self._renew()

    def _renew(self) -> None:
        from clorp_cli import oauth

        assert self.credential is not None
        self.credential = oauth.renew(self.http, self.url, self.credential)

    def _pause(self, answer: httpx.Response) -> float | None:
        """Return how long to wait before the same is asked again; None where that is not ours to do."""
        document = problem_of(answer)
        if answer.status_code not in {502, 504} and document.get("code") not in PASSING:
            return None
        asked_for = _seconds_in(answer)
        wait = 1.0 if asked_for is None else float(asked_for)
        return wait if wait <= WAIT_SECONDS_MAX else None

    def require_success(self, answer: httpx.Response) -> None:
        if answer.is_success or answer.status_code == 304:
            return
        answer.read()
        if answer.is_redirect:
            words = _("{site} has moved to {address}.")
            words = words.format(site=self.url, address=answer.headers.get("Location", "?"))
            raise Failure(words, Exit.AWAY, next_step=_("Set CLORP_URL to the new address."))
        document = problem_of(answer)
        until = read_time(document.get("retry_at"))
        if until is None and (wait := _seconds_in(answer)) is not None:
            until = self.now() + timedelta(seconds=wait)
        failure = refusal(answer.status_code, document, until=until)
        if failure.exit_code not in {Exit.LATER, Exit.AWAY, Exit.MONEY}:
            # Nothing was done, and the same would be refused again.
            self.settle()
        raise failure

    def _away(self, error: Exception) -> Failure:
        slow = isinstance(error, httpx.TimeoutException)
        words = _("{site} takes too long to answer.") if slow else _("{site} can't be reached.")
        next_step = _("Check the address (CLORP_URL or --site) and the network: clorp doctor")
        return Failure(words.format(site=self.url), Exit.AWAY, next_step=next_step)


def asked(params: dict[str, Any]) -> dict[str, str]:
    """Return a query without what was not asked for."""
    words = {True: "true", False: ""}
    query = {name: words[value] if isinstance(value, bool) else str(value) for name, value in params.items() if value}
    return {name: value for name, value in query.items() if value}


def _seconds_in(answer: httpx.Response) -> int | None:
    """Return how long an answer says to wait; None where it says nothing that could be meant."""
    asked_for = answer.headers.get("Retry-After", "")
    return (
        int(asked_for) if asked_for.isascii() and asked_for.isdigit() and len(asked_for) <= SECONDS_DIGITS_MAX else None
    )


def problem_of(answer: httpx.Response) -> dict[str, Any]:
    if "json" not in answer.headers.get("Content-Type", "") or answer.is_success:
        return {}
    try:
        document = answer.json()
    except (ValueError, RecursionError, httpx.ResponseNotRead):
        return {}
    return document if isinstance(document, dict) else {}


def part(text: str) -> str:
    """Return somebody's text as one part of a path, whatever is in it."""
    return quote(text, safe="")
