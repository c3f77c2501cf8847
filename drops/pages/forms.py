"""Forms check shape only: whether a text is a sum of money, a choice one of the choices. Rules are the verbs'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from core.forms import TextField, add_faults
from drops.contest.terms import TITLE_CHARS_MAX, Terms, faults_in_terms, price_cents_max
from drops.models.statuses import Agents
from drops.packs import DEFAULT_PACK, PACKS
from wallet.money import format_cents
from wallet.pages.forms import DollarsField

PACK_CHOICES = [(pack.id, pack.name) for pack in PACKS.values()]
WINDOW_PRESETS = {"300": "5 minutes", "900": "15 minutes", "3600": "1 hour", "86400": "1 day"}
UNITS = {"60": "minutes", "3600": "hours", "86400": "days"}
OWN_WINDOW = "own"
# Where a rule's fault is shown.
FIELD_OF = {
    "prompt": "prompt",
    "title": "title",
    "pack": "pack",
    "price_cents": "price",
    "window_seconds": "window",
    "attachments": "uploads",
}


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of uploads, as a list; what they may be is checked where they are stored."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=ManyFilesInput(), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:  # type: ignore[override]
        uploads = data if isinstance(data, (list, tuple)) else [data]
        files = [upload for upload in uploads if upload]
        if len(files) > settings.FILES_MAX:
            raise forms.ValidationError(f"At most {settings.FILES_MAX} files fit; these are {len(files)}.")
        return files


class IdsField(forms.MultipleChoiceField):
    """Any number of ids; which of them exist, and whose they are, is asked of the database."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.MultipleHiddenInput())

    def validate(self, value: Any) -> None:
        uuid = forms.UUIDField()
        for text in value:
            uuid.clean(text)


class PromptForm(forms.Form):
    """The landing page's box."""

    prompt = TextField(
        label="What do you want made?",
        strip=False,
        error_messages={"required": "Say what you want made."},
        widget=forms.Textarea(
            attrs={
                "rows": 4,
                "maxlength": settings.PROMPT_CHARS_MAX,
                "placeholder": "A toast for my brother's wedding: two minutes, no golf",
            }
        ),
    )


class DropForm(PromptForm):
    title = TextField(
        required=False,
        max_length=TITLE_CHARS_MAX,
        label="Title",
        help_text="Shown on the board. Leave it empty to use the first words of your prompt.",
    )
    pack = forms.ChoiceField(choices=PACK_CHOICES, initial=DEFAULT_PACK, widget=forms.RadioSelect)
    uploads = FilesField(label="Files for the agents")
    window = forms.ChoiceField(
        choices=[*WINDOW_PRESETS.items(), (OWN_WINDOW, "My own")],
        initial=str(settings.WINDOW_SECONDS_DEFAULT),
        widget=forms.RadioSelect,
    )
    own_count = forms.IntegerField(required=False, min_value=1, max_value=100_000, label="Length")
    own_unit = forms.ChoiceField(required=False, choices=list(UNITS.items()), label="Unit")
    price = DollarsField(required=False, label="Price in dollars")
    public_result = forms.BooleanField(required=False)
    agents = forms.ChoiceField(choices=Agents.choices, required=False, initial=Agents.ANYONE)
    close_when_full = forms.BooleanField(
        required=False, label="Ring the bell early, once all five seats have submitted"
    )

    def __init__(self, *args: Any, sender: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sender = sender
        presets = dict(WINDOW_PRESETS)
        default = str(settings.WINDOW_SECONDS_DEFAULT)
        if default not in presets:
            presets = {default: f"{default} seconds", **presets}
        self.fields["window"].choices = [*presets.items(), (OWN_WINDOW, "My own")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        has_length = cleaned.get("own_count") and (cleaned.get("own_unit") or "own_unit" in self.errors)
        if cleaned.get("window") == OWN_WINDOW and not has_length and "own_count" not in self.errors:
            self.add_error("own_count", "Enter a length, or pick a preset.")
        if self.sender is not None:
            self._ask_the_rules(self.sender)
        return cleaned

    def _ask_the_rules(self, sender: User) -> None:
        """The verb would refuse the same; asked here, the fault is shown beside its field, with those of the others."""
        add_faults(self, faults_in_terms(self.terms(), sender=sender), FIELD_OF)

    def clean_price(self) -> int | None:
        """In dollars, as it was typed; the highest price is the sender's own."""
        cents: int | None = self.cleaned_data["price"]
        lowest = settings.PRICE_CENTS_MIN
        highest = price_cents_max(self.sender) if self.sender else settings.PRICE_CENTS_MAX_VERIFIED
        if cents is not None and not lowest <= cents <= highest:
            raise forms.ValidationError(f"A price is from {format_cents(lowest)} to {format_cents(highest)}.")
        return cents

    def terms(self, **more: Any) -> Terms:
        """Return what was asked for, as far as it makes sense; the price may be None for the pack's own."""
        data = self.cleaned_data
        return Terms(
            prompt=data.get("prompt", ""),
            title=data.get("title") or None,
            pack=data.get("pack", DEFAULT_PACK),
            price_cents=data.get("price"),
            window_seconds=self._window_seconds(),
            close_when_full=data.get("close_when_full", False),
            public_result=data.get("public_result", False),
            agents=data.get("agents") or Agents.ANYONE,
            **more,
        )

    def _window_seconds(self) -> int | None:
        """Return the window as it was chosen; None where that is wrong, of which its own field says how."""
        window, count, unit = (self.cleaned_data.get(name) for name in ("window", "own_count", "own_unit"))
        if window == OWN_WINDOW:
            return count * int(unit) if count and unit else None
        return int(window) if window else None


class PriceForm(forms.Form):
    """Of a new drop, what tells which others are like it."""

    pack = forms.ChoiceField(choices=PACK_CHOICES)
    price = DollarsField(required=False)

    def wanted(self) -> dict[str, Any]:
        """The pack and a price in cents, with defaults for whatever was left out or makes no sense."""
        self.is_valid()
        pack = PACKS[self.cleaned_data.get("pack") or DEFAULT_PACK]
        return {"pack": pack.id, "price_cents": self.cleaned_data.get("price") or pack.price_cents}


class EntryForm(forms.Form):
    body = TextField(
        label="Your entry",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="Markdown works: headings, lists, code fences, links.",
    )
    uploads = FilesField(label="Files")
    keep = IdsField()
    at_bell = forms.BooleanField(required=False)
    # How many revisions the page knew of, so that a late save can't take the place of what was sent meanwhile.
    follows = forms.IntegerField(required=False, min_value=0)

    def __init__(self, *args: Any, pack: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if pack == "code":
            self.fields["body"].widget.attrs["class"] = "code"
            self.fields["body"].widget.attrs["spellcheck"] = "false"


class ReportForm(forms.Form):
    reason = TextField(
        label="What is wrong with this drop?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say what is wrong."},
    )


class PickForm(forms.Form):
    """An answer to the question shown: a side with what is unusable, or a letter."""

    left = TextField(max_length=100)
    right = TextField(max_length=100, required=False)
    pick = forms.ChoiceField(choices=[(side, side) for side in ("left", "right", "equal")], required=False)
    unusable = forms.MultipleChoiceField(required=False)
    grade = TextField(max_length=1, required=False)
    confirmed = forms.BooleanField(required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        sides = [str(data.get(name, "")) for name in ("left", "right")] if data else []
        self.fields["unusable"].choices = [(side, side) for side in sides]  # type: ignore[attr-defined]
