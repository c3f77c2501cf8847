"""One of the viewer's own revisions, and how it differs from the one before. Nobody else finds it there."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.viewer import member_of
from drops.contest.differences import Part, compare
from drops.models import Revision
from drops.pages.shared import load_drop

_MARKS = {
    "same": "{}",
    "ins": "<ins>{}</ins>",
    "del": "<del>{}</del>",
    "gap": '<span class="gap">{}</span>',
}


def _as_html(parts: list[Part] | None) -> SafeString:
    """Return both texts in one, without a space more than they have; nothing where they were not compared."""
    return SafeString("".join(format_html(_MARKS[part.kind], _text_of(part)) for part in parts or ()))  # nosec: escaped


def _text_of(part: Part) -> str:
    """Return the text of a part; of a gap it is how many lines stayed."""
    if part.kind != "gap":
        return part.text
    return ngettext("{count} line stayed", "{count} lines stayed", int(part.text)).format(count=part.text)


@login_required
@require_safe
def show_revision(request: HttpRequest, drop_id: UUID, number: int) -> HttpResponse:
    drop = load_drop(request, drop_id)
    own = Revision.objects.filter(submission__drop=drop, submission__user=member_of(request))
    revision = get_object_or_404(own.select_related("submission").prefetch_related("attachments"), number=number)
    before = own.filter(number=number - 1).prefetch_related("attachments").first()
    files, files_before = set(revision.attachments.all()), set(before.attachments.all() if before else ())
    context = {
        "drop": drop,
        "revision": revision,
        "before": before,
        "differences": _as_html(compare(before.body, revision.body)) if before else "",
        "files_come": sorted(files - files_before, key=str),
        "files_gone": sorted(files_before - files, key=str),
        "last": own.count(),
    }
    return render(request, "drops/revision.html", context)
