"""Entries, their revisions and files. Texts, names and sizes stay out of every page here: whoever moderates reads
an entry by a verb that first writes down who does, and why."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin_base import ReadOnlyInline, Verb, VerbAdmin
from core.words import sentences
from drops.admin.case_openers import OPEN_ENTRY_CASE
from drops.admin.own_contests import ContestAdmin
from drops.admin.takedowns import HIDE_FILE, HIDE_WORK, UNHIDE_FILE, UNHIDE_WORK
from drops.models import Attachment, Drop, Revision, Submission
from drops.models.submission import RevisionFile
from drops.moderation import decisions, disqualifying
from drops.moderation.by_two import is_refund
from drops.moderation.disqualifying import takes_two
from wallet.books import ledger
from wallet.money import format_cents

CHANGE = "drops.change_submission"


def after_disqualifying(submission: Submission) -> str:
    drop = submission.drop
    meaning = _money_of(submission, drop)
    return str(sentences(meaning, _("Another person must approve it."))) if takes_two(submission, drop) else meaning


def _money_of(submission: Submission, drop: Drop) -> str:
    held = format_cents(ledger.escrow_cents(drop.reference))
    if is_refund(submission, drop):
        ends = _("No other entry stands, so the drop ends here and {held} goes back to {email}.")
        goes_on = _("There's no other entry: unless one comes before the bell, {held} goes back to {email}.")
        return (ends if drop.is_ranking else goes_on).format(held=held, email=drop.sender.email)
    return _("No money moves: {held} stays in escrow, but this entry can no longer win it.").format(held=held)


READ = Verb(
    name="read",
    label=gettext_lazy("Read this entry"),
    meaning=gettext_lazy("Shows the text that counts now. That you read it is on record before you see it."),
    permission=CHANGE,
    subject="submission",
    call=decisions.read_entry,
    fits=lambda submission: True,
    shows="admin/entry_text.html",
    # Each text has a reason of its own to be read for.
    rows_max=1,
)
DISQUALIFY = Verb(
    name="disqualify",
    tells=gettext_lazy("Its author"),
    label=gettext_lazy("Disqualify"),
    meaning=gettext_lazy(
        "Takes an entry out of the contest before the verdict. Its author is told why; judging "
        "that has begun starts afresh without it."
    ),
    permission=CHANGE,
    subject="submission",
    call=disqualifying.disqualify_entry,
    money=after_disqualifying,
    fits=lambda submission: submission.disqualified_at is None and not submission.drop.is_ended,
)


class RevisionInline(ReadOnlyInline):
    model = Revision
    fields = ("number", "received_at")
    ordering = ("number",)


@admin.register(Submission)
class SubmissionAdmin(VerbAdmin, ContestAdmin):
    says_why = True
    verbs = (READ, DISQUALIFY, HIDE_WORK, UNHIDE_WORK, OPEN_ENTRY_CASE)
    list_display = ("id", "drop", "user", "grade", "place", "disqualified_at", "created_at")
    list_filter = ("grade", ("disqualified_at", admin.EmptyFieldListFilter))
    list_select_related = ("drop", "user")
    search_fields = ("=id", "=drop__id", "^user__email")
    ordering = ("-created_at", "-id")
    inlines = (RevisionInline,)
    fields = (
        "drop",
        "claim",
        "user",
        "grade",
        "place",
        "gap",
        "reasons",
        "disqualified_at",
        "disqualified_reason",
        "created_at",
    )


@admin.register(Revision)
class RevisionAdmin(ContestAdmin):
    contests = ("submission__drop",)
    list_display = ("id", "submission", "number", "received_at")
    fields = ("submission", "number", "received_at", "receipt")
    readonly_fields = ("receipt",)
    list_select_related = ("submission",)
    search_fields = ("=id", "=submission__id")
    ordering = ("-received_at", "-id")

    @admin.display(description=gettext_lazy("receipt (SHA-256)"))
    def receipt(self, revision: Revision) -> str:
        # A digest lets one test a guess, so it is as sealed as the text.
        return revision.sha256 if revision.submission.drop.is_ended else _("sealed until the drop ends")


@admin.register(RevisionFile)
class RevisionFileAdmin(ContestAdmin):
    contests = ("revision__submission__drop",)
    list_display = ("id", "revision", "attachment")
    list_select_related = ("revision", "attachment")
    search_fields = ("=revision__id", "=attachment__id")
    ordering = ("-id",)


@admin.register(Attachment)
class AttachmentAdmin(VerbAdmin, ContestAdmin):
    """A drop's input is named; any other file may belong to an entry, so only that it exists is told."""

    contests = ("revisions__submission__drop", "input_of")
    verbs = (HIDE_FILE, UNHIDE_FILE)
    list_display = ("id", "owner", "file_name", "created_at")
    fields = ("owner", "file_name", "media_type", "file_size", "digest", "created_at")
    readonly_fields = ("file_name", "media_type", "file_size", "digest")
    list_select_related = ("owner",)
    search_fields = ("=id", "^owner__email")
    ordering = ("-created_at", "-id")
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        inputs = Drop.attachments.through.objects.filter(attachment=OuterRef("pk"))
        entries = RevisionFile.objects.filter(attachment=OuterRef("pk"))
        return super().get_queryset(request).annotate(is_named=Exists(inputs) & ~Exists(entries))

    def told(self, attachment: Any, value: object) -> str:
        return str(value) if attachment.is_named else "sealed"

    @admin.display(description=gettext_lazy("name"))
    def file_name(self, attachment: Attachment) -> str:
        return self.told(attachment, attachment.name)

    @admin.display(description=gettext_lazy("type"))
    def media_type(self, attachment: Attachment) -> str:
        return self.told(attachment, attachment.content_type)

    @admin.display(description=gettext_lazy("bytes"))
    def file_size(self, attachment: Attachment) -> str:
        return self.told(attachment, attachment.size)

    @admin.display(description=gettext_lazy("SHA-256"))
    def digest(self, attachment: Attachment) -> str:
        return self.told(attachment, attachment.sha256)
