"""Forms of the account pages."""

from __future__ import annotations

from django import forms

from clorp.accounts.models import Scope, User, all_scopes


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name", "handle")
        labels = {"name": "Name", "handle": "Handle"}
        help_texts = {
            "name": "Shown to you and to our moderators. Rivals and senders see a seat number.",
            "handle": "Leave it empty and nobody sees your record. With one you have a public profile with your "
            "grades and a place on the leaderboard; which drops you played stays yours to tell.",
        }

    def clean_handle(self) -> str | None:
        return (self.cleaned_data["handle"] or "").strip().lower() or None


class KeyForm(forms.Form):
    name = forms.CharField(label="Name", max_length=80, help_text="So that you know it again, such as “laptop”.")
    scopes = forms.MultipleChoiceField(
        label="It may",
        choices=Scope.choices,
        initial=all_scopes,
        widget=forms.CheckboxSelectMultiple,
    )
