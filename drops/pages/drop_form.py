"""The form of a drop's terms: for a new one, one that is changed before payment, and one that is posted again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from core.forms import TextField, add_faults
from core.page_tags import span
from core.text import uuid_of
from core.words import Words
from drops.contest.terms import DESCRIPTION_CHARS_MAX, TITLE_CHARS_MAX, Terms, faults_in_terms, price_cents_max
from drops.models import Attachment
from drops.models.statuses import Agents
from drops.packs import DEFAULT_PACK, PACKS
from drops.pages.forms import PACK_CHOICES, FilesField, IdsField
from drops.pages.settings_field import SettingsField, settings_text
from wallet.money import format_cents, typed_cents
from wallet.pages.forms import DollarsField

WINDOW_PRESETS = {
    "300": gettext_lazy("5 minutes"),
    "900": gettext_lazy("15 minutes"),
    "3600": gettext_lazy("1 hour"),
    "86400": gettext_lazy("1 day"),
}
UNITS = {
    "1": gettext_lazy("seconds"),
    "60": gettext_lazy("minutes"),
    "3600": gettext_lazy("hours"),
    "86400": gettext_lazy("days"),
}
OWN_WINDOW = "own"
# Where a rule's fault is shown.
FIELD_OF = {
    "prompt": "prompt",
    "title": "title",
    "description": "description",
    "pack": "pack",
    "price_cents": "price",
    "window_seconds": "window",
    "attachments": "uploads",
    "env_vars": "env_vars",
}


class PromptForm(forms.Form):
    """The landing page's box."""

    prompt = TextField(
        label=gettext_lazy("What do you want made?"),
        strip=False,
        error_messages={"required": gettext_lazy("Say what you want made.")},
        widget=forms.Textarea(
            attrs={
                "rows": 4,
                "data-most": settings.PROMPT_CHARS_MAX,
                "placeholder": gettext_lazy("A toast for my brother's wedding: two minutes, no golf"),
            }
        ),
    )


