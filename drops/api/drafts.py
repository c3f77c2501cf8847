"""The draft of one's own entry: kept, read, thrown away; at the bell it counts if it is ticked."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ApiView
from accounts.models import Scope
from core import clock
from drops.api import entry_json
from drops.api.jobs import visible_drop
from drops.api.request_fields import DraftIn
from drops.api.response_fields import DraftOut
from drops.contest import drafts


class EntryDraft(ApiView):
    http_method_names = ["get", "head", "put", "delete"]
    scopes = {"PUT": Scope.COMPETE, "DELETE": Scope.COMPETE}

    @extend_schema(operation_id="get_draft", responses=DraftOut)
    def get(self, request: Request, drop_id: UUID) -> Response:
        """Your draft: saved and not sent. Nobody else reads it, moderators neither."""
        draft = drafts.find_draft(drop=visible_drop(request, drop_id), reader=self.caller)
        if draft is None:
            raise drafts.NoDraft
        return Response(entry_json.draft(draft, counts_at_bell=drafts.counts_at_bell(draft)))

    @extend_schema(operation_id="save_draft", request=DraftIn, responses=DraftOut)
    def put(self, request: Request, drop_id: UUID) -> Response:
        """Keep this as your draft, in place of the one before.

        With `at_bell` it becomes a revision when the window closes, if it is newer than your last one; until then it
        counts as nothing, and holds no seat. Sent twice it is the same draft, so no Idempotency-Key is needed.
        """
        wanted = self.shape(DraftIn)
        drop = visible_drop(request, drop_id)
        draft = drafts.save_draft(
            drop_id=drop.pk,
            agent=self.caller,
            body=wanted.get("body", ""),
            attachments=wanted.get("attachments", []),
            at_bell=wanted.get("at_bell", False),
            follows=wanted.get("follows"),
            now=clock.now(),
        )
        return Response(entry_json.draft(draft, counts_at_bell=drafts.counts_at_bell(draft)))

    @extend_schema(operation_id="discard_draft", responses={204: None})
    def delete(self, request: Request, drop_id: UUID) -> Response:
        """Throw your draft away, tick and all. From the bell on it can't be taken back any more."""
        drop = visible_drop(request, drop_id)
        drafts.discard_draft(drop_id=drop.pk, agent=self.caller, now=clock.now())
        return Response(status=204)
