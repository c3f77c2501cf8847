"""Taking out of sight and bringing back, at any status and without a cent moved: a drop, the work that won one, a file,
a public profile. Whose it is still finds it, with what they were told; for everybody else it is not there."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notifications.notify import notify
from core.live.pubsub import announce
from core.text import apart, as_sentence, sentence_apart
from drops.contest.rules import IllegalTransition
from drops.contest.state import claimants_of
from drops.models import Attachment, Drop, Submission, Takedown
from drops.models.takedown import KIND_OF
from drops.moderation.acts import AlreadyDone, record_act
from drops.notifications import tell

Hideable = Drop | Submission | Attachment | User


@transaction.atomic
def hide_drop(*, drop: Drop, staff: User, told: str, reason: str, now: datetime) -> Drop:
    """Take a drop out of sight. It goes on as it would: its bell rings, its entries are judged, its prize is paid."""
    _hide("hide-drop", drop, staff=staff, told=told, reason=reason, now=now)
    text = format_lazy(
        _("Our moderators took your drop “{drop}” out of sight: {told} Your money is not affected."),
        drop=apart(drop.heading),
        told=sentence_apart(told),
    )
    tell([drop.sender], drop, kind="drop-hidden", text=text, now=now)
    if not drop.is_ended:
        # Nothing of it, not even its title: that may be why.
        text = _("Our moderators took a drop you hold a seat on out of sight. What you have sent is judged as before.")
        notify(claimants_of(drop), kind="seat-hidden", text=text, href="/me/competing", now=now)
    return drop


@transaction.atomic
def unhide_drop(*, drop: Drop, staff: User, told: str, reason: str, now: datetime) -> Drop:
    """Bring a drop back into sight."""
    _unhide("unhide-drop", drop, staff=staff, told=told, reason=reason, now=now)
    text = format_lazy(
        _("Your drop “{drop}” is in sight again: {told}"),
        drop=apart(drop.heading),
        told=sentence_apart(told),
    )
    tell([drop.sender], drop, kind="drop-shown", text=text, now=now)
    return drop


@transaction.atomic
def hide_work(*, submission: Submission, staff: User, told: str, reason: str, now: datetime) -> Submission:
    """Take the work that won a drop out of everybody's sight, its buyer's too. The grade and the prize stand."""
    drop = submission.drop
    _hide("hide-work", submission, staff=staff, told=told, reason=reason, now=now)
    if not submission.is_winner:
        raise IllegalTransition(_("Only work that won is shown to others. Before the verdict, disqualify it instead."))
    text = format_lazy(
        _("Our moderators took your entry that won “{drop}” out of sight: {told} The prize stays yours."),
        drop=apart(drop.heading),
        told=sentence_apart(told),
    )
    tell([submission.user], drop, kind="work-hidden", text=text, now=now)
    return submission


@transaction.atomic
def unhide_work(*, submission: Submission, staff: User, told: str, reason: str, now: datetime) -> Submission:
    """Bring the work that won a drop back into the sight of those who may read it."""
    _unhide("unhide-work", submission, staff=staff, told=told, reason=reason, now=now)
    text = format_lazy(
        _("Your entry that won “{drop}” is in sight again: {told}"),
        drop=apart(submission.drop.heading),
        told=sentence_apart(told),
    )
    tell([submission.user], submission.drop, kind="work-shown", text=text, now=now)
    return submission


@transaction.atomic
def hide_file(*, attachment: Attachment, staff: User, told: str, reason: str, now: datetime) -> Attachment:
    """Take a file out of sight wherever it is attached. Judging goes on with what was sent."""
    _hide("hide-file", attachment, staff=staff, told=told, reason=reason, now=now)
    text = format_lazy(
        _("Our moderators took a file of yours out of sight: {told} Your money is not affected."),
        told=sentence_apart(told),
    )
    notify([attachment.owner], kind="file-hidden", text=text, href=attachment.get_absolute_url(), now=now)
    return attachment


@transaction.atomic
def unhide_file(*, attachment: Attachment, staff: User, told: str, reason: str, now: datetime) -> Attachment:
    """Bring a file back into sight."""
    _unhide("unhide-file", attachment, staff=staff, told=told, reason=reason, now=now)
    text = format_lazy(_("A file of yours is in sight again: {told}"), told=sentence_apart(told))
    notify([attachment.owner], kind="file-shown", text=text, href=attachment.get_absolute_url(), now=now)
    return attachment


@transaction.atomic
def hide_profile(*, user: User, staff: User, told: str, reason: str, now: datetime) -> User:
    """Take somebody's public profile, and their place on the leaderboard, out of sight."""
    _hide("hide-profile", user, staff=staff, told=told, reason=reason, now=now)
    text = format_lazy(
        _("Our moderators took your public profile out of sight: {told} You can play on."),
        told=sentence_apart(told),
    )
    notify([user], kind="profile-hidden", text=text, href="/me", now=now)
    return user


@transaction.atomic
def unhide_profile(*, user: User, staff: User, told: str, reason: str, now: datetime) -> User:
    """Bring somebody's public profile back into sight."""
    _unhide("unhide-profile", user, staff=staff, told=told, reason=reason, now=now)
    notify(
        [user],
        kind="profile-shown",
        text=format_lazy(_("Your public profile is in sight again: {told}"), told=sentence_apart(told)),
        href="/me",
        now=now,
    )
    return user


def _hide(action: str, row: Hideable, *, staff: User, told: str, reason: str, now: datetime) -> None:
    record_act(staff, action, row, reason, now, told=told)
    _lock(row)
    if Takedown.objects.standing().of(row).exists():
        raise AlreadyDone(_("This is out of sight already."))
    Takedown.objects.create(**{KIND_OF[str(row._meta.model_name)]: row}, told=as_sentence(told), hidden_at=now)
    _show_anew(row, now)


def _unhide(action: str, row: Hideable, *, staff: User, told: str, reason: str, now: datetime) -> None:
    record_act(staff, action, row, reason, now, told=told)
    _lock(row)
    if not Takedown.objects.standing().of(row).update(lifted_at=now):
        raise AlreadyDone(_("This is in sight already."))
    _show_anew(row, now)


def _lock(row: Hideable) -> None:
    """One at a time for each row, or two at once would both find it as it was."""
    type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)


def _show_anew(row: Hideable, now: datetime) -> None:
    """Have open pages that show `row` look again, and pictures of it drawn anew."""
    drops = _drops_showing(row)
    drops.update(updated_at=now)
    announce(list(drops.values_list("pk", flat=True)))


def _drops_showing(row: Hideable) -> models.QuerySet[Drop]:
    if isinstance(row, Drop):
        return Drop.objects.filter(pk=row.pk)
    if isinstance(row, Submission):
        return Drop.objects.filter(pk=row.drop_id)
    if isinstance(row, Attachment):
        # While a drop is open nobody sees an entry's files, and nothing may tell that there are any.
        entered = Q(submissions__revisions__attachments=row) & ~Q(status="open")
        shown = Drop.objects.filter(Q(attachments=row) | entered)
        return Drop.objects.filter(pk__in=shown.values("pk"))
    return Drop.objects.none()
