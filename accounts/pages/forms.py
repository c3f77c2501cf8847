"""Forms of the account pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import MailChoice, Scope
from accounts.models.notifications import URL_CHARS_MAX
from accounts.notifications.preferences import Channels
from accounts.notifications.topics import Topic
from accounts.profiles import NAME_CHARS_MAX, faults_in_profile, name_fault
from core.forms import TextField, add_faults


class ProfileForm(forms.Form):
    """No form of the model: that would write what was typed into the viewer of this request, and its constraints
    name no field. The verb says what is wrong."""

    name = TextField(
        label=_("Name"),
        required=False,
        max_length=NAME_CHARS_MAX,
        empty_value=None,
        help_text=_("Only you and our moderators see it. Rivals and senders see a seat number."),
    )
    handle = TextField(
        label=_("Handle"),
        required=False,
        help_text=_(
            "With a handle you get a public profile with your grades and a place on the leaderboard. Both count drops "
            "up to yesterday, UTC, and don't name them. Leave it empty to stay private."
        ),
    )

    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=lambda: [("", _("As my browser asks")), *settings.LANGUAGES],
        help_text=_("For pages, notifications and mails. Programs get English unless they ask for another."),
    )

    def clean_handle(self) -> str | None:
        return self.cleaned_data["handle"].lower() or None

    def clean(self) -> None:
        add_faults(self, faults_in_profile(self.cleaned_data))


class KeyForm(forms.Form):
    name = TextField(
        label=_("Key name"),
        max_length=80,
        help_text=_("So you can tell it apart, such as “laptop”."),
        error_messages={"required": _("Give it a name.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=Scope.choices,
        # What most programs need; whoever wants more says so.
        initial=[Scope.READ, Scope.COMPETE],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one thing that it may do.")},
    )

    def clean(self) -> None:
        if fault := name_fault(self.cleaned_data.get("name", "key")):
            self.add_error("name", fault)


class WebhookForm(forms.Form):
    url = TextField(
        label=_("Your URL"),
        max_length=URL_CHARS_MAX,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://example.com/clorp"}),
        help_text=_("It starts with https:// and is reachable from the internet."),
        error_messages={"required": _("Enter the URL.")},
    )


class ChannelsForm(forms.Form):
    """By which channels somebody hears of one topic; one of several on its page, told apart by a prefix."""

    bell = forms.BooleanField(label=_("Show in inbox"), required=False)
    mail = forms.ChoiceField(label=_("Mail"), choices=MailChoice.choices)
    webhook = forms.BooleanField(label=_("Send to my webhooks"), required=False)
    push = forms.BooleanField(label=_("Show in my browsers"), required=False)

    def __init__(self, topic: Topic, channels: Channels, data: Any = None) -> None:
        initial = {"bell": channels.bell, "mail": channels.mail, "webhook": channels.webhook, "push": channels.push}
        super().__init__(data, prefix=topic.slug, initial=initial)
        self.topic = topic
        if topic.is_always_mailed:
            del self.fields["mail"]

    def channels(self) -> Channels:
        chosen = self.cleaned_data
        mail = MailChoice(chosen.get("mail", MailChoice.AT_ONCE))
        return Channels(chosen["bell"], mail, chosen["webhook"], chosen["push"])


class BrowserForm(forms.Form):
    """An address and keys as a script has learnt them from the browser; the verb judges them."""

    endpoint = TextField(required=False, max_length=2_000, widget=forms.HiddenInput())
    p256dh = TextField(required=False, max_length=200, widget=forms.HiddenInput())
    auth = TextField(required=False, max_length=200, widget=forms.HiddenInput())
