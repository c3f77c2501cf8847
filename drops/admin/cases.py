"""The moderators' desk: the queue of cases, and each on a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import moderators_with
from core import clock
from core.admin_base import CHANGED_MEANWHILE, ReadOnlyAdmin, Verb, VerbAdmin
from core.errors import Refused
from core.text import apart, kept, kept_within
from drops.admin.case_page import CasePage, DecideForm, NoteForm
from drops.admin.case_queue import read_queue
from drops.desk import dismissing, holding
from drops.desk.deciders import REPORTS, WORK
from drops.desk.deciding import decide_case
from drops.desk.reasons import to_decide
from drops.desk.waiting import is_waiting
from drops.models import Case, Submission
from drops.moderation import decisions
from drops.moderation.acts import RIGHT_TO_READ
from wallet.books.links import same_person


def no_money(_case: Case) -> str:
    return _("No money moves.")


def moderators_by_address() -> list[tuple[str, str]]:
    people = moderators_with(WORK).order_by("name", "email")
    return [(user.email, f"{apart(user.display_name)} ({user.email})") for user in people]


DISMISS = Verb(
    name="dismiss-case",
    tells=gettext_lazy("Whoever reported it"),
    label=gettext_lazy("Dismiss: nothing to do"),
    meaning=gettext_lazy("Closes the case. Nothing is done to what it is about."),
    permission=REPORTS,
    subject="case",
    call=dismissing.dismiss_case,
    money=no_money,
    fits=lambda case: case.is_open and case.category in dismissing.DISMISSIBLE,
    stands=lambda case: _("It is closed.") if not case.is_open else _("It ends with what waits in it."),
)
UPHOLD = Verb(
    name="uphold-case",
    label=gettext_lazy("Uphold the marks"),
    meaning=gettext_lazy(
        "Closes the case: its marks are right. What follows from them is done elsewhere, or to be watched."
    ),
    permission=REPORTS,
    subject="case",
    call=dismissing.uphold_case,
    is_private=True,
    money=no_money,
    fits=dismissing.is_upholdable,
    stands=lambda case: _("It is closed.") if not case.is_open else _("It has no open mark, or a report waits in it."),
)
ASSIGN = Verb(
    name="assign-case",
    label=gettext_lazy("Assign"),
    meaning=gettext_lazy("Gives the case to a moderator for eight hours. Nobody else decides it meanwhile."),
    permission=WORK,
    subject="case",
    call=holding.assign_case,
    money=no_money,
    fits=lambda case: case.is_open,
    stands=lambda case: _("It is closed."),
    watches=("assignee_id",),
    fields={"to": forms.ChoiceField(label=gettext_lazy("To"), choices=moderators_by_address)},
)


@admin.register(Case)
class CaseAdmin(VerbAdmin, ReadOnlyAdmin):
    """Nobody finds a case here that is about themselves."""

    verbs = (DISMISS, UPHOLD, ASSIGN)
    list_display = ("id", "category", "severity", "due_at", "assignee", "closed_at", "outcome")
    ordering = ("due_at", "id")

    def narrow(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.not_about(same_person(cast(User, request.user)))  # type: ignore[attr-defined]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.narrow(request, Case.objects.with_targets())

    def get_urls(self) -> list[URLPattern]:
        views: dict[str, Callable[..., HttpResponse]] = {
            "next/": self.take_next,
            "chosen/": self.ask_about_chosen,
            "<int:pk>/take/": self.take,
            "<int:pk>/give-back/": self.give_back,
            "<int:pk>/note/": self.note,
            "<int:pk>/decide/": self.decide,
            "<int:pk>/read/<uuid:entry>/": self.read,
        }
        names = {route: f"drops_case_{route.strip('/').rpartition('>/')[2].partition('/')[0]}" for route in views}
        ours = [path(route, self.admin_site.admin_view(view), name=names[route]) for route, view in views.items()]
        return [*ours, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = clock.now()
        queue = read_queue(self.get_queryset(request), request.GET, request.user, now)  # type: ignore[arg-type]
        context = {"title": _("Cases"), "queue": queue, "now": now, "may_act": request.user.has_perm(WORK)}  # type: ignore[union-attr]
        return self._answer(request, "admin/drops/case/queue.html", context)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        if request.method == "POST":
            raise PermissionDenied
        case = self._case(request, object_id)
        # Whoever has it and looks at it works on it.
        if holding.renew_lease(case=case, staff=request.user, now=clock.now()):  # type: ignore[arg-type]
            case.refresh_from_db(fields=["lease_until"])
        return self._show(request, case)

    def ask_about_chosen(self, request: HttpRequest) -> HttpResponse:
        """Lead from the rows that were ticked to the question about all of them."""
        asked = kept(request.GET.get("verb", ""))
        verb = next((verb for verb in self.allowed_verbs(request) if verb.name == asked), None)
        ids = [pk for pk in kept_within(request.GET.getlist("case")) if pk.isdecimal()]
        if verb is None:
            raise PermissionDenied
        if not ids:
            self.message_user(request, _("Tick the cases first."), messages.WARNING)
            return HttpResponseRedirect(self._queue_url())
        return HttpResponseRedirect(self.act_url(verb, ids))

    def take_next(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseRedirect(self._queue_url())
        try:
            case = holding.take_next(staff=request.user, now=clock.now())  # type: ignore[arg-type]
        except Refused as refusal:
            return self._refused(request, refusal, self._queue_url())
        return HttpResponseRedirect(self._case_url(case))

    def take(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._act(request, pk, holding.take_case)

    def give_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._act(request, pk, holding.give_back)

    def note(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = NoteForm(request.POST)
        is_note = form.is_valid()
        if request.method == "POST" and not is_note:
            return self._show(request, self._case(request, pk), note_form=form)
        return self._act(request, pk, holding.note_on_case, reason=form.cleaned_data["reason"] if is_note else "")

    def read(self, request: HttpRequest, pk: int, entry: UUID) -> HttpResponse:
        """Show one entry on the case's page. That it was read, and for which case, is on record before."""
        case = self._case(request, pk)
        submission = Submission.objects.filter(pk=entry, drop=case.contest).first() if case.contest else None
        if submission is None:
            raise Http404
        if request.method != "POST":
            return HttpResponseRedirect(self._case_url(case))
        now, why = clock.now(), to_decide(case.pk)
        try:
            text = decisions.read_entry(submission=submission, staff=request.user, reason=why, now=now)  # type: ignore[arg-type]
        except Refused as refusal:
            return self._refused(request, refusal, self._case_url(case))
        return self._show(request, case, read=submission, text=text)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self._case(request, pk)
        if request.method != "POST":
            return HttpResponseRedirect(self._case_url(case))
        page = CasePage(case, request.user, clock.now())  # type: ignore[arg-type]
        form = DecideForm(page.options, request.POST, version=page.version)
        if not form.is_valid():
            return self._show(request, case, form=form)
        asked = form.cleaned_data
        if asked["version"] != page.version:
            self.message_user(request, CHANGED_MEANWHILE, messages.WARNING)
            form = DecideForm(page.options, {**asked, "version": page.version}, version=page.version)
            return self._show(request, case, form=form)
        words = {"decision": asked["decision"], "told": asked["told"], "reason": asked["reason"]}
        try:
            decided = decide_case(case=case, staff=request.user, now=clock.now(), **words)  # type: ignore[arg-type]
        except Refused as refusal:
            self.message_user(request, f"{refusal} {refusal.next_step}".strip(), messages.ERROR)
            return self._show(request, self._case(request, pk), form=form)
        done = _("Case {number}: {label}, done.")
        if is_waiting(decided, page.now):
            done = _("Case {number}: {label} needs approval. The case stays open until another person approves it.")
        label = form.options[asked["decision"]].label
        self.message_user(request, done.format(number=case.pk, label=label), messages.SUCCESS)
        return HttpResponseRedirect(self._queue_url())

    def _act(self, request: HttpRequest, pk: int, verb: Any, **asked: Any) -> HttpResponse:
        case = self._case(request, pk)
        if request.method == "POST":
            try:
                verb(case=case, staff=request.user, now=clock.now(), **asked)
            except Refused as refusal:
                return self._refused(request, refusal, self._case_url(case))
        return HttpResponseRedirect(self._case_url(case))

    def _case(self, request: HttpRequest, pk: Any) -> Case:
        if not self.has_view_permission(request):
            raise PermissionDenied
        case: Case | None = self.get_object(request, str(pk))
        if case is None:
            raise Http404
        return case

    def _show(self, request: HttpRequest, case: Case, **context: Any) -> HttpResponse:
        page = CasePage(case, request.user, clock.now())  # type: ignore[arg-type]
        shared = {"title": page.heading, "page": page, "case": case, "may_act": request.user.has_perm(WORK)}  # type: ignore[union-attr]
        shared["may_read"] = request.user.has_perm(RIGHT_TO_READ)  # type: ignore[union-attr]
        forms_shown = {"form": DecideForm(page.options, version=page.version), "note_form": NoteForm()}
        return self._answer(request, "admin/drops/case/case.html", {**shared, **forms_shown, **context})

    def _answer(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        return TemplateResponse(
            request, template, {**self.admin_site.each_context(request), "opts": self.opts, **context}
        )

    def _refused(self, request: HttpRequest, refusal: Refused, url: str) -> HttpResponse:
        self.message_user(request, f"{refusal} {refusal.next_step}".strip(), messages.ERROR)
        return HttpResponseRedirect(url)

    def _queue_url(self) -> str:
        return reverse("admin:drops_case_changelist")

    def _case_url(self, case: Case) -> str:
        return reverse("admin:drops_case_change", args=[case.pk])
