"""The section of alerts in the settings, which stand below this room and don't know of it."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from accounts.viewer import member_of
from core.forms import kept_fields
from drops.pages.alerts import AlertForm, followed

register = template.Library()


@register.inclusion_tag("drops/alerts.html", takes_context=True)
def alert_settings(context: Context) -> dict[str, Any]:
    """Show what the viewer follows, and the form: as it was sent, or filled in by the address that led here."""
    request = context["request"]
    form = context.get("alert_form") or AlertForm(initial=kept_fields(request.GET, AlertForm.base_fields))
    mine = [followed(alert) for alert in member_of(request).alerts.order_by("created_at", "pk")]
    return {"form": form, "followed": mine, "told": context["told"], "csrf_token": context["csrf_token"]}
