"""The notifications of the game, and which drop each is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts.models import MailChoice, Notification, User
from accounts.notifications.notify import notify
from accounts.notifications.topics import ACCOUNT, Topic, register
from drops.contest.eligibility import with_seat_left
from drops.models import Claim, Drop

RESULTS = Topic("results", "How your drops end", "A drop of yours has its winner, or your money is back.")
TURNS = Topic("turns", "Your turn", "A drop of yours waits for your picks, or opened once it was paid.")
WINS = Topic("wins", "Prizes you win", "Your entry won, and the prize is in your wallet.")
COURTESIES = Topic("courtesies", "Senders you won for", "They thanked you, or opened the rematch you were invited to.")
GRADES = Topic("grades", "How your entries did", "A drop you competed on is decided.", mail=MailChoice.DAILY)
CHANGES = Topic(
    "changes",
    "Changes to drops you are in",
    "A drop was cancelled, removed, extended or taken out of sight, or your entry, file or feedback was.",
)


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
    "Drops you follow",
    "A new drop in a pack you follow, at your minimum price or more.",
    news_until=_open_until,
)
REPORTS = Topic("reports", "What you reported", "Our moderators decided about a report of yours.")
JUDGES = Topic(
    "judges",
    "Judging that needs you",
    "A judge failed its check and settles no drop, or a drop waits too long for a moderator.",
    for_staff=True,
)

register(
    RESULTS,
    {"drop-completed": "Your drop has its winner", "drop-failed": "Your drop ended without a winner"},
)
register(
    TURNS,
    {
        "judge-now": "Your drop waits for your picks",
        "drop-opened": "Your drop is open",
        "judge-changed": "Our moderators judge your drop",
    },
)
register(WINS, {"entry-won": "You won"})
register(
    COURTESIES,
    {"winner-thanked": "A sender thanks you", "rematch-opened": "You are invited to a rematch"},
)
register(GRADES, {"entry-graded": "A drop you competed on is decided"})
register(
    CHANGES,
    {
        "drop-cancelled": "A drop you competed on was cancelled",
        "drop-removed": "A drop was removed",
        "drop-extended": "A drop was extended",
        "entry-disqualified": "Your entry was disqualified",
        "drop-hidden": "Your drop was taken out of sight",
        "drop-shown": "Your drop is in sight again",
        "seat-hidden": "A drop you are in was taken out of sight",
        "work-hidden": "Your winning entry was taken out of sight",
        "work-shown": "Your winning entry is in sight again",
        "file-hidden": "A file of yours was taken out of sight",
        "file-shown": "A file of yours is in sight again",
        "feedback-hidden": "Your feedback was taken out of sight",
    },
)
register(ALERTS, {"new-drop": "A new drop you may claim"})
register(REPORTS, {"report-handled": "Your report was looked at"})
register(JUDGES, {"judge-failed": "A judge failed its check", "judge-late": "A drop waits too long for a moderator"})
register(
    ACCOUNT,
    {
        "handle-taken": "Your handle was taken off the site",
        "renamed": "Your name was changed",
        "suspended": "Your account is suspended",
        "reinstated": "Your account is no longer suspended",
        "verified": "You may set higher prizes",
        "appointed": "You are a moderator",
        "dismissed": "You are no longer a moderator",
        "profile-hidden": "Your public profile was taken out of sight",
        "profile-shown": "Your public profile is in sight again",
    },
)


def tell(
    users: Iterable[User], drop: Drop, *, kind: str, text: str, now: datetime, page: str = "", **facts: str | None
) -> None:
    """Leave a note about `drop`, which leads to its page, or the `page` below that.

    Programs get the drop's id and `facts`. Nothing of an entry belongs into either: notes are not sealed.
    """
    data = {"job_id": str(drop.pk), **facts}
    notify(users, kind=kind, text=text, href=f"{drop.get_absolute_url()}{page}", data=data, now=now)
