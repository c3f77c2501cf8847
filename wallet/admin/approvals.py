"""Requests that wait for a second person, and the buttons that decide it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.not_theirs import targets_about
from core import clock
from core.admin_base import QueueFilter, ReadOnlyAdmin, Verb, VerbAdmin
from core.text import sentence_apart
from wallet import approvals
from wallet.models import APPROVE_RIGHT, Approval

# The pages of what approvals are about, by how their targets name it.
PAGES = {
    "user": "accounts_user",
    "drop": "drops_drop",
    "submission": "drops_submission",
    "appeal": "drops_appeal",
}


def what_happens(approval: Approval) -> str:
    """Say what is done on approval, who asked, and why."""
    asked = _("{summary}. Asked by {asker}: {reason}").format(
        summary=approval.summary, asker=approval.asked_by, reason=sentence_apart(approval.reason)
    )
    if address := getattr(approval, "address", None):
        asked = _("{asked} It is about {address}.").format(asked=asked, address=address)
    if not approval.told:
        return asked
    return _("{asked} They are told: {told}").format(asked=asked, told=sentence_apart(approval.told))


def stands(approval: Approval) -> str:
    if approval.outcome:
        return _("It is {outcome}.").format(outcome=approval.get_outcome_display())
    return _("It has expired.")


APPROVE = Verb(
    name="approve",
    is_private=True,
    label=gettext_lazy("Approve"),
    meaning=gettext_lazy("Does at once what another asked for. Your names stand in the record together."),
    permission=APPROVE_RIGHT,
    subject="approval",
    call=approvals.approve,
    money=what_happens,
    fits=lambda approval: approval.waits(clock.now()),
    stands=stands,
    watches=("outcome",),
    rows_max=1,
)
REFUSE = Verb(
    name="refuse",
    is_private=True,
    label=gettext_lazy("Refuse"),
    meaning=gettext_lazy("Ends the request without doing it. Whoever asked may take it back so."),
    permission=APPROVE_RIGHT,
    subject="approval",
    call=approvals.refuse,
    money=lambda approval: _("No money moves."),
    fits=lambda approval: not approval.outcome,
    stands=stands,
    rows_max=1,
)


class Waits(QueueFilter):
    queues = {"waits": (gettext_lazy("waits for a second person"), lambda: Approval.objects.waiting(clock.now()))}


@admin.register(Approval)
class ApprovalAdmin(VerbAdmin, ReadOnlyAdmin):
    verbs = (APPROVE, REFUSE)
    list_display = ("summary", "kind", "about", "asked_by", "asked_at", "expires_at", "outcome", "decided_by")
    list_filter = (Waits, "kind", "outcome")
    list_select_related = ("asked_by", "decided_by")
    search_fields = ("=id", "=target", "summary", "^asked_by__email")
    ordering = ("-asked_at", "-id")
    fields = (
        *("summary", "kind", "about", "asks", "told", "reason", "asked_by", "asked_at", "expires_at"),
        *("outcome", "decided_by", "decided_at"),
    )

    readonly_fields = fields

    @admin.display(description=gettext_lazy("about"))
    def about(self, approval: Approval) -> str:
        """A link to whom or what it is about, with a person's address as it is now."""
        kind, _colon, key = approval.target.partition(":")
        page = PAGES.get(kind)
        url = reverse(f"admin:{page}_change", args=[key]) if page else ""
        link = format_html('<a href="{}">{}</a>', url, approval.target) if url else approval.target
        address = getattr(approval, "address", None)
        return format_html("{} {}", link, address) if address else link

    def narrow(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Leave out what is asked for about the reader, or from a case about them: why is not theirs to read."""
        hidden = targets_about(cast(User, request.user))
        case = Concat(Value("case:"), KeyTextTransform("case", "asks"), output_field=TextField())
        others: QuerySet[Any] = rows.alias(case=case).exclude(Q(target__in=hidden) | Q(case__in=hidden))
        return others

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.narrow(request, Approval.objects.with_addresses().select_related("asked_by", "decided_by"))

    def search_ways(self, request: HttpRequest, words: str) -> list[Any]:
        """By the whole address of whom it is about too, which stands in no request."""
        person = User.objects.at_address(words)
        about = [Approval.objects.filter(target=f"user:{person.pk}")] if person else []
        return [*super().search_ways(request, words), *about]
