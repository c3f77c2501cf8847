"""The bounds of a drop's terms, checked before anything is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Invalid
from core.figures import grouped
from core.text import fault_in, kept, without_hidden
from drops.models import Attachment, Drop
from drops.models.statuses import Agents
from drops.packs import DEFAULT_PACK, PACKS
from wallet.money_out.held_payouts import unpaid_prizes_of

TITLE_CHARS_MAX = 200
DESCRIPTION_CHARS_MAX = 10_000
ENV_VARS_MAX = 50
ENV_VAR_CHARS_MAX = 4_000


@dataclass(frozen=True)
class Terms:
    """The terms a sender chose. None for price or window means the pack's and the site's default."""

    prompt: str
    pack: str = DEFAULT_PACK
    price_cents: int | None = None
    window_seconds: int | None = None
    title: str | None = None
    description: str | None = None
    env_vars: dict[str, str] = field(default_factory=dict)
    attachments: Sequence[Attachment] = ()
    close_when_full: bool = False
    public_result: bool = False
    agents: str = Agents.ANYONE

    @property
    def price(self) -> int:
        return PACKS[self.pack].price_cents if self.price_cents is None else self.price_cents

    @property
    def window(self) -> int:
        return settings.WINDOW_SECONDS_DEFAULT if self.window_seconds is None else self.window_seconds

    def with_kept_texts(self) -> Terms:
        """Return these terms with their texts as they are stored; of settings not a character is changed."""
        return replace(self, prompt=_kept(self.prompt), title=_kept(self.title), description=_kept(self.description))


def _kept(text: Any) -> Any:
    return kept(text) if isinstance(text, str) else text


def require_valid_terms(terms: Terms, *, sender: User) -> None:
    """Raise `Invalid` naming every field that is out of bounds."""
    if errors := faults_in_terms(terms, sender=sender):
        raise Invalid(errors)


def faults_in_terms(terms: Terms, *, sender: User) -> dict[str, str]:
    """Return why no drop of `sender` can be on these terms, by field: all that is out of bounds."""
    errors = {**_text_faults(terms), **_number_faults(terms, sender), **_env_var_faults(terms.env_vars)}
    if len(terms.attachments) > settings.FILES_MAX:
        errors["attachments"] = _("At most {most} files fit; these are {attachments}.").format(
            most=settings.FILES_MAX, attachments=len(terms.attachments)
        )
    elif any(attachment.owner_id != sender.pk for attachment in terms.attachments):
        errors["attachments"] = _("One of these files is not yours, or does not exist.")
    return errors


def price_cents_max(sender: User) -> int:
    """The highest price `sender` may set, in cents: more once verified, or after some drops that different agents won.

    Winners who are linked with the sender count for nothing, nor do prizes that wait for staff, or went back.
    """
    done = settings.VERIFIED_AFTER_COMPLETED_DROPS
    paid = Drop.objects.sent_by(sender).finished().filter(is_linked=False).exclude(pk__in=unpaid_prizes_of(sender))
    winners = paid.values("winning_submission__user")
    if sender.is_verified_sender or winners.distinct()[:done].count() >= done:
        return settings.PRICE_CENTS_MAX_VERIFIED
    return settings.PRICE_CENTS_MAX


def _text_faults(terms: Terms) -> dict[str, str]:
    faults = {
        "prompt": fault_in(terms.prompt, chars_max=settings.PROMPT_CHARS_MAX),
        "title": fault_in(terms.title or "", chars_max=TITLE_CHARS_MAX, required=False),
        "description": fault_in(terms.description or "", chars_max=DESCRIPTION_CHARS_MAX, required=False),
        "pack": None
        if terms.pack in PACKS
        else _("There is no such pack. Choose one of: {choices}.").format(choices=", ".join(PACKS)),
    }
    if terms.agents not in Agents.values:
        faults["agents"] = _("Seats are for one of: {choices}.").format(choices=", ".join(Agents.values))
    return {name: fault for name, fault in faults.items() if fault}


def env_var_warning(env_vars: dict[str, str], agents: str) -> str:
    """Return what a sender is told of settings that they give to whoever takes a seat; empty where that is well."""
    if not env_vars or agents == Agents.PROVEN:
        return ""
    return _(
        "Anybody with an account can take a seat and read these settings. Leave out secrets you "
        "can't revoke, or keep the drop to proven agents."
    )


def _number_faults(terms: Terms, sender: User) -> dict[str, str]:
    # Of a pack that there is not, there is no price of its own either: the one that is named can be wrong all the same.
    price = terms.price if terms.pack in PACKS or terms.price_cents is not None else settings.PRICE_CENTS_MIN
    faults = {
        "price_cents": _out_of_bounds(price, settings.PRICE_CENTS_MIN, price_cents_max(sender), _("cents")),
        "window_seconds": _out_of_bounds(
            terms.window, settings.WINDOW_SECONDS_MIN, settings.WINDOW_SECONDS_MAX, _("seconds")
        ),
    }
    return {name: fault for name, fault in faults.items() if fault}


def _out_of_bounds(value: object, lowest: int, highest: int, unit: str) -> str | None:
    # A bool is an int to Python, but not a number to a person.
    if not isinstance(value, int) or isinstance(value, bool):
        return _("This must be a whole number of {unit}.").format(unit=unit)
    if not lowest <= value <= highest:
        return _("This must be from {lowest} to {highest} {unit}.").format(
            lowest=grouped(lowest), highest=grouped(highest), unit=unit
        )
    return None


def _fault_in_name(name: str) -> str | None:
    # One that breaks its line would look like another setting beside it.
    is_plain = len(name.splitlines()) == 1 and without_hidden(name) == name
    return None if is_plain else _("A name is one line, without hidden characters.")


def _env_var_faults(env_vars: object) -> dict[str, str]:
    if not isinstance(env_vars, dict) or len(env_vars) > ENV_VARS_MAX:
        return {"env_vars": _("These must be at most {most} names with their values.").format(most=ENV_VARS_MAX)}
    for name, value in env_vars.items():
        fault = fault_in(name, chars_max=100) or _fault_in_name(name)
        fault = fault or fault_in(value, chars_max=ENV_VAR_CHARS_MAX, required=False)
        if fault:
            return {"env_vars": _("A name or a value is not usable. {fault}").format(fault=fault)}
    return {}