class DropForm(PromptForm):
    # In the order in which they stand on the page: the first of them that is wrong gets the focus.
    title = TextField(
        required=False,
        max_length=TITLE_CHARS_MAX,
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("Shown on the board. Leave it empty to use the first words of your prompt."),
    )
    pack = forms.ChoiceField(choices=PACK_CHOICES, initial=DEFAULT_PACK, widget=forms.RadioSelect)
    uploads = FilesField(label=gettext_lazy("Files for the agents"))
    keep = IdsField()
    window = forms.ChoiceField(
        choices=[*WINDOW_PRESETS.items(), (OWN_WINDOW, gettext_lazy("My own"))],
        initial=str(settings.WINDOW_SECONDS_DEFAULT),
        widget=forms.RadioSelect,
    )
    own_count = forms.IntegerField(required=False, min_value=1, max_value=1_000_000, label=gettext_lazy("Length"))
    own_unit = forms.ChoiceField(required=False, choices=list(UNITS.items()), initial="60", label=gettext_lazy("Unit"))
    price = DollarsField(required=False, label=gettext_lazy("Price in dollars"))
    public_result = forms.BooleanField(required=False)
    agents = forms.ChoiceField(choices=Agents.choices, required=False, initial=Agents.ANYONE)
    description = TextField(
        required=False,
        strip=False,
        max_length=DESCRIPTION_CHARS_MAX,
        label=gettext_lazy("More about it"),
        help_text=gettext_lazy("Shown below the prompt."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    env_vars = SettingsField(
        label=gettext_lazy("Settings for the agents"),
        help_text=gettext_lazy(
            "NAME=value, one a line. Whoever takes a seat reads them: leave out secrets you can't revoke."
        ),
    )
    close_when_full = forms.BooleanField(
        required=False, label=gettext_lazy("Ring the bell early, once all five seats have submitted")
    )

    def __init__(self, *args: Any, sender: User | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.sender = sender
        presets: dict[str, Words] = dict(WINDOW_PRESETS)
        default = str(settings.WINDOW_SECONDS_DEFAULT)
        if default not in presets:
            presets = {
                default: ngettext("{count} second", "{count} seconds", int(default)).format(count=default),
                **presets,
            }
        self.fields["window"].choices = [*presets.items(), (OWN_WINDOW, _("My own"))]  # type: ignore[attr-defined]
        self.fields["uploads"].help_text = _(
            "Up to {count} files of {size} each. Added files are kept, whatever else is missing."
        ).format(count=settings.FILES_MAX, size=filesizeformat(settings.FILE_BYTES_MAX))
        self.fields["price"].widget.attrs["aria-describedby"] = "price_help price_fault"
        self.kept_files = self._own_files(self["keep"].value() or [])

    def _own_files(self, ids: Iterable[object]) -> list[Attachment]:
        """Return those files of the sender that were added before, in the order in which they came."""
        if self.sender is None:
            return []
        asked = [known for text in ids if (known := uuid_of(text))][: settings.FILES_MAX]
        return list(Attachment.objects.filter(owner=self.sender, pk__in=asked).order_by("created_at", "id"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        has_length = cleaned.get("own_count") and (cleaned.get("own_unit") or "own_unit" in self.errors)
        if cleaned.get("window") == OWN_WINDOW and not has_length and "own_count" not in self.errors:
            self.add_error("own_count", _("Enter a length, or pick a preset."))
        self._count_files(cleaned)
        if self.sender is not None:
            self._ask_the_rules(self.sender)
        return cleaned

    def _count_files(self, cleaned: dict[str, Any]) -> None:
        gone = len(set(cleaned.get("keep") or [])) - len(self.kept_files)
        if self.sender is not None and gone > 0:
            self.add_error("uploads", _("A file you added was kept for a day and is gone now. Add it again."))
        count = len(cleaned.get("uploads") or []) + len(self.kept_files)
        if count > settings.FILES_MAX and "uploads" not in self.errors:
            self.add_error(
                "uploads",
                _("At most {most} files fit; these are {count}.").format(most=settings.FILES_MAX, count=count),
            )

    def _ask_the_rules(self, sender: User) -> None:
        """The verb would refuse the same; asked here, the fault is shown beside its field, with those of the others."""
        faults = faults_in_terms(Terms(**self.changes()), sender=sender)
        if "window_seconds" in faults:
            # In the units that people choose by.
            faults["window_seconds"] = window_bounds()
        own = self.cleaned_data.get("window") == OWN_WINDOW
        add_faults(self, faults, {**FIELD_OF, "window_seconds": "own_count"} if own else FIELD_OF)

    def clean_price(self) -> int | None:
        """In dollars, as it was typed; the highest price is the sender's own."""
        cents: int | None = self.cleaned_data["price"]
        if cents is not None and not settings.PRICE_CENTS_MIN <= cents <= self.price_cents_max:
            raise forms.ValidationError(self.price_bounds)
        return cents

    @property
    def price_cents_max(self) -> int:
        return price_cents_max(self.sender) if self.sender else settings.PRICE_CENTS_MAX_VERIFIED

    @property
    def price_bounds(self) -> str:
        """Return between what a price may be, in words."""
        # A stranger may turn out to be somebody who may set more; to whoever is new this is what holds.
        most = self.price_cents_max if self.sender else settings.PRICE_CENTS_MAX
        return _("Set a prize between {least} and {most}.").format(
            least=format_cents(settings.PRICE_CENTS_MIN), most=format_cents(most)
        )

    def add_files(self, files: Sequence[Attachment]) -> None:
        """Take files in that have been stored by now: they are kept if the form is shown again."""
        self.kept_files = [*self.kept_files, *files]

    def changes(self) -> dict[str, Any]:
        """Return what was asked for by the names of `Terms`, as far as it makes sense; no price is the pack's."""
        data = self.cleaned_data
        return {
            "prompt": data.get("prompt", ""),
            "title": data.get("title") or None,
            "description": data.get("description") or None,
            "pack": data.get("pack", DEFAULT_PACK),
            "price_cents": data.get("price"),
            "window_seconds": self._window_seconds(),
            "close_when_full": data.get("close_when_full", False),
            "public_result": data.get("public_result", False),
            "agents": data.get("agents") or Agents.ANYONE,
            "env_vars": data.get("env_vars") or {},
            "attachments": self.kept_files,
        }

    def _window_seconds(self) -> int | None:
        """Return the window as it was chosen; None where that is wrong, of which its own field says how."""
        window, count, unit = (self.cleaned_data.get(name) for name in ("window", "own_count", "own_unit"))
        if window == OWN_WINDOW:
            return count * int(unit) if count and unit else None
        return int(window) if window else None

    def focus_first_fault(self) -> DropForm:
        """Let the first field that is wrong have the focus when the form is shown; return the form."""
        wrong = next((name for name in self.fields if name in self.errors), None)
        if wrong is not None:
            self.fields[wrong].widget.attrs["autofocus"] = True
        return self

    @property
    def has_more(self) -> bool:
        """Return whether anything stands in the fields that are folded away, or is wrong with it."""
        return any(self[name].value() or name in self.errors for name in ("description", "env_vars"))


def window_bounds() -> str:
    """Return how long a window may be, in words."""
    return _("A window is from {} to {}.").format(span(settings.WINDOW_SECONDS_MIN), span(settings.WINDOW_SECONDS_MAX))


def initial_of(terms: Terms) -> dict[str, Any]:
    """Return what the form shows of terms that are changed or posted again."""
    preset = str(terms.window) in {*WINDOW_PRESETS, str(settings.WINDOW_SECONDS_DEFAULT)}
    unit = max((int(unit) for unit in UNITS if terms.window % int(unit) == 0), default=1)
    own = {"window": OWN_WINDOW, "own_count": terms.window // unit, "own_unit": str(unit)}
    return {
        "prompt": terms.prompt,
        "title": terms.title or "",
        "description": terms.description or "",
        "pack": terms.pack,
        "price": typed_cents(terms.price),
        "public_result": "1" if terms.public_result else "",
        "agents": terms.agents,
        "env_vars": settings_text(terms.env_vars),
        "close_when_full": terms.close_when_full,
        "keep": [str(file.pk) for file in terms.attachments],
        **({"window": str(terms.window)} if preset else own),
    }


class PriceForm(forms.Form):
    """Of a new drop, what tells which others are like it."""

    pack = forms.ChoiceField(choices=PACK_CHOICES)
    price = DollarsField(required=False)

    def wanted(self) -> dict[str, Any]:
        """The pack and a price in cents, with defaults for whatever was left out or makes no sense."""
        self.is_valid()
        pack = PACKS[self.cleaned_data.get("pack") or DEFAULT_PACK]
        return {"pack": pack.id, "price_cents": self.cleaned_data.get("price") or pack.price_cents}
