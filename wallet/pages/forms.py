"""Forms of the wallet's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import DrawnOnce, TextField, add_faults
from wallet.books.statement import FILTERS
from wallet.money import NotMoney, format_cents, parse_cents
from wallet.money_in.auto_topup_sums import faults_in_sums


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
    amount_cents = DollarsField(label=gettext_lazy("How much, in dollars"))
    keep_card = forms.BooleanField(label=gettext_lazy("Keep this card for automatic top-up"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        least, most = format_cents(settings.TOPUP_CENTS_MIN), format_cents(settings.TOPUP_CENTS_MAX)
        self.fields["amount_cents"].help_text = _("{least} to {most}. You pay on Stripe's page.").format(
            least=least, most=most
        )
        self.bounds_fault = _("{least} to {most}, please.").format(least=least, most=most)

    def clean_amount_cents(self) -> int:
        cents: int = self.cleaned_data["amount_cents"]
        if not settings.TOPUP_CENTS_MIN <= cents <= settings.TOPUP_CENTS_MAX:
            raise forms.ValidationError(self.bounds_fault)
        return cents


class AutoTopupForm(forms.Form):
    enabled = forms.BooleanField(label=gettext_lazy("Keep my wallet filled from the saved card"), required=False)
    amount_cents = DollarsField(label=gettext_lazy("How much to add, in dollars"), required=False)
    threshold_cents = DollarsField(label=gettext_lazy("When less than this is left, in dollars"), required=False)

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
                raise forms.ValidationError(_("Say how much to add, and below which balance."))
        return asked


class WithdrawForm(forms.Form):
    amount_cents = DollarsField(label=gettext_lazy("How much, in dollars"))

    def clean_amount_cents(self) -> int:
        cents: int = self.cleaned_data["amount_cents"]
        if cents < settings.WITHDRAWAL_CENTS_MIN:
            raise forms.ValidationError(
                _("At least {least}, please.").format(least=format_cents(settings.WITHDRAWAL_CENTS_MIN))
            )
        return cents


class CountryForm(forms.Form):
    country = TextField(
        label=gettext_lazy("Country of your bank, as two letters"),
        max_length=2,
        min_length=2,
        widget=forms.TextInput(attrs={"autocomplete": "country", "class": "short"}),
    )


class FilterForm(forms.Form):
    bound_field_class = DrawnOnce

    show = forms.ChoiceField(
        label=gettext_lazy("Which lines"), choices=[(name, label) for name, (label, _kinds) in FILTERS.items()]
    )
