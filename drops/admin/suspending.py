"""The button that suspends somebody, and what its confirmation lists: each open drop, seat and withdrawal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.not_theirs import people_of
from core import clock
from core.admin_base import Verb, link_to
from core.text import apart
from drops.admin.standing_verbs import CHANGE, PERSON, keeps_money
from drops.desk.not_theirs import seats_elsewhere
from drops.models import Claim, Drop
from drops.moderation import people
from wallet.models import Withdrawal
from wallet.money import format_cents


def after_suspending(user: User) -> str:
    """Return what becomes of the money, the seats and the withdrawals of somebody, each of them named."""
    freed = _seats(user).filter(submission__isnull=True).count()
    comes_free = ngettext(
        "Entries already made are judged and can win; one seat without an entry comes free.",
        "Entries already made are judged and can win; {count} seats without an entry come free.",
        freed,
    )
    lines = format_html_join("", "<p>{}</p>", ((line,) for line in _lines(user)))
    return format_html("{} {}{}", keeps_money(user), comes_free.format(count=freed), lines)


def _seats(user: User) -> QuerySet[Any]:
    seats: QuerySet[Any] = Claim.objects.of(user).active().filter(drop__status="open")
    viewer = getattr(user, "viewer", None)
    # Who sits in a contest of the reader's own is not theirs to read.
    seats = seats if viewer is None else seats_elsewhere(people_of(viewer), seats)
    # A bell that has rung leaves nothing to take, however late its drop is closed.
    return seats.exclude(submission__isnull=True, drop__window_closes_at__lte=clock.now())


def _lines(user: User) -> Iterator[str]:
    for claim in _seats(user).select_related("drop", "submission").order_by("created_at"):
        words = (
            _("Seat {seat} on {drop}: its entry is judged.")
            if hasattr(claim, "submission")
            else _("Seat {seat} on {drop}: comes free.")
        )
        yield format_html(words, seat=claim.seat, drop=link_to(claim.drop))
    for row in Withdrawal.objects.filter(user=user, status="pending").order_by("created_at"):
        words = _("Withdrawal of {amount}: goes on, as asked for.")
        yield format_html(words, amount=link_to(row, format_cents(row.amount_cents)))
    for drop in Drop.objects.sent_by(user).waiting_for_sender().order_by("closed_at"):
        yield format_html(_("{drop}: moderators judge it instead."), drop=link_to(drop))


def _in_short(drop: Drop) -> str:
    count = drop.submissions_count
    words = ngettext("{drop} · {price} · {count} entry", "{drop} · {price} · {count} entries", count)
    return words.format(drop=apart(drop.heading), price=format_cents(drop.price_cents), count=count)


def which_drops(user: User) -> Mapping[str, forms.Field]:
    """Return the question what becomes of each open drop, where there is one."""
    drops = Drop.objects.sent_by(user).filter(status="open").order_by("window_closes_at", "pk")
    choices = [(str(drop.pk), _in_short(drop)) for drop in drops]
    if not choices:
        return {}
    asked = forms.MultipleChoiceField(
        label=_("Remove and refund these open drops"),
        help_text=_("What is not ticked is kept: it goes on to its bell and its verdict."),
        choices=choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    return {"remove": asked}


def stands(user: User) -> str:
    """Return how an account stands, for whoever comes too late to act on it."""
    if user.is_suspended:
        since = f"{user.suspended_at:%Y-%m-%d %H:%M}"
        return _("This account is suspended since {since} UTC; its date and reason stand.").format(since=since)
    return _("This account moderates.") if user.is_staff else _("This account is not suspended.")


SUSPEND = Verb(
    name="suspend",
    tells=PERSON,
    label=gettext_lazy("Suspend"),
    meaning=gettext_lazy("Stops an account from posting, claiming and submitting."),
    permission=CHANGE,
    subject="user",
    call=people.suspend_user,
    money=after_suspending,
    asks=which_drops,
    rows_max=1,
    fits=lambda user: not user.is_suspended and not user.is_staff,
    stands=stands,
)
