"""Appealing a verdict on the pages of its result, and reading there what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.viewer import member_of
from core import clock
from core.forms import TextField
from core.text import REASON_CHARS_MAX
from drops.appeals.asking import appeal_verdict
from drops.contest.actions import Actions
from drops.contest.appeal_rules import appealable_until
from drops.models import Appeal, Drop
from drops.pages.shared import load_drop, require_shape


class AppealForm(forms.Form):
    reason = TextField(
        label=gettext_lazy("What is wrong with this verdict?"),
        max_length=REASON_CHARS_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say what is wrong.")},
    )


@dataclass(frozen=True)
class AppealBox:
    """The viewer's appeal, or the form for one; `until` is when it stops being possible, `answer_by` when one that is
    sent now is answered."""

    appeal: Appeal | None = None
    form: AppealForm | None = None
    until: datetime | None = None
    answer_by: datetime | None = None


def appeal_box(drop: Drop, viewer: User | None, actions: Actions, now: datetime) -> AppealBox | None:
    """Return what the result's page shows of appeals; None for whoever has none and may make none."""
    if viewer is None or not drop.is_ended or drop.closed_at is None:
        return None
    appeal = Appeal.objects.filter(drop=drop, user=viewer).first()
    if appeal is not None:
        return AppealBox(appeal)
    if not actions.allows("appeal"):
        return None
    answer_by = now + timedelta(seconds=settings.APPEAL_ANSWER_SECONDS)
    return AppealBox(None, AppealForm(auto_id="appeal_%s"), appealable_until(drop), answer_by)


@login_required
@require_POST
def appeal(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    """Take an appeal from the page of a result."""
    drop = load_drop(request, drop_id)
    form = AppealForm(request.POST)
    require_shape(form)
    appeal_verdict(drop=drop, user=member_of(request), reason=form.cleaned_data["reason"], now=clock.now())
    messages.success(
        request, _("Your appeal is in. A moderator who hasn't decided here before reads it and answers you.")
    )
    return redirect(f"{drop.get_absolute_url()}#appeal")
