"""Writing the terms of a drop: of a new one, of one that is not paid for, and of one that is posted again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.entrance.form_owners import is_anothers
from accounts.entrance.typed_before import forget_for, keep_for, kept_for
from accounts.viewer import member_of, viewer_of
from core import clock
from core.api.limits import Quota, spend
from core.errors import Refused
from core.form_tokens import key_of, new_token
from core.forms import kept_fields
from core.http import FILES_LIMITS, address_of, set_retry_after, takes_body
from core.text import kept_within
from drops.contest import rules, sender_rules
from drops.contest.attachments import store_sound
from drops.contest.eligibility import Eligibility
from drops.contest.funding import bill_for
from drops.contest.limits import posting_limit
from drops.contest.posting import change_terms, create_drop, reroll_drop, terms_of
from drops.contest.price_hints import drawn_by
from drops.contest.terms import DESCRIPTION_CHARS_MAX, TITLE_CHARS_MAX, Terms
from drops.judging.appointing import appointment_today
from drops.packs import PACKS
from drops.pages.drop_form import OWN_WINDOW, DropForm, PriceForm, initial_of, window_bounds
from drops.pages.shared import load_drop
from drops.standings.gallery import newest_works

# In the session: where what was typed is kept.
DRAFT = "drop_draft"
# How many finished works stand beside the form.
EXAMPLES = 2
# How much of each is kept; every other field is a choice or a number.
DRAFT_CHARS_MAX = 100
LIMITS = {
    "prompt": settings.PROMPT_CHARS_MAX,
    "title": TITLE_CHARS_MAX,
    "description": DESCRIPTION_CHARS_MAX,
    "env_vars": DESCRIPTION_CHARS_MAX,
}
DRAFT_FIELDS = (
    *LIMITS,
    *("pack", "window", "own_count", "own_unit"),
    *("price", "public_result", "agents", "close_when_full"),
)


class TooManyDrafts(Refused):
    code = "too_many_drafts"
    status = 429
    message = gettext_lazy("Many drops were begun from your address within a minute.")
    next_step = gettext_lazy("Sign in first, then post it.")


class NoRoomForDraft(Refused):
    code = "no_room_for_draft"
    status = 429
    message = gettext_lazy("We have no room to keep your draft until you sign in.")
    next_step = gettext_lazy("Copy your prompt. Then sign in and post it.")


@dataclass(frozen=True)
class Desk:
    """A use of the form: where it is sent, and the words around it. `draft` is its name in the browser."""

    action: str
    title: str
    button: str
    draft: str = ""
    help: str = ""


@takes_body(FILES_LIMITS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_drop(request: HttpRequest) -> HttpResponse:
    """The form for everyone; posting it needs an account, and whoever signs in first finds their draft again."""
    desk = Desk(reverse("new_drop"), _("New drop"), _("Continue to payment"), draft="new-drop")
    if request.method != "POST" or "from_landing" in request.POST:
        sender = member_of(request) if request.user.is_authenticated else None
        kept = _kept_draft(request)
        form = DropForm(initial={**kept, **_brought(request)}, sender=sender)
        return _show_form(request, form, desk, is_back=bool(sender and kept))
    if not request.user.is_authenticated:
        return _sign_in_first(request)
    key = key_of(request, "drop")
    form = _read_form(request, key)
    if form.errors:
        return _show_form(request, form, desk, status=422)
    try:
        terms = Terms(**form.changes())
        drop = create_drop(sender=member_of(request), terms=terms, now=clock.now(), idempotency_key=key)
    except Refused as refusal:
        return _show_refused(request, form, desk, refusal)
    forget_for(request, DRAFT)
    return redirect(drop)


@takes_body(FILES_LIMITS)
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_drop(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    """Other terms for a drop that is not paid for. Once it is, its page says that they stand."""
    drop = load_drop(request, drop_id)
    sender = member_of(request)
    desk = Desk(
        reverse("drop_edit", args=[drop.pk]),
        _("Edit your drop"),
        _("Save changes"),
        help=_("All of it can be changed until you pay."),
    )
    is_sent = request.method == "POST"
    try:
        # Before its files are stored, or the form is shown.
        sender_rules.check_change(drop, Eligibility(user=sender, now=clock.now()))
    except (sender_rules.TermsFixed, rules.IllegalTransition) as refusal:
        if is_sent:
            return _show_refused(request, DropForm(request.POST, sender=sender), desk, refusal)
        messages.info(request, f"{refusal} {refusal.next_step}")
        return redirect(drop)
    if not is_sent:
        form = DropForm(initial=initial_of(terms_of(drop)), sender=sender)
        return _show_form(request, form, desk, bill=bill_for(drop))
    form = _read_form(request, key_of(request, f"edit:{drop.pk}"))
    if form.errors:
        return _show_form(request, form, desk, status=422, bill=bill_for(drop))
    try:
        change_terms(drop=drop, sender=sender, changes=form.changes(), now=clock.now())
    except Refused as refusal:
        return _show_refused(request, form, desk, refusal)
    messages.success(request, _("Saved. Nothing is paid yet."))
    return redirect(drop)


@takes_body(FILES_LIMITS)
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def post_again(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    """An ended drop's terms, to be changed and posted again."""
    drop = load_drop(request, drop_id)
    sender = member_of(request)
    rules.check_reroll(drop, Eligibility(user=sender, now=clock.now()))
    desk = Desk(
        reverse("drop_again", args=[drop.pk]),
        _("Post it again"),
        _("Continue to payment"),
        help=_("These are the terms of last time. Change what you like; the two drops stay linked."),
    )
    if request.method != "POST":
        return _show_form(request, DropForm(initial=initial_of(terms_of(drop)), sender=sender), desk)
    key = key_of(request, f"again:{drop.pk}")
    form = _read_form(request, key)
    if form.errors:
        return _show_form(request, form, desk, status=422)
    try:
        again = reroll_drop(drop=drop, sender=sender, now=clock.now(), changes=form.changes(), idempotency_key=key)
    except Refused as refusal:
        return _show_refused(request, form, desk, refusal)
    return redirect(again)


