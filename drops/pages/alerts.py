"""The packs that the viewer follows: following one, from the settings or the board, and how to stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.pages.settings import done, show_settings, to_section
from accounts.viewer import member_of
from core import clock
from core.db.compiled import Compiled
from core.forms import add_faults, kept_fields
from core.http import path_of_ours
from core.text import kept
from drops.alerts import following
from drops.models import Alert
from drops.models.alert import ANY_PACK
from drops.packs import PACKS, Pack
from drops.pages.forms import PACK_CHOICES
from wallet.money import format_cents
from wallet.pages.forms import DollarsField


class AlertForm(forms.Form):
    """Which new drops somebody wants to hear of."""

    pack = forms.ChoiceField(
        required=False, choices=[(ANY_PACK, gettext_lazy("Any pack")), *PACK_CHOICES], label=gettext_lazy("Pack")
    )
    min_price = DollarsField(
        required=False,
        label=gettext_lazy("Minimum price in dollars"),
        help_text=gettext_lazy(
            "Leave it empty to hear about drops at any price. The winner gets the price minus our fee, if there is one."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # "Any pack" is a choice, not an omission, so the page must not call it optional.
        self.fields["pack"].is_conditional = True  # type: ignore[attr-defined]

    def clean(self) -> None:
        add_faults(self, following.faults_in_alert(**self.wanted()), {"pack": "pack", "min_price_cents": "min_price"})

    def wanted(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"pack": data.get("pack") or ANY_PACK, "min_price_cents": data.get("min_price") or 0}


@dataclass(frozen=True)
class Followed:
    """A pack, or any, from a prize on, in words; with the viewer's alert about it, where they have one."""

    pack: Pack | None
    min_price_cents: int
    alert: Alert | None = None

    @property
    def words(self) -> str:
        which = _("new %(pack)s drops") % {"pack": self.pack.name} if self.pack else _("new drops of any pack")
        if not self.min_price_cents:
            return which
        return _("%(which)s priced from %(price)s") % {"which": which, "price": format_cents(self.min_price_cents)}


def followed(alert: Alert) -> Followed:
    return Followed(PACKS.get(alert.pack), alert.min_price_cents, alert)


OF_PACK = Compiled(
    lambda user_id, pack: Alert.objects.filter(user=user_id, pack=pack).order_by("pk")[:1], user_id=UUID, pack=str
)


def followed_on_board(viewer: User | None, pack: str, min_price_cents: int | None) -> Followed:
    """Return what the board's filters name, as the viewer follows it, or else as they could."""
    alerts_of_pack = OF_PACK.objects(user_id=viewer.pk, pack=pack) if viewer else []
    return followed(alerts_of_pack[0]) if alerts_of_pack else Followed(PACKS.get(pack), min_price_cents or 0)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def alerts(request: HttpRequest) -> HttpResponse:
    """POST follows a pack. The list and the form are a section of the settings."""
    if request.method != "POST":
        return to_section("alerts", kept_fields(request.GET, AlertForm.base_fields))
    form = AlertForm(request.POST)
    if not form.is_valid():
        return show_settings(request, status=422, alert_form=form)
    made = following.follow_pack(user=member_of(request), **form.wanted(), now=clock.now())
    return _back(request, _("You'll hear of %(drops)s.") % {"drops": followed(made).words})


@login_required
@require_POST
def stop(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    following.unfollow(user=member_of(request), alert_id=alert_id)
    return _back(request, _("You no longer follow that."))


def _back(request: HttpRequest, words: str) -> HttpResponse:
    """Return to the page that the form was on, if it is one of ours, which then says in `words` what was done."""
    back = path_of_ours(kept(request.POST.get("back", "")))
    if back is None:
        return done(request, "alerts", words)
    messages.success(request, words)
    return redirect(back)
