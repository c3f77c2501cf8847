"""The acts of a sender: post, pay, cancel, post again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.viewer import member_of, viewer_of
from core import clock
from core.api.limits import Quota, spend
from core.errors import Refused
from core.form_tokens import key_of, new_token
from core.forms import kept_fields
from core.http import FILES_LIMITS, address_of, site_of, takes_body
from drops.contest.attachments import store_attachments
from drops.contest.funding import fund_drop
from drops.contest.posting import abandon_drop, cancel_drop, create_drop, pay_for_drop, reroll_drop
from drops.contest.price_hints import drawn_by
from drops.contest.terms import TITLE_CHARS_MAX
from drops.judging.appointing import appointment_today
from drops.packs import PACKS
from drops.pages.forms import OWN_WINDOW, DropForm, PriceForm
from drops.pages.shared import load_drop
from drops.standings.gallery import newest_works
from wallet import return_urls
from wallet.money import format_cents
from wallet.pages.shared import leave_for

DRAFT = "new_drop_draft"
# How many finished works stand beside the form.
EXAMPLES = 2
# Every other field is a choice or a number.
DRAFT_CHARS_MAX = 100
DRAFT_FIELDS = (
    *("prompt", "title", "pack", "window", "own_count", "own_unit"),
    *("price", "public_result", "agents", "close_when_full"),
)


class TooManyDrafts(Refused):
    code = "too_many_drafts"
    status = 429
    message = "Many drops were begun from your address within a minute."
    next_step = "Sign in first, then post it."


@takes_body(FILES_LIMITS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_drop(request: HttpRequest) -> HttpResponse:
    """The form for everyone; posting it needs an account, and whoever signs in first finds their draft again."""
    if request.user.is_authenticated and DRAFT in request.session:
        # What a stranger typed is kept for a day; whoever signed in stays so for as long as everybody.
        request.session.set_expiry(None)
    if request.method != "POST" or "from_landing" in request.POST:
        return _show_form(request, DropForm(initial=_draft(request)))
    if not request.user.is_authenticated:
        _keep_draft(request)
        messages.info(request, "Sign in or sign up to post it. Your draft is saved; add its files again afterwards.")
        return redirect_to_login(reverse("new_drop"))
    form = DropForm(request.POST, request.FILES, sender=member_of(request))
    if not form.is_valid():
        return _show_form(request, form, status=422)
    key = key_of(request, "drop")
    now = clock.now()
    uploads = form.cleaned_data["uploads"]
    files = store_attachments(owner=member_of(request), uploads=uploads, now=now, idempotency_key=key)
    drop = create_drop(sender=member_of(request), terms=form.terms(attachments=files), now=now, idempotency_key=key)
    request.session.pop(DRAFT, None)
    return redirect(drop)


def _show_form(request: HttpRequest, form: DropForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "packs": PACKS.values(),
        "token": new_token(),
        "fee_bps": settings.FEE_BPS,
        "fee_flat_cents": settings.FEE_FLAT_CENTS,
        "price_min": settings.PRICE_CENTS_MIN,
        "own_window": OWN_WINDOW,
        "cancellations_free": settings.CANCELLATIONS_FREE_PER_DAY,
        "works": newest_works(EXAMPLES),
        "appointment": appointment_today(clock.now()),
        "drawn": drawn_by(**PriceForm(form.data or form.initial).wanted()),
    }
    return render(request, "drops/new.html", context, status=status)


@require_safe
def drawn(request: HttpRequest) -> HttpResponse:
    """The line below the prize, for the pack and the price that are chosen by now."""
    form = PriceForm(request.GET)
    return render(request, "drops/drawn.html", {"drawn": drawn_by(**form.wanted())})


def _draft(request: HttpRequest) -> dict[str, Any]:
    """Return what was typed on the landing page or before signing in, or what an ended drop is posted again with."""
    draft = dict(request.session.get(DRAFT, {}))
    typed = kept_fields(request.POST, ("prompt", "pack"))
    asked = {"pack": request.GET["pack"]} if request.GET.get("pack") in PACKS else {}
    return {**draft, **asked, **typed}


def _keep_draft(request: HttpRequest) -> None:
    """Keep what a stranger typed until they have signed in: for a day, and no more of it than could be posted."""
    quota = Quota("draft", settings.DRAFTS_PER_MINUTE, address_of(request), clock.now())
    if not spend(quota).allowed:
        raise TooManyDrafts(retry_at=quota.ends_at)
    limits = {"prompt": settings.PROMPT_CHARS_MAX, "title": TITLE_CHARS_MAX}
    typed = kept_fields(request.POST, DRAFT_FIELDS)
    request.session[DRAFT] = {name: text[: limits.get(name, DRAFT_CHARS_MAX)] for name, text in typed.items()}
    request.session.set_expiry(settings.DRAFT_SECONDS_MAX)


@login_required
@require_POST
def pay(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    drop = load_drop(request, drop_id)
    if drop.is_sent_by(viewer_of(request)) and not drop.is_pending:
        # A second press of the button: the first one paid, and the page says so.
        return redirect(drop)
    pay_for_drop(drop=drop, sender=member_of(request), now=clock.now())
    messages.success(request, f"Paid {format_cents(drop.price_cents)}. The window is open.")
    return redirect(drop)


@login_required
@require_POST
def fund(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    """On to Stripe for what is missing; whoever changes their mind there comes back to the drop."""
    drop = load_drop(request, drop_id)
    site = site_of(request)
    url = fund_drop(
        drop=drop,
        sender=member_of(request),
        keep_card="keep_card" in request.POST,
        success_url=return_urls.topup_pages(site)["success_url"],
        cancel_url=f"{site}{drop.get_absolute_url()}",
        now=clock.now(),
        idempotency_key=key_of(request, f"fund:{drop.pk}"),
    )
    return leave_for(request, url, "pay")


@login_required
@require_POST
def cancel(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    """Give up an unpaid drop, or take back an open one; which of the two the page says is on the form."""
    drop = load_drop(request, drop_id)
    if request.POST.get("step") == "abandon":
        abandon_drop(drop=drop, sender=member_of(request), now=clock.now())
        messages.success(request, "Draft discarded. You weren't charged.")
    else:
        cancel_drop(drop=drop, sender=member_of(request), now=clock.now())
        messages.success(request, f"Cancelled. {format_cents(drop.price_cents)} is back in your wallet.")
    return redirect(drop)


@login_required
@require_POST
def reroll(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    drop = load_drop(request, drop_id)
    key = key_of(request, f"reroll:{drop.pk}")
    again = reroll_drop(drop=drop, sender=member_of(request), now=clock.now(), idempotency_key=key)
    return redirect(again)
