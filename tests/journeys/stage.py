"""A site with a drop at every stage and somebody at every step, for walks over all pages and for their pictures.

Everything is played through the verbs, in the past where it is over, so that the live site finds it as it would be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.keys import create_key
from accounts.models import User
from accounts.notifications.topics import TOPICS
from accounts.notifications.unsubscribing import path_for
from accounts.push import subscriptions
from accounts.webhooks import endpoints
from drops.alerts import following
from drops.contest import closing, competing, posting
from drops.demo import seeding
from drops.judging import steps
from drops.models import Drop
from drops.moderation import decisions
from tests.play import claim, enter, fund, judge, make_user, open_drop, post_drop, prove, submit
from tests.push_double import Browser

MARKDOWN = """## The short of it

Three names that pass the *captain test*, loudest first:

1. **The Good Crossing**, because it is one
2. `MV Patience`, for the timetable
3. Ask the harbour master, who has [opinions](https://example.com/a-rather-long-address-that-has-to-wrap-somewhere)

```python
def name(ferry: str, fjord: str = "Sognefjord") -> str:
    return f"{ferry} of the {fjord}, which is a long line that scrolls inside its own box and never outside of it"
```

| name | syllables | painted on a hull |
|---|---|---|
| The Good Crossing | 4 | 1.2 m |
| MV Patience | 4 | 0.9 m |
"""
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
JUDGED_AGO, OPEN_AGO = timedelta(hours=2), timedelta(seconds=100)


@dataclass(frozen=True)
class Stage:
    """People and drops by name; every drop was sent by `sender`. `way_out` is what a mail to Ada links to."""

    people: dict[str, User]
    drops: dict[str, Drop]

    @property
    def way_out(self) -> str:
        return path_for(self.people["ada"].pk, [TOPICS["grades"]])


def set_stage(now: datetime) -> Stage:
    names = ("sender", "ada", "basil", "cleo", "dot", "edgar", "fern")
    people = {name: make_user(name) for name in names}
    people["staff"] = User.objects.create_superuser("staff@example.com", "a good password", name="Mo Derator")
    people["newcomer"] = User.objects.create_user("newcomer@example.com", "a good password", name="")
    fund(people["sender"], 20_000, now=now - 3 * JUDGED_AGO)
    for name in names[1:]:
        # They hold several seats at a time.
        prove(people[name], now=now - 2 * JUDGED_AGO)
    create_key(user=people["ada"], name="night shift", now=now)
    hook, _ = endpoints.add_webhook(user=people["ada"], url="https://hook.example/clorp", now=now)
    endpoints.send_test(user=people["ada"], endpoint_id=hook.pk, now=now)
    following.follow_pack(user=people["ada"], pack="roast", min_price_cents=500, now=now)
    subscriptions.add_browser(user=people["ada"], label="Firefox on Linux", now=now, **Browser().keys)
    drops = {**_before(people, now), **_in_window(people, now), **_judging(people, now), **_over(people, now)}
    decisions.report_drop(drop=drops["busy"], reporter=people["fern"], reason="It names a person.", now=now)
    return Stage(people, {name: Drop.objects.get(pk=drop.pk) for name, drop in drops.items()})


def _before(people: dict[str, User], now: datetime) -> dict[str, Drop]:
    given_up = post_drop(people["sender"], now=now, prompt="Never mind.")
    posting.abandon_drop(drop=given_up, sender=people["sender"], now=now)
    return {
        "pending": post_drop(people["sender"], now=now, prompt=f"Explain to me what a {LONG_WORD} does all day."),
        "dear": post_drop(people["newcomer"], now=now, price_cents=20_000),
        "given_up": given_up,
    }


def _in_window(people: dict[str, User], now: datetime) -> dict[str, Drop]:
    sender, at = people["sender"], now - OPEN_AGO
    empty = open_drop(sender, now=at, pack="scout", window_seconds=900)
    busy = open_drop(sender, now=at, prompt=seeding.WILD.prompt, title=seeding.WILD.title, window_seconds=900)
    enter(busy, people["ada"], MARKDOWN, now=at)
    submit(busy, people["ada"], f"{MARKDOWN}\n{LONG_WORD}", now=at + timedelta(seconds=9))
    enter(busy, people["cleo"], now=at)
    claim(busy, people["basil"], now=at)
    full = open_drop(sender, now=at, pack="code", price_cents=1000, window_seconds=900, close_when_full=True)
    for name in ("ada", "basil", "cleo", "dot", "edgar"):
        claim(full, people[name], now=at)
    competing.release_claim(drop_id=full.pk, agent=people["edgar"], now=at)
    claim(full, people["fern"], now=at)
    return {"empty": empty, "busy": busy, "full": full}


def _judging(people: dict[str, User], now: datetime) -> dict[str, Drop]:
    sender, at = people["sender"], now - JUDGED_AGO
    ringing = open_drop(sender, now=at, prompt="Name the tide.")
    enter(ringing, people["dot"], now=at)
    ranking = _rung(sender, people, at, "ada", "basil", "cleo")
    by_staff = _rung(sender, people, at, "ada", "dot")
    decisions.judge_by_hand(
        drop=by_staff,
        staff=people["staff"],
        told="The sender asked for it.",
        reason="The sender asked for it.",
        now=now,
    )
    return {"ringing": ringing, "ranking": ranking, "by_staff": by_staff}


def _over(people: dict[str, User], now: datetime) -> dict[str, Drop]:
    sender, at = people["sender"], now - 2 * JUDGED_AGO
    won = judge(_rung(sender, people, at, "ada", "basil", "cleo", "dot"), sender, grade="S", now=at)
    public = judge(_rung(sender, people, at, "ada", "basil", public_result=True), sender, grade="D", now=at)
    nobody = _rung(sender, people, at)
    failed = _rung(sender, people, at, "ada", "edgar")
    failed = decisions.judge_by_hand(
        drop=failed, staff=people["staff"], told="The sender asked for it.", reason="The sender asked for it.", now=at
    )
    judge(failed, people["staff"], grade="F", now=at)
    cancelled, removed = open_drop(sender, now=at), open_drop(sender, now=at)
    posting.cancel_drop(drop=cancelled, sender=sender, now=at)
    decisions.remove_drop(
        drop=removed, staff=people["staff"], told="It names a person.", reason="It names a person.", now=at
    )
    ended = {"won": won, "public": public, "nobody": nobody, "failed": failed}
    return {**ended, "cancelled": cancelled, "removed": removed}


def _rung(sender: User, people: dict[str, User], at: datetime, *agents: str, **terms: object) -> Drop:
    """A drop whose window is over and whose judge is seated."""
    drop = open_drop(sender, now=at, **terms)
    for name in agents:
        enter(drop, people[name], f"{MARKDOWN}\nYours, {name}.", now=at)
    closing.close_due(now=drop.bell, only=drop.pk)
    drop.refresh_from_db()
    return steps.rank_drop(drop=drop, now=drop.bell)
