"""All that pages read of drops with every visit, by queries written once: a drop as far as somebody may see it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from core.db.compiled import Compiled
from drops.models.attachment import Attachment
from drops.models.drop import Drop

FOR_STRANGERS = Compiled(lambda drop_id: Drop.objects.visible_to(None).with_round().filter(pk=drop_id), drop_id=UUID)
FOR_PLAYERS = Compiled(
    lambda drop_id, user_id: Drop.objects.visible_to_player(user_id).with_round().filter(pk=drop_id),
    drop_id=UUID,
    user_id=UUID,
)
FOR_MODERATORS = Compiled(lambda drop_id: Drop.objects.with_round().filter(pk=drop_id), drop_id=UUID)
HEADINGS = Compiled(
    lambda ids, user_id: Drop.objects.visible_to_player(user_id).filter(pk__any_of=ids).only("title", "prompt"),
    ids=list,
    user_id=UUID,
)
INPUTS = Compiled(
    lambda drop_id, user_id: Attachment.objects.filter(input_of=drop_id).listed_for_id(user_id).order_by("name", "id"),
    drop_id=UUID,
    user_id=UUID,
)


def seen_drop(drop_id: UUID, viewer: User | AnonymousUser) -> Drop | None:
    """Return the drop with its round as `visible_to` lets the viewer see it; None where they may not know of it."""
    if not isinstance(viewer, User):
        rows = FOR_STRANGERS.objects(drop_id=drop_id)
    elif viewer.moderates:
        rows = FOR_MODERATORS.objects(drop_id=drop_id)
    else:
        rows = FOR_PLAYERS.objects(drop_id=drop_id, user_id=viewer.pk)
    return rows[0] if rows else None


def seen_headings(ids: Collection[UUID], player: User) -> dict[UUID, str]:
    """Return the headings of those of the drops that `player` may see, whatever their rights as staff."""
    return {drop.pk: drop.heading for drop in HEADINGS.objects(ids=list(ids), user_id=player.pk)} if ids else {}


def listed_inputs(drop: Drop, viewer: User | None) -> list[Attachment]:
    """Return the files of the drop's own that the viewer is shown, by name."""
    if viewer is None:
        return list(drop.attachments.listed_for(None).order_by("name", "id"))
    return INPUTS.objects(drop_id=drop.pk, user_id=viewer.pk)