def _read_form(request: HttpRequest, key: str | None) -> DropForm:
    """Return the form as it was sent. Its files are stored whatever else is wrong: nobody has to choose them twice."""
    form = DropForm(request.POST, request.FILES, sender=member_of(request))
    uploads = form.cleaned_data.get("uploads") if form.is_valid() or "uploads" not in form.errors else None
    if uploads:
        files, fault = store_sound(owner=member_of(request), uploads=uploads, now=clock.now(), idempotency_key=key)
        form.add_files(files)
        if fault:
            form.add_error("uploads", fault)
    return form.focus_first_fault()


def _show_refused(request: HttpRequest, form: DropForm, desk: Desk, refusal: Refused) -> HttpResponse:
    """The form as it was sent, with what a rule says to it as a whole: nothing typed or chosen is lost by that."""
    response = _show_form(request, form, desk, status=refusal.status, refusal=refusal)
    set_retry_after(response, refusal)
    return response


def _show_form(request: HttpRequest, form: DropForm, desk: Desk, status: int = 200, **more: object) -> HttpResponse:
    asked: Mapping[str, Any] = form.data if form.is_bound else form.initial
    now = clock.now()
    context = {
        "form": form,
        "desk": desk,
        "packs": PACKS.values(),
        "token": new_token(),
        "fee_bps": settings.FEE_BPS,
        "fee_flat_cents": settings.FEE_FLAT_CENTS,
        "price_min": settings.PRICE_CENTS_MIN,
        "price_max_verified": settings.PRICE_CENTS_MAX_VERIFIED,
        "winners_needed": settings.VERIFIED_AFTER_COMPLETED_DROPS,
        "window_min": settings.WINDOW_SECONDS_MIN,
        "window_max": settings.WINDOW_SECONDS_MAX,
        "window_bounds": window_bounds(),
        "files_max": settings.FILES_MAX,
        "file_bytes_max": settings.FILE_BYTES_MAX,
        "own_window": OWN_WINDOW,
        "works": newest_works(EXAMPLES, reader=viewer_of(request)),
        "appointment": appointment_today(now),
        "limit": posting_limit(member_of(request), now) if request.user.is_authenticated else None,
        "drawn": drawn_by(**PriceForm(asked).wanted()),
        **more,
    }
    return render(request, "drops/new.html", context, status=status)


@require_safe
def drawn(request: HttpRequest) -> HttpResponse:
    """The line below the prize, for the pack and the price that are chosen by now."""
    form = PriceForm(request.GET)
    return render(request, "drops/drawn.html", {"drawn": drawn_by(**form.wanted())})


def _brought(request: HttpRequest) -> dict[str, Any]:
    """Return what was typed on the landing page, and the pack that a link names."""
    typed = kept_fields(request.POST, ("prompt", "pack"))
    asked = {"pack": request.GET["pack"]} if request.GET.get("pack") in PACKS else {}
    return {**asked, **typed}


def _kept_draft(request: HttpRequest) -> dict[str, Any]:
    """Return what was typed here before signing in; nothing where it was typed on a page shown to somebody else."""
    draft = dict(kept_for(request, DRAFT, clock.now()) or {})
    return {} if is_anothers(draft.pop("csrfmiddlewaretoken", ""), request.user) else draft


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """Keep what a stranger typed until they have signed in, or up; and say so."""
    _keep_draft(request)
    words = _("Sign in or sign up to post it. Your draft is saved.")
    if request.FILES:
        words += " " + _("Its files need an account, so they are gone. Add them again afterwards.")
    messages.info(request, words)
    wants_account = request.POST.get("step") == "signup"
    return redirect_to_login(reverse("new_drop"), reverse("account_signup") if wants_account else None)


def _keep_draft(request: HttpRequest) -> None:
    """Keep what a stranger typed: for a day, and no more of it than could be posted."""
    quota = Quota("draft", settings.DRAFTS_PER_MINUTE, address_of(request), clock.now())
    if not spend(quota).allowed:
        raise TooManyDrafts(retry_at=quota.ends_at)
    typed = kept_fields(request.POST, DRAFT_FIELDS)
    # The token says to whom the page was shown.
    typed |= kept_fields(request.POST, ("csrfmiddlewaretoken",))
    draft: dict[str, Any] = {name: text[: LIMITS.get(name, DRAFT_CHARS_MAX)] for name, text in typed.items()}
    # Of files that were added before the session ended, and are found again by whose they are.
    if files := kept_within(request.POST.getlist("keep"))[: settings.FILES_MAX]:
        draft["keep"] = [name[:DRAFT_CHARS_MAX] for name in files]
    if not keep_for(request, DRAFT, draft, seconds=settings.DRAFT_SECONDS_MAX, now=clock.now()):
        raise NoRoomForDraft
