"""Tell the followers of a drop that has opened. The verb that opens it leaves a row and no more, so that it takes no
longer where thousands follow; whoever looks at the rows next tells them, in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notifications.notify import notify_all
from core.page_tags import span
from core.text import apart
from drops.contest.eligibility import with_seat_left
from drops.contest.links import linked_to
from drops.models import Alert, Claim, Cooldown, Drop, Opening, Submission
from drops.packs import PACKS
from wallet.money import format_cents_lazy, net_cents

# Drops of one sender within an hour that followers hear of: opening and cancelling costs nothing, ringing must.
OF_ONE_SENDER_MAX = 20
OF_ONE_SENDER_WITHIN = timedelta(hours=1)


@transaction.atomic
def tell_followers(*, drop_id: UUID, now: datetime) -> None:
    """Tell the followers of a drop that has opened, unless somebody does or did already.

    Nobody hears of a drop that is full or over by then, or from a sender who opens very many.
    """
    untold = Opening.objects.due(now).filter(pk=drop_id).select_related("drop__sender")
    opening = untold.select_for_update(of=("self",), skip_locked=True).first()
    if opening is None:
        return
    drop, opened_at = opening.drop, opening.opened_at
    opening.delete()
    if drop.accepts_entries(now) and not drop.is_full and not _rings_too_often(drop, opened_at):
        _tell(followers_of(drop, now), drop, now)


def followers_of(drop: Drop, now: datetime) -> QuerySet[User]:
    """Return who asked to hear of such a drop and may claim a seat on it."""
    people = User.objects.filter(is_active=True, suspended_at__isnull=True)
    people = people.filter(pk__in=Alert.objects.about(drop).values("user"))
    cooling = Cooldown.objects.running(now).filter(drop=drop)
    people = people.exclude(pk__in={drop.sender_id, *linked_to(drop.sender)}).exclude(pk__in=cooling.values("user"))
    people = people.exclude(pk__in=Claim.objects.active().filter(drop=drop).values("user"))
    if drop.is_for_proven:
        people = people.filter(Exists(Submission.objects.passing().filter(user=OuterRef("pk"))))
    return with_seat_left(people, now)


def _rings_too_often(drop: Drop, opened_at: datetime) -> bool:
    since = opened_at - OF_ONE_SENDER_WITHIN
    lately = Drop.objects.sent_by(drop.sender).filter(paid_at__gt=since, paid_at__lt=opened_at)
    return lately[:OF_ONE_SENDER_MAX].count() >= OF_ONE_SENDER_MAX


def _tell(people: QuerySet[User], drop: Drop, now: datetime) -> None:
    about = {
        "pack": PACKS[drop.pack].name,
        "drop": apart(drop.heading),
        "prize": format_cents_lazy(net_cents(drop.price_cents)),
        "left": lazy(span, str)(drop.window_seconds),
    }
    notify_all(
        people,
        kind="new-drop",
        subject=format_lazy(_("New {pack} drop: {prize}"), **about),
        text=format_lazy(_("New {pack} drop for {prize}, open for {left}: “{drop}”"), **about),
        href=drop.get_absolute_url(),
        data={
            "job_id": str(drop.pk),
            "pack": drop.pack,
            "price_cents": drop.price_cents,
            "prize_cents": net_cents(drop.price_cents),
            "window_closes_at": drop.bell.isoformat().replace("+00:00", "Z"),
        },
        now=now,
    )
