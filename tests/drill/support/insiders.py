"""Attempts on a running site of those who have an account, or a key, or the staff's sign.

Every attempt is refused, shows no word that is sealed, and is answered soon; what it would have changed is looked up
in the database afterwards.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

SEALED = "Zq9 the ferry that is named after nobody"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
CSRF = "a" * 32
DRAFTS, DRAFT_LETTERS = 8, 19_968
HOSTILE = "```python\n" + "'" * 90_000 + "\n```\n"
EXTENDED_SECONDS = 60
UNREADABLE = ("drops/revision/?body__regex=^Zq9", "drops/revision/?submission__user__password__startswith=a")
LOOKUPS = (
    *UNREADABLE,
    "accounts/user/?password__startswith=a",
    "drops/drop/?env_vars__DOCK_KEY__startswith=a",
    "drops/drop/?submissions__revisions__body__contains=Zq9",
    "drops/attachment/?name__startswith=a",
    "accounts/apikey/?digest__startswith=a",
)
VERSION = re.compile(r'name="version" value="([^"]*)"')
LATE = base64.urlsafe_b64encode(json.dumps([False, "9999-12-31T23:59:59-12:00", "1"]).encode()).decode()

# Asks a site: method, path, body, headers; returns the status and what was sent back.
Ask = Callable[[str, str, bytes | None, dict[str, str]], tuple[int, bytes]]


@dataclass(frozen=True)
class Attempt:
    who: str
    path: str
    refused_by: tuple[int, ...]
    method: str = "GET"
    sent: dict[str, Any] = field(default_factory=dict)
    kind: str = FORM
    times: int = 1

    def body(self) -> bytes | None:
        if self.method == "GET":
            return None
        return (json.dumps(self.sent) if self.kind == JSON else urlencode(self.sent)).encode()


def scene(start: Callable[[], object]) -> dict[str, Any]:
    """Let some people sign in and play on the scratch database; return their cookies and what they played on."""
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile

    from core import clock
    from drops.contest.attachments import store_attachment
    from drops.judging import rounds
    from tests import play
    from tests.admin_site import grant, verb_url

    start()
    settings.STAFF_SECOND_FACTOR = False
    now = clock.now()
    sender, agent = play.make_user("sender"), play.make_user("agent")
    chief = play.make_user("chief", is_staff=True, is_superuser=True)
    bare = play.make_user("bare", is_staff=True)
    bare.groups.clear()
    ranked = play.open_drop(sender, now=now - timedelta(hours=1), env_vars={"DOCK_KEY": "a"})
    upload = SimpleUploadedFile("plan.txt", SEALED.encode())
    sealed_file = store_attachment(owner=agent, upload=upload, now=now - timedelta(hours=1))
    play.claim(ranked, agent, now=now - timedelta(hours=1))
    play.submit(ranked, agent, SEALED, attachments=[sealed_file], now=now - timedelta(hours=1))
    rounds.hand_to_staff(drop=play.ring(ranked), reason="a drill", now=now)
    opened = play.open_drop(sender, now=now, window_seconds=3_600)
    play.enter(opened, agent, SEALED, now=now)
    staff = {"chief": chief, "bare": bare, "few": grant(play.make_user("few", is_staff=True), "drops.view_drop")}
    people = {name: _signed_in(user) for name, user in {**staff, "sender": sender, "agent": agent}.items()}
    assert SEALED.encode() in people["agent"].get(f"/attachments/{sealed_file.pk}").getvalue()
    extend = verb_url("extend", opened)
    page = people["chief"].get(extend, follow=True).content.decode()
    return {
        "cookies": {name: client.cookies["sessionid"].value for name, client in people.items()},
        "email": agent.email,
        "opened": str(opened.pk),
        "ranked": str(ranked.pk),
        "file": str(sealed_file.pk),
        "hide": verb_url("hide-drop", opened),
        "verify": {name: verb_url("verify-sender", user) for name, user in staff.items()},
        "extend": extend,
        "version": VERSION.search(page)[1],
        "bell": opened.window_closes_at.isoformat(),
    }


def _signed_in(user: Any) -> Any:
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def attempts(set_up: dict[str, Any]) -> Iterator[Attempt]:
    ranked, opened = f"/drops/{set_up['ranked']}", f"/drops/{set_up['opened']}"
    nobody = "00000000-0000-4000-8000-000000000000"
    pick = {"left": nobody, "grade": "S", "reason": "Paid.", "confirmed": "1"}
    act = {"reason": "A flood.", "told": "A flood."}
    yield from (Attempt("chief", f"/admin/{path}", (400,)) for path in LOOKUPS)
    for who in ("bare", "few", "agent", "sender"):
        yield Attempt(who, f"{ranked}/picks", (302, 403), "POST", pick)
        yield Attempt(who, set_up["extend"], (302, 403))
        yield Attempt(who, set_up["hide"], (302, 403), "POST", act)
    yield from _for_a_sealed_file(set_up["file"], ranked, opened)
    # What would be done without a fresh login, or about oneself, is looked for afterwards: a page may lead elsewhere.
    yield from (Attempt(who, path, (200, 302, 403), "POST", act) for who, path in set_up["verify"].items())
    yield Attempt("agent", "/me/keys", (200, 302, 400, 401, 403), "POST", {"name": "mine", "scopes": "wallet"})
    yield Attempt("chief", f"{opened}/picks", (302, 403, 409), "POST", pick)
    yield from (Attempt(who, f"{opened}/pull", (302, 403, 404, 409)) for who in ("sender", "chief", "agent"))
    yield Attempt("", f"/api/board?cursor={quote(LATE)}", (200, 400))
    yield Attempt("agent", "/preview", (200, 429), "POST", {"body": HOSTILE}, times=8)
    # Nothing that could be packed into less.
    prompt = "".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(DRAFT_LETTERS // 64))
    draft = {"prompt": prompt, "pack": "wild", "price": "5"}
    yield Attempt("", "/drops/new", (302, 400, 413, 429), "POST", draft, times=DRAFTS)
    # The site answers before all of it has come, and then nginx may find nobody to send the rest to.
    yield Attempt("", "/drops/new", (0, 413, 502), "POST", {**draft, "prompt": prompt * 50}, times=DRAFTS)
    unpaid = {"prompt": "Name my ferry.", "pack": "wild", "price_cents": 500, "confirmed": True}
    yield Attempt("sender", "/api/jobs/run", (200, 201, 402, 403, 409, 429), "POST", unpaid, JSON, times=12)
    told = {"version": set_up["version"], "seconds": EXTENDED_SECONDS, "told": "A flood.", "reason": "A flood."}
    yield Attempt("chief", set_up["extend"], (200, 302, 409), "POST", told, times=3)


def _for_a_sealed_file(file: str, ranked: str, opened: str) -> Iterator[Attempt]:
    """By every door, by all but its owner. The chief may judge, and then reads what is asked about, on record."""
    doors = (f"/attachments/{file}", f"/api/attachments/{file}")
    for who in ("", "sender", "bare", "few", "chief"):
        # 400 asks of staff for a reason.
        yield from (Attempt(who, path, (302, 400, 401, 403, 404)) for path in doors)
    for who in ("", "sender", "bare", "few", "agent"):
        yield Attempt(who, f"{ranked}/picks/files/{file}", (302, 403, 404))
    yield Attempt("chief", f"{opened}/picks/files/{file}", (302, 403, 404, 409))


@dataclass
class Outcome:
    """The outcome of all attempts: those that were let through, those that showed a sealed word, the slowest answer."""

    passed: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    tried: int = 0
    slowest: float = 0.0


def try_all(ask: Ask, set_up: dict[str, Any]) -> Outcome:
    outcome = Outcome()
    for attempt in attempts(set_up):
        cookies = f"csrftoken={CSRF}" + (f"; sessionid={set_up['cookies'][attempt.who]}" if attempt.who else "")
        headers = {"Cookie": cookies, "X-CSRFToken": CSRF, "Content-Type": attempt.kind}
        for _ in range(attempt.times):
            began = time.monotonic()
            status, page = ask(attempt.method, attempt.path, attempt.body(), headers)
            title = f"{attempt.who or 'a stranger'} {attempt.method} {attempt.path}: {status}"
            outcome.tried += 1
            outcome.slowest = max(outcome.slowest, time.monotonic() - began)
            outcome.passed += [title] * (status not in attempt.refused_by)
            outcome.shown += [title] * (SEALED.encode() in page)
    return outcome


def changed(start: Callable[[], object], set_up: dict[str, Any]) -> dict[str, float]:
    """Look up what the attempts left behind."""
    from datetime import datetime

    from django.contrib.sessions.models import Session

    from accounts.models import ApiKey, AuditEvent, KeptText, User
    from drops.models import Drop, JudgeAnswer, Takedown

    start()
    moved = Drop.objects.get(pk=set_up["opened"]).window_closes_at - datetime.fromisoformat(set_up["bell"])
    return {
        "answers": JudgeAnswer.objects.count(),
        "unpaid": Drop.objects.filter(status="pending_payment").count(),
        "moved": moved.total_seconds(),
        "money_keys": ApiKey.objects.filter(scopes__contains=["wallet"]).count(),
        "taken": Takedown.objects.count() + User.objects.filter(is_verified_sender=True).count(),
        "acts": AuditEvent.objects.count(),
        "kept": sum(KeptText.objects.values_list("size", flat=True)),
        "sessions": max((len(row.session_data) for row in Session.objects.all()), default=0),
    }
