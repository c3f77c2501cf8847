"""The rules for a new password, as a list: in words for everybody, and by kind for the script that ticks them."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.contrib.auth import password_validation as django
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@dataclass(frozen=True)
class Rule:
    """`kind` says how a script may look at it while one types; empty where only the server can tell."""

    kind: str
    words: str
    least: int = 0


@register.simple_tag
def password_rules() -> list[Rule]:
    """Return what the site's validators ask of a new password; its length first, which is what most fail by."""
    rules = [_rule(validator) for validator in django.get_default_password_validators()]
    return sorted(rules, key=lambda rule: rule.kind != "length")


def _rule(validator: object) -> Rule:
    if isinstance(validator, django.MinimumLengthValidator):
        least = validator.min_length
        words = ngettext("At least %(least)s character", "At least %(least)s characters", least) % {"least": least}
        return Rule("length", words, least)
    if isinstance(validator, django.UserAttributeSimilarityValidator):
        return Rule("unlike", _("Not like your email address"))
    if isinstance(validator, django.CommonPasswordValidator):
        return Rule("", _("Not a password that many others use (we check it when you send it)"))
    return Rule("", str(validator.get_help_text()))  # type: ignore[attr-defined]
