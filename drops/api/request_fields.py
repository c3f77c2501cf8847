"""The bodies that come in. Their shape is checked here, their sense by the verbs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from core.api.fields import Body, Flag, Id, Moment, OneOf, Text, Verbatim, Whole
from core.text import REASON_CHARS_MAX, TOLD_CHARS_MAX, fault_in
from drops.contest.competing import text_fault
from drops.contest.terms import (
    DESCRIPTION_CHARS_MAX,
    ENV_VAR_CHARS_MAX,
    TITLE_CHARS_MAX,
    Terms,
    faults_in_terms,
)
from drops.models import Attachment
from drops.models.claim import SEATS_MAX
from drops.models.feedback import CHIPS_MAX, NOTE_CHARS_MAX
from drops.models.statuses import Agents, Thanks
from drops.packs import DEFAULT_PACK, PACKS

# Verbs' names of fields, as programs know them.
WIRE_NAMES = {"window_seconds": "time_limit_seconds", "env_vars": "envVars"}


class OwnFiles(serializers.ListField):
    """Ids of files of the caller's, read as the files in their order."""

    child = Id()
    default_error_messages = {"not_own": gettext_lazy("One of these files is not yours, or does not exist.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=settings.FILES_MAX, required=False, **options)
        self.error_messages["max_length"] = _("At most {most} files fit.").format(most=settings.FILES_MAX)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        ids = super().run_validation(data)
        own = Attachment.objects.filter(owner=self.context["caller"].pk).in_bulk(ids) if ids else {}
        if not set(ids) <= set(own):
            self.fail("not_own")
        return [own[key] for key in dict.fromkeys(ids)]


class TermsIn(Body):
    # Of an unpaid drop to change, or of an ended one to post again: what is missing stays as it was.
    prompt = Text(told=(1, settings.PROMPT_CHARS_MAX), required=False)
    pack = OneOf(PACKS, required=False, allow_null=True)
    price_cents = Whole(
        told=(settings.PRICE_CENTS_MIN, settings.PRICE_CENTS_MAX_VERIFIED),
        required=False,
        allow_null=True,
        help_text=f"Over {settings.PRICE_CENTS_MAX} only for proven senders. Null: the pack's.",
    )
    time_limit_seconds = Whole(
        told=(settings.WINDOW_SECONDS_MIN, settings.WINDOW_SECONDS_MAX), required=False, allow_null=True
    )
    title = Text(told=(0, TITLE_CHARS_MAX), required=False, allow_null=True)
    description = Text(told=(0, DESCRIPTION_CHARS_MAX), required=False, allow_null=True)
    attachments = OwnFiles(help_text="Ids of files you uploaded.")
    envVars = serializers.DictField(  # noqa: N815
        child=Verbatim(told=(0, ENV_VAR_CHARS_MAX)),
        required=False,
        help_text="Shown to claimants only. Keep them to proven agents, and leave out secrets you can't revoke.",
    )
    public_result = Flag(required=False)
    close_when_full = Flag(required=False)
    agents = serializers.ChoiceField(
        Agents.choices,
        required=False,
        allow_null=True,
        help_text="`proven`: seats only for agents with a grade that passed.",
    )

    def sense_faults(self, wanted: dict[str, Any]) -> dict[str, str]:
        base = self.context.get("base", Terms(prompt=""))
        faults = faults_in_terms(replace(base, **changes_from(wanted)), sender=self.context["caller"])
        return {WIRE_NAMES.get(name, name): fault for name, fault in faults.items()}


class RunIn(TermsIn):
    prompt = Text(told=(1, settings.PROMPT_CHARS_MAX))
    confirmed = Flag(required=False)


class PayIn(Body):
    terms_as_of = Moment(
        required=False,
        allow_null=True,
        help_text="The `updated_at` of the job that you saw. Where its terms were changed since, nothing is paid.",
    )


class ThankIn(Body):
    thanks = serializers.ChoiceField(Thanks.choices)


# Fields of a body that are terms by another name, and what null stands for where it is not "none".
_TERM_OF = {"time_limit_seconds": "window_seconds", "envVars": "env_vars"}
_NULL = {"pack": DEFAULT_PACK, "agents": Agents.ANYONE}


def changes_from(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the terms that a body names, by the names of `Terms`; null is the default."""
    terms = {_TERM_OF.get(name, name): value for name, value in wanted.items() if name in TermsIn().fields}
    return {name: _NULL.get(name) if value is None else value for name, value in terms.items()}


def terms_from(wanted: dict[str, Any]) -> Terms:
    """Return what a body asks for, as terms; null is as good as missing."""
    return Terms(**{"prompt": "", **changes_from(wanted)})


class ClaimIn(Body):
    agent_id = Id(required=False, allow_null=True, help_text="A legacy profile of yours to name.")


class SubmitIn(Body):
    body = Text(told=(0, settings.SUBMISSION_CHARS_MAX), required=False, allow_null=True)
    output = Text(
        told=(0, settings.SUBMISSION_CHARS_MAX),
        required=False,
        allow_null=True,
        help_text="Read as `body` where that is missing.",
    )
    attachments = OwnFiles(help_text="Ids of files you uploaded.")

    def sense_faults(self, wanted: dict[str, Any]) -> dict[str, str]:
        fault = text_fault(text_of(wanted), required=False)
        return {"body": fault} if fault else {}


def text_of(wanted: dict[str, Any]) -> str:
    """Return the text of a body's entry, by either of its names."""
    body = wanted.get("body")
    return (wanted.get("output") or "") if body is None else body


class DraftIn(Body):
    body = Text(
        told=(0, settings.SUBMISSION_CHARS_MAX), required=False, help_text="All of it: what is missing is empty."
    )
    attachments = OwnFiles(help_text="Ids of files you uploaded.")
    at_bell = Flag(required=False, help_text="Submit it at the bell. Missing means no.")
    follows = Whole(
        min_value=0,
        max_value=settings.REVISIONS_MAX,
        required=False,
        allow_null=True,
        help_text="How many revisions you knew of. Where there are more by now, the draft is refused.",
    )

    def sense_faults(self, wanted: dict[str, Any]) -> dict[str, str]:
        fault = text_fault(wanted.get("body", ""), required=False)
        return {"body": fault} if fault else {}


class RemarkIn(Body):
    id = Id(help_text="The entry it is about.")
    chips = serializers.ListField(
        child=Text(told=(1, 60)),
        required=False,
        max_length=CHIPS_MAX,
        help_text="Ids of the question's `chips`; two are of different criteria.",
    )
    note = Text(told=(0, NOTE_CHARS_MAX), required=False, help_text="One line to its agent.")


class PickIn(Body):
    left = Id()
    right = Id(required=False, allow_null=True)
    pick = serializers.ChoiceField(["left", "right", "equal"], required=False, allow_null=True)
    unusable = serializers.ListField(child=Id(), required=False, max_length=2)
    grade = serializers.ChoiceField(list("SABCDF"), required=False, allow_null=True)
    feedback = serializers.ListField(
        child=RemarkIn(),
        required=False,
        max_length=SEATS_MAX,
        help_text="What agents are told of their entries after the end; it takes the place of what was said before.",
    )
    reason = Text(
        told=(0, TOLD_CHARS_MAX - 1),
        required=False,
        help_text="Moderators must send it with the answer that ends the drop: why, for its sender and all agents.",
    )
    private_note = Text(
        told=(0, REASON_CHARS_MAX), required=False, help_text="Moderators, with `reason`: a note that they alone read."
    )
    pays_linked = serializers.BooleanField(
        required=False,
        help_text="Moderators: pay the winner though they seem to belong together with the sender (`linked_winner`).",
    )

    def sense_faults(self, wanted: dict[str, Any]) -> dict[str, str]:
        bounds = {"reason": TOLD_CHARS_MAX - 1, "private_note": REASON_CHARS_MAX}
        faults = {name: fault_in(wanted.get(name, ""), chars_max=most, required=False) for name, most in bounds.items()}
        return {name: fault for name, fault in faults.items() if fault}


class ReasonIn(Body):
    reason = Text(told=(1, REASON_CHARS_MAX))


class AppealIn(ReasonIn):
    pass


class ReportIn(ReasonIn):
    about = serializers.ChoiceField(
        ["drop", "feedback"],
        required=False,
        help_text="`feedback`: what whoever judged told you of your entry. Missing: the drop.",
    )


class FileIn(Body):
    file = serializers.FileField()
