"""Verbs in the admin: a button that says what it does, asks why, and calls the same verb as everybody else.

A ModelAdmin lists its `verbs`. Each becomes an action on selected rows and a button on a row's own page; both
lead to one confirmation page, which changes nothing until it is sent with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_field
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core import clock
from core.admin_addresses import list_of, page_of
from core.admin_lists import LongLists
from core.admin_search import FindsByIndexes
from core.errors import Refused
from core.forms import TextField
from core.text import REASON_CHARS_MAX, TOLD_CHARS_MAX
from core.words import Words

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:  # Django's own classes take no type arguments while they run.
    ModelAdmin = admin.ModelAdmin
    TabularInline = admin.TabularInline

ROWS_MAX = 50
CHANGED_MEANWHILE = _("Somebody has changed this since you opened the page. It stands as below now; nothing was done.")


class QueueFilter(admin.SimpleListFilter):
    """Narrows a list to one of its `queues`: the word in the address, what it is called, and the rows."""

    title: Any = _("queue")
    parameter_name = "queue"
    queues: Mapping[str, tuple[Words, Callable[[], QuerySet[Any]]]] = {}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(word, str(label)) for word, (label, _rows) in self.queues.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.queues.get(self.value() or "")
        return queryset.filter(pk__in=chosen[1]().values("pk")) if chosen else queryset


def no_money_moves(_row: Any) -> Words:
    return _("No money moves.")


@dataclass(frozen=True)
class Verb:
    """One thing moderators do to a row.

    `call` is the verb; it gets the row as its keyword `subject`, and `staff`, `reason`, `now` and whatever
    `fields` ask for. `money` says in a sentence what happens to whose money. `fits` is whether it is offered for a
    row. Where a field that it `watches` has changed since it was asked, it is asked again. `link` is where to go on
    from a success, as (words, url). `shows` names a template for what the verb returned, instead of going back.
    `stands` says how a row stands now, for whoever comes too late.
    `tells` is who hears of it, as in "The sender": the verb then gets `told`, the text that they read, and `reason`
    is a note that stays among moderators, as it is of what `is_private`. `tells_how` takes the place of how `told` is
    explained, where all read it. `asks` makes further fields for the one row that such a verb takes.
    """

    name: str
    label: Words
    meaning: Words
    permission: str
    subject: str
    call: Callable[..., Any]
    fits: Callable[[Any], bool]
    stands: Callable[[Any], Words] = lambda row: _("It was changed meanwhile.")
    tells: Words = ""
    tells_how: Words = ""
    is_private: bool = False
    asks: Callable[[Any], Mapping[str, forms.Field]] | None = None
    told_chars_max: int = TOLD_CHARS_MAX
    money: Callable[[Any], Words] = no_money_moves
    fields: Mapping[str, forms.Field] = field(default_factory=dict)
    watches: tuple[str, ...] = ()
    rows_max: int = ROWS_MAX
    link: Callable[[Any], tuple[str, str]] | None = None
    shows: str | None = None

    def form(self, data: Any = None, version: str = "", rows: Sequence[Any] = ()) -> forms.Form:
        """Return the confirmation's form; its hidden `version` says how the rows stood that were looked at."""
        form = forms.Form(data, initial={"version": version})
        form.fields.update(deepcopy(dict(self.fields)))
        if self.asks is not None and rows:
            form.fields.update(self.asks(rows[0]))
        form.fields["version"] = TextField(widget=forms.HiddenInput, required=False)
        if self.tells:
            to_one = _("{tells} is told this, word for word, and nobody else. Kept for good.").format(tells=self.tells)
            form.fields["told"] = _text_field(_("They are told"), self.told_chars_max, self.tells_how or to_one)
        is_note = bool(self.tells) or self.is_private
        form.fields["reason"] = _text_field(
            _("Note for moderators") if is_note else _("Why"),
            REASON_CHARS_MAX,
            _("Kept for good, with your name and the time. Moderators alone ever read it.")
            if is_note
            else _("Kept for good, with your name and the time. People it concerns may read it."),
        )
        return form


def _text_field(label: Words, chars_max: int, help_text: Words) -> TextField:
    area = forms.Textarea(attrs={"rows": 4, "cols": 70})
    return TextField(label=label, max_length=chars_max, widget=area, help_text=help_text)


