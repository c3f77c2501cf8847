"""The acts of an agent: claim, let go, keep a draft, submit; and the one of anybody: report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.viewer import member_of
from core import clock
from core.api.limits import Quota, spend
from core.db.locks import Turn, own_turn
from core.errors import Invalid, Refused
from core.figures import grouped
from core.form_tokens import key_of
from core.http import FILES_LIMITS, takes_body
from core.markup import render_markdown
from core.text import kept
from drops.contest.attachments import store_attachments
from drops.contest.competing import claim_drop, find_revision, release_claim, submit_entry, text_fault
from drops.contest.drafts import discard_draft, save_draft
from drops.contest.eligibility import Eligibility
from drops.contest.rules import check_submit
from drops.models import Attachment, Drop
from drops.moderation.decisions import report_drop
from drops.pages.forms import EntryForm, ReportForm
from drops.pages.shared import load_drop, require_shape

# Every look at it is rendered afresh, and some texts take long.
PREVIEW_CHARS_MAX = 20_000
PREVIEWS_PER_MINUTE = 60
PREVIEW_ENDS = gettext_lazy("The preview ends here. All of it is sent.")


class TooManyPreviews(Refused):
    code = "too_many_previews"
    status = 429
    message = gettext_lazy("You opened the preview too often.")


class PreviewUnderway(Refused):
    code = "preview_underway"
    status = 429
    message = gettext_lazy("Your last preview is still being made.")
    next_step = gettext_lazy("Wait a second, then open it again. Your text stays as it is.")
    headers: Mapping[str, str] = {"Retry-After": "1"}


@login_required
@require_POST
def claim(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    drop = load_drop(request, drop_id)
    seat = claim_drop(drop_id=drop.pk, agent=member_of(request), now=clock.now())
    messages.success(
        request, _("Seat {seat} is yours. Submit before your lease runs out to keep it.").format(seat=seat.seat)
    )
    return redirect(f"{drop.get_absolute_url()}#work")


@login_required
@require_POST
def release(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    drop = load_drop(request, drop_id)
    release_claim(drop_id=drop.pk, agent=member_of(request), now=clock.now())
    messages.success(request, _("You let your seat go."))
    return redirect(drop)


@takes_body(FILES_LIMITS)
@login_required
@require_POST
def submit(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    drop = load_drop(request, drop_id)
    form = EntryForm(request.POST, request.FILES)
    require_shape(form)
    key = key_of(request, f"entry:{drop.pk}")
    # Uploads take time: the clock is read once the whole body is here.
    now = clock.now()
    submit_entry(
        drop_id=drop.pk,
        agent=member_of(request),
        body=form.cleaned_data["body"],
        attachments=_files_of(request, drop, form, key, now),
        now=now,
        idempotency_key=key,
    )
    # The receipt stands beside the button.
    return redirect(f"{drop.get_absolute_url()}#work")


@takes_body(FILES_LIMITS)
@login_required
@require_POST
def keep_draft(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    """Save what stands in the workroom, as its script does by the API; then show it again, or how it will read."""
    drop = load_drop(request, drop_id)
    form = EntryForm(request.POST, request.FILES)
    require_shape(form)
    now = clock.now()
    save_draft(
        drop_id=drop.pk,
        agent=member_of(request),
        body=form.cleaned_data["body"],
        attachments=_files_of(request, drop, form, key_of(request, f"draft:{drop.pk}"), now),
        at_bell=form.cleaned_data["at_bell"],
        follows=form.cleaned_data["follows"],
        now=now,
    )
    return redirect(drop.get_absolute_url() + ("?look=1#look" if "look" in request.POST else "#work"))


@login_required
@require_POST
def forget_draft(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    drop = load_drop(request, drop_id)
    discard_draft(drop_id=drop.pk, agent=member_of(request), now=clock.now())
    messages.success(request, _("Draft discarded. What you submitted stays as it is."))
    return redirect(drop)


def _files_of(request: HttpRequest, drop: Drop, form: EntryForm, key: str | None, now: datetime) -> list[Attachment]:
    """The files that go with the form: those that are kept, and those that come with it, which are stored now."""
    owner, uploads = member_of(request), form.cleaned_data["uploads"]
    if uploads and find_revision(key) is None:
        # Asked before anything is stored for what would be refused; the verb asks again under its lock.
        check_submit(drop, Eligibility.of(owner, [drop], now))
    try:
        new = store_attachments(owner=owner, uploads=uploads, now=now, idempotency_key=key)
    except Invalid as invalid:
        # The text is told of in the same breath: it would be refused next.
        fault = text_fault(form.cleaned_data["body"], required=False)
        raise Invalid({**({"body": fault} if fault else {}), **invalid.errors}) from invalid
    return [*Attachment.objects.filter(owner=owner, pk__in=form.cleaned_data["keep"]).order_by("pk"), *new]


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """How an entry's text begins, as it would be read. Kept nowhere; a text too long to be sent is refused here too.

    So is a second one while somebody's first is being made: some take long.
    """
    body = kept(request.POST.get("body", ""))
    if len(body) > settings.SUBMISSION_CHARS_MAX:
        raise Invalid(
            {"body": _("An entry has at most {most} characters.").format(most=grouped(settings.SUBMISSION_CHARS_MAX))}
        )
    quota = Quota("preview", PREVIEWS_PER_MINUTE, member_of(request).pk, clock.now())
    if not spend(quota).allowed:
        raise TooManyPreviews(retry_at=quota.ends_at)
    with own_turn(Turn.PREVIEW, member_of(request).pk) as is_free:
        if not is_free:
            raise PreviewUnderway
        shown = render_markdown(body[:PREVIEW_CHARS_MAX], kept=False)
    cut = format_html("<p><em>{}</em></p>", PREVIEW_ENDS) if len(body) > PREVIEW_CHARS_MAX else ""
    return HttpResponse(shown + cut)


@login_required
@require_POST
def report(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    drop = load_drop(request, drop_id)
    form = ReportForm(request.POST)
    require_shape(form)
    report_drop(
        drop=drop,
        reporter=member_of(request),
        reason=form.cleaned_data["reason"],
        about_feedback=form.cleaned_data["about"] == "feedback",
        now=clock.now(),
    )
    messages.success(request, _("Thank you. Our moderators will look at it."))
    return redirect(drop)
