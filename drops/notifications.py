"""The notifications of the game, and which drop each is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import MailChoice, Notification, User
from accounts.notifications.notify import notify
from accounts.notifications.shown import register_cover
from accounts.notifications.topics import ACCOUNT, REPORT_HANDLED, Topic, register
from core.text import apart, uuid_of
from core.words import Words, in_language_of
from drops.contest.eligibility import with_seat_left
from drops.models import Claim, Drop

RESULTS = Topic("results", _("How your drops end"), _("A drop of yours has its winner, or your money is back."))
TURNS = Topic("turns", _("Your turn"), _("A drop of yours waits for your picks, or opened once it was paid."))
WINS = Topic("wins", _("Prizes you win"), _("Your entry won, and the prize is in your wallet."))
COURTESIES = Topic(
    "courtesies", _("Senders you won for"), _("They thanked you, or opened the rematch you were invited to.")
)
GRADES = Topic("grades", _("How your entries did"), _("A drop you competed on is decided."), mail=MailChoice.DAILY)
CHANGES = Topic(
    "changes",
    _("Changes to drops you are in"),
    _("A drop was cancelled, removed, extended or taken out of sight, or your entry, file or feedback was."),
)

# It names the drop that was won, and leads to another.
REMATCH = "rematch-opened"


@register_cover
def cover_titles(notes: Sequence[Notification]) -> None:
    """Leave out of notes what a drop is called that is out of sight by now; its sender alone still reads it."""
    about = {note.pk: {note.data["job_id"]} for note in notes if uuid_of(note.data.get("job_id"))}
    if not about:
        return
    rematches = [note.data["job_id"] for note in notes if note.kind == REMATCH and note.pk in about]
    origins = dict(Drop.objects.filter(pk__in=rematches).values_list("pk", "origin")) if rematches else {}
    for named in about.values():
        named |= {str(origin) for pk, origin in origins.items() if str(pk) in named}
    hidden = Drop.objects.filter(
        pk__in=set().union(*about.values()), takedowns__lifted_at=None, takedowns__isnull=False
    ).distinct()
    names = [
        (note, drop.heading)
        for drop in hidden
        for note in notes
        if str(drop.pk) in about.get(note.pk, ()) and note.user_id != drop.sender_id
    ]
    readers = User.objects.in_bulk({note.user_id for note, _heading in names}) if names else {}
    for note, heading in names:
        with in_language_of(readers.get(note.user_id)):
            note.text, note.subject = _without(heading, note.text), _without(heading, note.subject)


def _without(heading: str, text: str) -> str:
    """Return the text without the name of the drop, nor the quotation marks of whichever language it stands in. Only
    where it is not quoted the bare words go: a name like “decided” is a word of other sentences too."""
    instead, names = str(_("a drop that is out of sight")), [re.escape(name) for name in (apart(heading), heading)]
    for name in (*(f"[“„]{name}[”“]" for name in names), *names):
        without, count = re.subn(name, lambda _match: instead, text)
        if count:
            return without
    return text


def _open_until(notes: Sequence[Notification], now: datetime) -> dict[int, datetime]:
    """Return the bells of the drops that an agent who was told may still claim a seat on, by notification."""
    about = {note.pk: note.data.get("job_id") for note in notes}
    drops = Drop.objects.visible_to(None).in_window(now).with_seats().filter(pk__in=set(about.values()))
    bells = {str(pk): bell for pk, bell in drops.values_list("pk", "window_closes_at")}
    readers = User.objects.filter(pk__in={note.user_id for note in notes}, suspended_at__isnull=True)
    free = set(with_seat_left(readers, now).values_list("pk", flat=True))
    seats = Claim.objects.active().filter(user__in=free, drop__in=set(bells))
    held = {(user, str(drop)) for user, drop in seats.values_list("user", "drop")}
    return {
        note.pk: bells[about[note.pk]]
        for note in notes
        if about[note.pk] in bells and note.user_id in free and (note.user_id, about[note.pk]) not in held
    }


ALERTS = Topic(
    "alerts",
    _("Drops you follow"),
    _("A new drop in a pack you follow, at your minimum price or more."),
    news_until=_open_until,
)
REPORTS = Topic("reports", _("What you reported"), _("Our moderators decided about a report of yours."))
APPEALS = Topic(
    "appeals",
    _("Appeals"),
    _("Our moderators answered your appeal, or a verdict that concerns you was appealed or changed."),
)
JUDGES = Topic(
    "judges",
    _("Judging that needs you"),
    _("A judge failed its check and settles no drop, or a drop waits too long for a moderator."),
    for_staff=True,
)

register(
    RESULTS,
    {"drop-completed": _("Your drop has its winner"), "drop-failed": _("Your drop ended without a winner")},
)
register(
    TURNS,
    {
        "judge-now": _("Your drop waits for your picks"),
        "drop-opened": _("Your drop is open"),
        "judge-changed": _("Our moderators judge your drop"),
    },
)
register(WINS, {"entry-won": _("You won")})
register(
    COURTESIES,
    {"winner-thanked": _("A sender thanks you"), REMATCH: _("You are invited to a rematch")},
)
register(GRADES, {"entry-graded": _("A drop you competed on is decided")})
register(
    CHANGES,
    {
        "drop-cancelled": _("A drop you competed on was cancelled"),
        "drop-removed": _("A drop was removed"),
        "drop-extended": _("A drop was extended"),
        "entry-disqualified": _("Your entry was disqualified"),
        "drop-hidden": _("Your drop was taken out of sight"),
        "drop-shown": _("Your drop is in sight again"),
        "seat-hidden": _("A drop you are in was taken out of sight"),
        "work-hidden": _("Your winning entry was taken out of sight"),
        "work-shown": _("Your winning entry is in sight again"),
        "file-hidden": _("A file of yours was taken out of sight"),
        "file-shown": _("A file of yours is in sight again"),
        "feedback-hidden": _("Your feedback was taken out of sight"),
    },
)
register(ALERTS, {"new-drop": _("A new drop you may claim")})
register(REPORTS, {REPORT_HANDLED: _("Your report was looked at")})
register(
    APPEALS,
    {
        "appeal-answered": _("Your appeal was answered"),
        "verdict-appealed": _("A verdict that you won was appealed"),
        "verdict-stands": _("A verdict that you won stands"),
        "verdict-changed": _("A verdict was changed"),
    },
)
register(
    JUDGES, {"judge-failed": _("A judge failed its check"), "judge-late": _("A drop waits too long for a moderator")}
)
register(
    ACCOUNT,
    {
        "handle-taken": _("Your handle was taken off the site"),
        "renamed": _("Your name was changed"),
        "suspended": _("Your account is suspended"),
        "reinstated": _("Your account is no longer suspended"),
        "verified": _("You may set higher prizes"),
        "unverified": _("You are no longer a verified sender"),
        "warned": _("A warning from our moderators"),
        "limited": _("Your account is limited"),
        "limits-lifted": _("Your account is no longer limited"),
        "signed-out": _("You were signed out everywhere"),
        "keys-revoked": _("Your keys were revoked"),
        "role-given": _("You have a new role"),
        "role-taken": _("A role of yours was taken"),
        "profile-hidden": _("Your public profile was taken out of sight"),
        "profile-shown": _("Your public profile is in sight again"),
        "export-asked": _("A copy of your data was asked for"),
        "export-ready": _("The copy of your data is ready"),
        "export-failed": _("The copy of your data could not be made"),
        "erasure-asked": _("Your account will be erased"),
        "erasure-cancelled": _("Your account stays"),
        "erasure-waits": _("Your account can't be erased yet"),
    },
)


def tell(
    users: Iterable[User], drop: Drop, *, kind: str, text: Words, now: datetime, page: str = "", **facts: str | None
) -> None:
    """Leave a note about `drop`, which leads to its page, or the `page` below that.

    Programs get the drop's id and `facts`. Nothing of an entry belongs into either: notes are not sealed.
    """
    data = {"job_id": str(drop.pk), **facts}
    notify(users, kind=kind, text=text, href=f"{drop.get_absolute_url()}{page}", data=data, now=now)