class ReadOnlyAdmin(LongLists, FindsByIndexes):
    """Nothing is added, changed or deleted here, whatever permissions somebody has."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(TabularInline):
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class VerbAdmin(ModelAdmin):
    """A ModelAdmin with `verbs`."""

    verbs: tuple[Verb, ...] = ()

    def allowed_verbs(self, request: HttpRequest) -> list[Verb]:
        return [verb for verb in self.verbs if request.user.has_perm(verb.permission)]  # type: ignore[union-attr]

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        return [path("act/<slug:name>/", self.admin_site.admin_view(self.act), name=name), *super().get_urls()]

    def act_url(self, verb: Verb, ids: list[Any]) -> str:
        url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_act", args=[verb.name])
        return f"{url}?{urlencode({'ids': ','.join(str(pk) for pk in ids)})}"

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = dict(super().get_actions(request))
        actions.pop("delete_selected", None)
        for verb in self.allowed_verbs(request):
            actions[verb.name] = (self.to_confirmation(verb), verb.name, verb.label)
        return actions

    def to_confirmation(self, verb: Verb) -> Callable[..., HttpResponse | None]:
        def ask(_admin: Any, request: HttpRequest, selected: QuerySet[Any]) -> HttpResponse | None:
            ids = list(selected.values_list("pk", flat=True)[: verb.rows_max + 1])
            if len(ids) > verb.rows_max:
                too_many = _("Choose at most {most} at a time.").format(most=verb.rows_max)
                self.message_user(request, too_many, messages.ERROR)
                return None
            return HttpResponseRedirect(self.act_url(verb, ids))

        return ask

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        row = context.get("original")
        if row is not None:
            fitting = [verb for verb in self.allowed_verbs(request) if verb.fits(row)]
            context["verb_links"] = [(verb.label, self.act_url(verb, [row.pk])) for verb in fitting]
        return super().render_change_form(request, context, *args, **kwargs)

    def chosen_rows(self, request: HttpRequest, rows_max: int) -> list[Any]:
        ids = [pk for pk in request.GET.get("ids", "").split(",") if pk][:rows_max]
        try:
            rows = list(self.get_queryset(request).filter(pk__in=ids))
        except (ValidationError, ValueError) as error:
            raise Http404 from error
        if not rows:
            # Where it can be said why there are none, this does.
            for pk in ids:
                self.get_object(request, pk)
            raise Http404
        for row in rows:
            # What a verb says of a row may depend on who reads it.
            row.viewer = request.user
        return rows

    def act(self, request: HttpRequest, name: str) -> HttpResponse:
        """Ask on GET; on POST call the verb for each row, with one look at the clock each."""
        verb = next((verb for verb in self.verbs if verb.name == name), None)
        if verb is None:
            raise Http404
        if verb not in self.allowed_verbs(request) or not self.has_view_permission(request):
            raise PermissionDenied
        chosen = self.chosen_rows(request, verb.rows_max)
        rows = self.fitting_rows(request, verb, chosen)
        if not rows:
            return HttpResponseRedirect(self.url_after(chosen))
        shown = [(row, verb.money(row)) for row in rows]
        version = version_of(verb, shown)
        form = verb.form(request.POST if request.method == "POST" else None, version, rows)
        is_complete = request.method == "POST" and form.is_valid()
        if is_complete and form.cleaned_data.pop("version") != version:
            self.message_user(request, CHANGED_MEANWHILE, messages.WARNING)
            form = verb.form(form.cleaned_data | {"version": version}, version, rows)
            is_complete = False
        if not is_complete:
            facts = [(row, money, watched(verb, row)) for row, money in shown]
            return self.page(request, "admin/verb.html", verb, rows=facts, form=form)
        results = self.carry_out(request, verb, rows, form.cleaned_data)
        if verb.shows and results:
            return self.page(request, verb.shows, verb, results=results)
        return HttpResponseRedirect(self.url_after(rows))

    def fitting_rows(self, request: HttpRequest, verb: Verb, chosen: list[Any]) -> list[Any]:
        """Return the chosen rows on which the verb can be used as they stand now, and say which are left out."""
        fitting = []
        for row in chosen:
            if verb.fits(row):
                fitting.append(row)
            else:
                misfit = _("{row}: “{label}” does not fit it any more. {stands} Nothing was done.")
                text = misfit.format(row=row, label=verb.label, stands=verb.stands(row))
                self.message_user(request, text, messages.ERROR)
        return fitting

    def carry_out(self, request: HttpRequest, verb: Verb, rows: list[Any], asked: dict[str, Any]) -> list[Any]:
        """Call the verb for each row and return (row, result) pairs. A refused row stays as it was, with a message."""
        results = []
        for row in rows:
            try:
                result = verb.call(**{verb.subject: row}, staff=request.user, now=clock.now(), **asked)
            except Refused as refusal:
                self.message_user(request, f"{row}: {refusal} {refusal.next_step}".strip(), messages.ERROR)
                continue
            results.append((row, result))
            if not verb.shows:
                self.message_user(request, done_message(verb, row, result), messages.SUCCESS)
        return results

    def url_after(self, rows: list[Any]) -> str:
        return page_of(rows[0]) if len(rows) == 1 else list_of(self.model)

    def page(self, request: HttpRequest, template: str, verb: Verb, **context: Any) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "title": verb.label, "verb": verb}
        return TemplateResponse(request, template, {**shared, **context})


def watched(verb: Verb, row: Any) -> list[tuple[str, str]]:
    """Return what a verb watches of a row, as (name, value): it is confirmed with the rest of what is shown."""
    fields = [row._meta.get_field(name) for name in verb.watches]
    return [(field.verbose_name, display_for_field(getattr(row, field.name), field, "-")) for field in fields]


def version_of(verb: Verb, shown: list[tuple[Any, Words]]) -> str:
    """Return a digest of the rows and their money, as they are shown: what is confirmed is what was looked at."""
    stand = [(str(row.pk), str(money), *(str(getattr(row, name)) for name in verb.watches)) for row, money in shown]
    return salted_hmac("confirmation", repr(stand)).hexdigest()


def done_message(verb: Verb, row: Any, result: Any) -> str:
    """That it was done, and where to go on from there; or, of a result that waits, for whom it does."""
    if waits_for := getattr(result, "waits_for", ""):
        return f"{row}: {verb.label}: {waits_for}"
    done = _("{row}: {label}, done.").format(row=row, label=verb.label)
    if verb.link is None:
        return done
    words, url = verb.link(row)
    return format_html('{} <a href="{}">{}</a>', done, url, words)


def link_to(row: Model | None, words: str | None = None) -> str:
    """A link to a row's own page in the admin; a dash where there is none."""
    if row is None:
        return "-"
    return format_html('<a href="{}">{}</a>', page_of(row), words or str(row))
