"""People's belongings in the admin. The people themselves, with what moderators do to them, are the game's page."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.decisions_csv import export_decisions
from accounts.models import (
    Agent,
    ApiKey,
    AuditEvent,
    Erasure,
    Export,
    IdempotencyKey,
    Mail,
    Note,
    Notification,
    Preference,
    PushDelivery,
    PushSubscription,
    User,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.not_theirs import people_of, targets_about
from accounts.notifications.topics import REPORT_HANDLED
from core import clock
from core.admin_base import QueueFilter, ReadOnlyAdmin
from core.errors import Refused
from core.forms import TextField
from core.text import REASON_CHARS_MAX


class ExportForm(forms.Form):
    first = forms.DateField(label=_("From the day (UTC)"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To the day (UTC)"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = TextField(
        label=_("Why"),
        max_length=REASON_CHARS_MAX,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 70}),
        help_text=_("Kept for good, with your name and the time. Moderators alone ever read it."),
    )


class ByPublicId(ChangeList):
    """A list whose links carry the public id, because a key's primary key is its digest."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        if self.is_popup:
            self.to_field = "public_id"

    def url_for_result(self, result: Any) -> str:
        return reverse("admin:accounts_apikey_change", args=[result.public_id])


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Never the digest."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ByPublicId

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> ApiKey | None:
        try:
            key: ApiKey | None = self.get_queryset(request).filter(public_id=object_id).first()
        except ValidationError:
            return None
        return key

    list_display = ("name", "user", "token_key", "scopes", "created", "expiry", "last_used_at")
    fields = ("name", "user", "token_key", "public_id", "scopes", "created", "expiry", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("name", "^user__email", "^token_key")
    ordering = ("-created",)


@admin.register(Agent)
class AgentAdmin(ReadOnlyAdmin):
    """Legacy profiles, their owners' business alone."""

    list_display = ("name", "owner", "is_default", "created_at")
    fields = ("owner", "name", "personality", "tags", "is_default", "created_at")
    list_select_related = ("owner",)
    search_fields = ("name", "^owner__email")
    ordering = ("-created_at",)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "actor", "action", "target", "reason")
    list_filter = ("action",)
    list_select_related = ("actor",)
    search_fields = ("=target", "reason", "^actor__email")
    ordering = ("-id",)
    change_list_template = "admin/decisions.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave out what others noted about the reader, which is not theirs to read."""
        return super().get_queryset(request).exclude(target__in=targets_about(cast(User, request.user)))

    def get_urls(self) -> list[URLPattern]:
        export = path("export/", self.admin_site.admin_view(self.export), name="accounts_auditevent_export")
        return [export, *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Ask for the days and a reason; then give the file, whose taking is on record."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = ExportForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                lines = export_decisions(staff=cast(User, request.user), now=clock.now(), **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                name = f"clorp-decisions-{form.cleaned_data['first']}-{form.cleaned_data['last']}.csv"
                response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
                response["Content-Disposition"] = f'attachment; filename="{name}"'
                response["Cache-Control"] = "private, no-store"
                return response
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Export decisions")}
        return TemplateResponse(request, "admin/export_decisions.html", {**context, "form": form})


@admin.register(Note)
class NoteAdmin(ReadOnlyAdmin):
    """Notes of moderators about people, for each other."""

    list_display = ("created_at", "about", "author", "text")
    list_select_related = ("about", "author")
    search_fields = ("^about__email", "text")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Whom a note is about never reads it, by whichever account."""
        return super().get_queryset(request).exclude(about__in=people_of(cast(User, request.user)))


class TellsNoReporter(ReadOnlyAdmin):
    """Nobody finds here who reported them, nor what such people were told: it stands with the report."""

    def narrow(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().narrow(request, rows).exclude(kind=REPORT_HANDLED)


@admin.register(Notification)
class NotificationAdmin(TellsNoReporter):
    list_display = ("created_at", "user", "kind", "text", "read_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("^user__email",)
    ordering = ("-id",)


class StateFilter(QueueFilter):
    """Choose between rows that wait to be sent and rows that were given up."""

    title = _("state")
    parameter_name = "state"

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        waiting, over = {"next_attempt_at__isnull": False}, {"next_attempt_at__isnull": True}
        unsent = {"sent_at__isnull": True} if model is Mail else {"delivered_at__isnull": True}
        self.queues = {
            "waiting": (_("waiting"), lambda: model.objects.filter(**waiting)),
            "dead": (_("given up"), lambda: model.objects.filter(**over, **unsent)),
        }
        super().__init__(request, params, model, model_admin)


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """Mails; the text of one is that of the notifications that name it."""

    list_display = ("created_at", "user", "is_digest", "sent_at", "tries", "next_attempt_at", "last_error")
    list_filter = (StateFilter, "is_digest")
    list_select_related = ("user",)
    search_fields = ("^user__email",)
    ordering = ("-created_at",)


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyAdmin):
    list_display = ("user", "topic", "bell", "mail", "webhook", "push")
    list_filter = ("topic", "mail")
    list_select_related = ("user",)
    search_fields = ("^user__email",)
    ordering = ("-id",)


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    """Never what its secret is made from."""

    list_display = ("created_at", "user", "url", "failures", "failing_since", "disabled_at")
    fields = ("user", "url", "created_at", "failures", "failing_since", "disabled_at", "disabled_reason")
    list_select_related = ("user",)
    search_fields = ("^user__email", "url")
    ordering = ("-created_at",)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(TellsNoReporter):
    list_display = ("created_at", "endpoint", "kind", "delivered_at", "tries", "next_attempt_at", "last_error")
    # What a message says is its owner's, as a mail's text is.
    exclude = ("body",)
    list_filter = (StateFilter, "kind")
    list_select_related = ("endpoint",)
    search_fields = ("endpoint__url", "^endpoint__user__email")
    ordering = ("-created_at",)


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnlyAdmin):
    """Never the recorded answer: it may hold a sealed entry, or a new key."""

    list_display = ("id", "user", "key", "status", "created_at")
    fields = ("user", "key", "status", "created_at")
    list_select_related = ("user",)
    search_fields = ("^user__email", "=key")
    ordering = ("-id",)


@admin.register(PushSubscription)
class PushSubscriptionAdmin(ReadOnlyAdmin):
    """Never its address and keys: whoever has them can send to that browser."""

    list_display = ("created_at", "user", "label", "last_success_at", "failing_since")
    fields = ("user", "label", "created_at", "last_success_at", "failing_since")
    list_select_related = ("user",)
    search_fields = ("^user__email",)
    ordering = ("-created_at",)


@admin.register(PushDelivery)
class PushDeliveryAdmin(TellsNoReporter):
    exclude = ("body",)
    list_display = ("created_at", "subscription", "kind", "delivered_at", "tries", "next_attempt_at", "last_error")
    list_filter = (StateFilter, "kind")
    list_select_related = ("subscription",)
    search_fields = ("^subscription__user__email",)
    ordering = ("-created_at",)


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    """That there was one, never a way to it: a copy is its owner's alone."""

    list_display = ("id", "user", "asked_at", "built_at", "expires_at", "gone_at", "size", "downloads", "last_error")
    list_select_related = ("user",)
    search_fields = ("^user__email",)


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = (
        *("id", "user", "asked_at", "due_at", "gives_up_cents", "in_the_way_told_at", "cancelled_at", "done_at"),
    )
    list_select_related = ("user",)
    search_fields = ("^user__email",)
