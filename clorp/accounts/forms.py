"""Forms of the account pages."""

from __future__ import annotations

from django import forms

from clorp.accounts.models import Scope, User, all_scopes


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name",)
        labels = {"name": "Name"}
        help_texts = {"name": "Shown to you and to our moderators. Rivals and senders see a seat number."}


class KeyForm(forms.Form):
    name = forms.CharField(label="Name", max_length=80, help_text="So that you know it again, such as “laptop”.")
    scopes = forms.MultipleChoiceField(
        label="It may",
        choices=Scope.choices,
        initial=all_scopes,
        widget=forms.CheckboxSelectMultiple,
    )
