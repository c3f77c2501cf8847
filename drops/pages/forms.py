"""Forms check shape only: whether a text is a sum of money, a choice one of the choices. Rules are the verbs'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import TextField
from drops.packs import PACKS

PACK_CHOICES = [(pack.id, pack.name) for pack in PACKS.values()]


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
            raise forms.ValidationError(
                gettext("At most {most} files fit; these are {files}.").format(
                    most=settings.FILES_MAX, files=len(files)
                )
            )
        return files


class IdsField(forms.MultipleChoiceField):
    """Any number of ids; which of them exist, and whose they are, is asked of the database."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.MultipleHiddenInput())

    def validate(self, value: Any) -> None:
        uuid = forms.UUIDField()
        for text in value:
            uuid.clean(text)


class EntryForm(forms.Form):
    body = TextField(
        label=_("Your entry"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Markdown works: headings, lists, code fences, links."),
    )
    uploads = FilesField(label=_("Files"))
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
    about = forms.ChoiceField(choices=[("drop", "drop"), ("feedback", "feedback")], required=False)
    reason = TextField(
        label=_("What is wrong with this drop?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say what is wrong.")},
    )

    @classmethod
    def about_feedback(cls) -> ReportForm:
        """Return the empty form for a report of feedback, which may stand beside that for the drop."""
        form = cls(auto_id="feedback_%s")
        form.fields["reason"].label = _("What is wrong with this feedback?")
        return form
