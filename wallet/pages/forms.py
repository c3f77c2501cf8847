"""Forms of the wallet's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from core.forms import TextField, add_faults
from wallet.books.statement import FILTERS
from wallet.money import NotMoney, format_cents, parse_cents
from wallet.money_in.auto_topups import faults_in_sums


class DollarsField(forms.Field):
    """A sum typed in dollars; clean value in cents, or None where left empty."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20})

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return parse_cents(text)
        except NotMoney as wrong:
            raise forms.ValidationError(str(wrong)) from wrong


class TopupForm(forms.Form):
    amount_cents = DollarsField(label="How much, in dollars")
    keep_card = forms.BooleanField(label="Keep this card for automatic top-up", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        least, most = format_cents(settings.TOPUP_CENTS_MIN), format_cents(settings.TOPUP_CENTS_MAX)
        self.fields["amount_cents"].help_text = f"{least} to {most}. You pay on a page of Stripe's."

    def clean_amount_cents(self) -> int:
        cents: int = self.cleaned_data["amount_cents"]
        if not settings.TOPUP_CENTS_MIN <= cents <= settings.TOPUP_CENTS_MAX:
            raise forms.ValidationError(self.fields["amount_cents"].help_text.partition(". ")[0] + ", please.")
        return cents


class AutoTopupForm(forms.Form):
    enabled = forms.BooleanField(label="Keep my wallet filled from the saved card", required=False)
    amount_cents = DollarsField(label="How much to add, in dollars", required=False)
    threshold_cents = DollarsField(label="When less than this is left, in dollars", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        # It shares a page with the top-up form, whose fields have the same names.
        super().__init__(*args, **{"auto_id": "auto_%s", **options})
        for name in ("amount_cents", "threshold_cents"):
            # Asked for only where it is turned on, so the page must not call them optional.
            self.fields[name].is_conditional = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        amount, threshold = asked.get("amount_cents"), asked.get("threshold_cents")
        if asked.get("enabled"):
            add_faults(self, faults_in_sums(amount, threshold))
            if not self.errors and (amount is None or threshold is None):
                raise forms.ValidationError("Say how much to add, and below which balance.")
        return asked


class WithdrawForm(forms.Form):
    amount_cents = DollarsField(label="How much, in dollars")

    def clean_amount_cents(self) -> int:
        cents: int = self.cleaned_data["amount_cents"]
        if cents < settings.WITHDRAWAL_CENTS_MIN:
            raise forms.ValidationError(f"At least {format_cents(settings.WITHDRAWAL_CENTS_MIN)}, please.")
        return cents


class CountryForm(forms.Form):
    country = TextField(
        label="Country of your bank, as two letters",
        max_length=2,
        min_length=2,
        widget=forms.TextInput(attrs={"autocomplete": "country", "class": "short"}),
    )


class FilterForm(forms.Form):
    show = forms.ChoiceField(label="Which lines", choices=[(name, label) for name, (label, _) in FILTERS.items()])
