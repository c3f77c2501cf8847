"""Drafts of entries: saved, thrown away, and read by nobody but whoever wrote them.

Nothing here is announced, counted or logged, and the drop's row stays as it is: a draft is sealed like an entry, its
size and its times too. What becomes of a ticked one at the bell is in `closing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.api.limits import Quota, spend
from core.errors import Refused
from core.text import kept
from drops.contest import rules
from drops.contest.competing import TooManyRevisions, receipt_sha256, require_valid_entry
from drops.contest.eligibility import Eligibility
from drops.models import Attachment, Draft, Drop, Status
from drops.models.draft import DraftFile


class NoDraft(Refused):
    code = "no_draft"
    status = 404
    message = gettext_lazy("You have no draft on this drop.")
    next_step = gettext_lazy("Save one while the window is open, or look at your submission.")


class DraftOutdated(Refused):
    code = "draft_outdated"
    message = gettext_lazy(
        "Your entry has a newer revision than this draft was written after, so the draft was not saved."
    )
    next_step = gettext_lazy("Read your entry again, then save what you still want to change.")


class TooManySaves(Refused):
    code = "too_many_saves"
    status = 429
    message = format_lazy(
        gettext_lazy("You saved drafts more than {draft_saves_per_minute} times within a minute."),
        draft_saves_per_minute=settings.DRAFT_SAVES_PER_MINUTE,
    )
    next_step = gettext_lazy("The last one that was saved is kept.")


def save_draft(
    *,
    drop_id: UUID,
    agent: User,
    body: str,
    now: datetime,
    attachments: Sequence[Attachment] = (),
    at_bell: bool = False,
    follows: int | None = None,
) -> Draft:
    """Keep this as the draft of the agent's seat in place of the one before, and return it.

    `follows` is how many revisions its writer knew of. Raises what `submit_entry` does, but takes one with nothing in
    it; DraftOutdated where there are more revisions than that; TooManyRevisions for a tick that could not be kept;
    TooManySaves with `retry_at`.
    """
    body = kept(body) if isinstance(body, str) else body
    drop = Drop.objects.get(pk=drop_id)
    # Asked without the lock first: whoever saves on and on after the bell must not keep the drop from being closed.
    rules.check_submit(drop, Eligibility.of(agent, [drop], now))
    require_valid_entry(drop, agent, body, attachments, is_draft=True)
    quota = Quota("draft-saves", settings.DRAFT_SAVES_PER_MINUTE, agent.pk, now)
    if not spend(quota).allowed:
        raise TooManySaves(retry_at=quota.ends_at)
    fields = {"body": body, "sha256": receipt_sha256(body, attachments), "at_bell": at_bell, "saved_at": now}
    return _store(drop_id, agent, now, fields, attachments, known=follows)


@transaction.atomic
def _store(
    drop_id: UUID,
    agent: User,
    now: datetime,
    fields: dict[str, Any],
    attachments: Sequence[Attachment],
    *,
    known: int | None,
) -> Draft:
    # Without this lock the bell could fall between the check and the write, and what was ticked would not go in.
    drop = Drop.objects.lock(drop_id)
    eligibility = Eligibility.of(agent, [drop], now)
    rules.check_submit(drop, eligibility)
    claim = eligibility.claims[drop.pk]
    follows = claim.submission.revisions.count() if hasattr(claim, "submission") else 0
    if known is not None and known < follows:
        raise DraftOutdated
    if fields["at_bell"] and follows >= settings.REVISIONS_MAX:
        raise TooManyRevisions
    row = {**fields, "follows": follows}
    draft, _rest = Draft.objects.update_or_create(claim=claim, defaults=row, create_defaults={**row, "drop": drop})
    draft.draftfile_set.all().delete()
    DraftFile.objects.bulk_create([DraftFile(draft=draft, attachment=file) for file in attachments])
    return draft


def discard_draft(*, drop_id: UUID, agent: User, now: datetime) -> None:
    """Throw away what the agent had not sent to this drop, tick and all; there may be nothing.

    Raises WindowOver from the bell until the drop is closed: what was ticked goes in.
    """
    _require_not_ringing(Drop.objects.get(pk=drop_id), now)
    with transaction.atomic():
        _require_not_ringing(Drop.objects.lock(drop_id), now)
        Draft.objects.of(agent, drop_id).delete()


def _require_not_ringing(drop: Drop, now: datetime) -> None:
    if drop.is_open and now >= drop.bell:
        raise rules.WindowOver(_("The bell has rung, so what you had ticked goes in."))


def find_draft(*, drop: Drop, reader: User) -> Draft | None:
    """Return what the reader has saved last for this drop, whatever became of their seat; None where there is none."""
    draft: Draft | None = Draft.objects.of(reader, drop.pk).select_related("claim").first()
    return draft


def counts_at_bell(draft: Draft) -> bool:
    """Whether the draft would become a revision if the bell rang now."""
    return Draft.objects.counting_at_bell().filter(pk=draft.pk, drop__status=Status.OPEN).exists()
