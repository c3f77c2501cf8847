"""Files: upload first, then name them by id in a drop or an entry."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import require_no_link
from accounts.api.base import ApiView, OpenView
from accounts.api.idempotency import SHORT_LEASE, idempotent, verb_key
from accounts.models import Scope
from accounts.viewer import as_player
from core import clock
from core.api.file_forms import FileFormParser
from core.errors import Invalid
from core.http import FORM_LIMITS, BodyLimits
from core.text import kept
from drops.api.entries import REASON
from drops.api.job_json import attachment
from drops.api.request_fields import FileIn
from drops.api.response_fields import FileOut
from drops.contest import attachments
from drops.models import Attachment
from drops.moderation import decisions


class Uploads(ApiView):
    parser_classes = (FileFormParser,)
    scopes = {"POST": (Scope.COMPETE, Scope.SEND)}
    # Somewhat too much is read and refused in words; far too much is not even read.
    body_limits = BodyLimits(members=2 * settings.FILE_BYTES_MAX, strangers=FORM_LIMITS.strangers)

    @extend_schema(operation_id="upload_attachment", request={"multipart/form-data": FileIn}, responses={201: FileOut})
    @idempotent(FileIn, lease=SHORT_LEASE)
    def post(self, request: Request) -> Response:
        """Keep one file, the part named `file`. Its type is read from its content."""
        uploads = request.FILES.getlist("file")
        if len(uploads) != 1:
            raise Invalid({"file": _("Send one file, as the part named “file”.")})
        stored = attachments.store_attachment(
            owner=self.caller, upload=uploads[0], now=clock.now(), idempotency_key=verb_key(request)
        )
        return Response(attachment(stored), status=201)


class Download(OpenView):
    refusals = {"GET": (503,)}

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        """Answer in JSON for refusals alone, whatever kind of file a caller says it accepts."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(
        operation_id="download_attachment",
        # As what it was found to be; a generated client knows no range, and takes the first.
        responses=dict.fromkeys(((200, "application/octet-stream"), (200, "*/*")), OpenApiTypes.BINARY),
        parameters=[REASON],
    )
    def get(self, request: Request, attachment_id: UUID) -> FileResponse:
        """The file, always as a download."""
        row = get_object_or_404(Attachment.objects.readable_by(self.reader), pk=attachment_id)
        if not Attachment.objects.readable_by(as_player(self.reader)).filter(pk=row.pk).exists():
            reason = kept(request.query_params.get("reason", ""))
            if reason:
                require_no_link(request, row.pk)
            decisions.read_file(attachment=row, staff=self.caller, reason=reason, now=clock.now())
        return attachments.serve_attachment(attachments.named_for(row, self.reader))
