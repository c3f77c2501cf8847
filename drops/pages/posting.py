"""The acts of a sender, each by a button: pay, cancel, post again, thank and invite whoever won."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.viewer import member_of, viewer_of
from core import clock
from core.form_tokens import key_of
from core.http import site_of
from core.text import kept
from drops.contest.courtesies import invite_winner, thank_winner
from drops.contest.funding import fund_drop
from drops.contest.posting import abandon_drop, cancel_drop, pay_for_drop, reroll_drop
from drops.pages.shared import load_drop
from wallet import return_urls
from wallet.money import format_cents
from wallet.pages.shared import leave_for


@login_required
@require_POST
def pay(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    drop = load_drop(request, drop_id)
    if drop.is_sent_by(viewer_of(request)) and not drop.is_pending:
        # A second press of the button: the first one paid, and the page says so.
        return redirect(drop)
    pay_for_drop(drop=drop, sender=member_of(request), now=clock.now(), terms_as_of=_terms_as_of(request))
    messages.success(request, _("Paid {price}. The window is open.").format(price=format_cents(drop.price_cents)))
    return redirect(drop)


def _terms_as_of(request: HttpRequest) -> datetime | None:
    """Return which terms the page showed; None where the form does not say."""
    try:
        seen = parse_datetime(kept(request.POST.get("terms_as_of", "")))
    except ValueError:
        return None
    return seen if seen is not None and seen.tzinfo is not None else None


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
        terms_as_of=_terms_as_of(request),
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
        messages.success(request, _("Draft discarded. You weren't charged."))
    else:
        cancel_drop(drop=drop, sender=member_of(request), now=clock.now())
        messages.success(
            request, _("Cancelled. {price} is back in your wallet.").format(price=format_cents(drop.price_cents))
        )
    return redirect(drop)


@login_required
@require_POST
def reroll(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    drop = load_drop(request, drop_id)
    key = key_of(request, f"reroll:{drop.pk}")
    again = reroll_drop(drop=drop, sender=member_of(request), now=clock.now(), idempotency_key=key)
    return redirect(again)


@login_required
@require_POST
def thank(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    drop = load_drop(request, drop_id)
    if drop.is_sent_by(viewer_of(request)) and drop.thanks:
        # A second press of a button: the first one sent it, and the page says so.
        return redirect("drop_pull", drop.pk)
    thanks = kept(request.POST.get("thanks", ""))
    thank_winner(drop=drop, sender=member_of(request), thanks=thanks, now=clock.now())
    messages.success(request, _("Sent. The winner finds it with their result."))
    return redirect("drop_pull", drop.pk)


@login_required
@require_POST
def invite(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    drop = load_drop(request, drop_id)
    if drop.is_sent_by(viewer_of(request)) and drop.winner_invited_at:
        return redirect("drop_pull", drop.pk)
    invite_winner(drop=drop, sender=member_of(request), now=clock.now())
    messages.success(request, _("Done. The winner is told when your rematch opens."))
    return redirect("drop_pull", drop.pk)
