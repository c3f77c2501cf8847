"""Drops, claims and cooldowns."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from core import clock
from core.admin_base import QueueFilter, ReadOnlyInline, Verb, VerbAdmin, link_to
from drops.admin.case_openers import OPEN_DROP_CASE
from drops.admin.own_contests import ContestAdmin
from drops.admin.rounds import RoundInline
from drops.admin.takedowns import HIDE_DROP, UNHIDE_DROP
from drops.admin.timeline import timeline_of
from drops.judging.panel.held import held_by_panel
from drops.judging.rounds import HELD_REASON_CHARS_MAX
from drops.models import Claim, Cooldown, Drop, Submission, Takedown
from drops.models.search import saying
from drops.moderation import decisions
from wallet.books import ledger
from wallet.money import fee_cents, format_cents, net_cents

CHANGE = "drops.change_drop"


def refund(drop: Drop) -> str:
    """Return what happens to the money when `drop` ends here."""
    held = ledger.escrow_cents(drop.reference)
    if not held:
        return _("Nothing is held for this drop, so no money moves.")
    return _("{held} goes from escrow back to {email}, as {entry}. Nobody is paid.").format(
        held=format_cents(held), email=drop.sender.email, entry=f"refund:{drop.pk}"
    )


def stays_held(drop: Drop) -> str:
    held = format_cents(ledger.escrow_cents(drop.reference))
    return _("No money moves: {held} stays in escrow.").format(held=held)


def waits_for_verdict(drop: Drop) -> str:
    net, fee = net_cents(drop.price_cents), fee_cents(drop.price_cents)
    verdict = (
        _("Your verdict pays {net} to the winner, less a fee of {fee}, or refunds the sender where nothing passes.")
        if fee
        else _("Your verdict pays {net} to the winner, or refunds the sender where nothing passes.")
    )
    return f"{stays_held(drop)} {verdict.format(net=format_cents(net), fee=format_cents(fee))}"


def picks_page(drop: Drop) -> tuple[str, str]:
    return _("Compare its entries now"), reverse("drop_picks", args=[drop.pk])


def stands(drop: Drop) -> str:
    """Return where a drop stands, for whoever comes too late to act on it."""
    if drop.is_ended:
        return _("It has ended: {reason}.").format(reason=drop.get_outcome_reason_display())
    if drop.is_ranking:
        if not drop.current_round:
            return _("Its bell has rung, and it is being judged.")
        return _("Its bell has rung, and it is being judged by {judge}.").format(judge=drop.round.get_judge_display())
    if drop.is_open:
        return _("It is open.") if drop.accepts_entries(clock.now()) else _("Its bell has just rung.")
    return _("It has not been paid for.")


REMOVE = Verb(
    name="remove",
    tells=gettext_lazy("Its sender"),
    label=gettext_lazy("Remove and refund"),
    meaning=gettext_lazy(
        "Takes an open drop off the site. Its sender and all who hold a seat are told; entries stay sealed."
    ),
    permission=CHANGE,
    subject="drop",
    call=decisions.remove_drop,
    money=refund,
    fits=lambda drop: drop.is_open,
    stands=stands,
)
STOP = Verb(
    name="stop",
    tells=gettext_lazy("Its sender"),
    label=gettext_lazy("Stop and refund"),
    meaning=gettext_lazy("Ends a drop that is being ranked, without a winner. Its sender and its agents are told."),
    permission=CHANGE,
    subject="drop",
    call=decisions.stop_drop,
    money=refund,
    fits=lambda drop: drop.is_ranking,
    stands=stands,
)
EXTEND = Verb(
    name="extend",
    tells=gettext_lazy("Everybody on the drop"),
    label=gettext_lazy("Extend for everyone"),
    meaning=gettext_lazy(
        "Moves the bell of an open drop, and what it would cut off; its sender and all who hold a seat are told."
    ),
    permission=CHANGE,
    subject="drop",
    call=decisions.extend_window,
    money=stays_held,
    fits=lambda drop: drop.accepts_entries(clock.now()),
    stands=stands,
    watches=("window_closes_at",),
    fields={
        "seconds": forms.IntegerField(
            label=gettext_lazy("By how many seconds"),
            min_value=1,
            max_value=decisions.EXTENSION_SECONDS_MAX,
            initial=600,
        )
    },
)
JUDGE = Verb(
    name="judge-by-hand",
    tells=gettext_lazy("Its sender"),
    told_chars_max=HELD_REASON_CHARS_MAX,
    label=gettext_lazy("Judge by hand"),
    meaning=gettext_lazy(
        "Takes the verdict over from whoever judges now. Answers given so far stay on record but count no more."
    ),
    permission=CHANGE,
    subject="drop",
    call=decisions.judge_by_hand,
    money=waits_for_verdict,
    fits=lambda drop: drop.is_ranking and drop.judge != "staff",
    stands=stands,
    link=picks_page,
)


TOLD_FIRST = ("sender", "price", "escrow", "pack", "prompt", "description")


class DropQueues(QueueFilter):
    queues = {
        "judge": (gettext_lazy("drops to judge"), Drop.objects.waiting_for_staff),
        "stuck": (gettext_lazy("rankings nobody has begun"), Drop.objects.without_judge),
        "reported": (gettext_lazy("with open reports"), Drop.objects.reported),
    }


class SubmissionInline(ReadOnlyInline):
    model = Submission
    fields = ("user", "grade", "place", "disqualified_at", "created_at")
    ordering = ("created_at",)
    verbose_name_plural = gettext_lazy("entries (their texts are read by “Read this entry” alone)")


class ClaimInline(ReadOnlyInline):
    model = Claim
    fields = ("seat", "user", "created_at", "lease_expires_at", "ended_at", "end_reason")
    ordering = ("created_at",)


@admin.register(Drop)
class DropAdmin(VerbAdmin, ContestAdmin):
    contests = ("pk",)
    says_why = True
    verbs = (REMOVE, STOP, EXTEND, JUDGE, HIDE_DROP, UNHIDE_DROP, OPEN_DROP_CASE)
    list_display = ("heading", "status", "price", "seats", "judge", "grade", "window_closes_at", "sender")
    list_filter = (DropQueues, "status", "pack", "outcome_reason", "current_round__judge")
    list_select_related = ("sender", "current_round")
    search_fields = ("=id", "^sender__email")
    ordering = ("-created_at", "-id")
    inlines = (ClaimInline, SubmissionInline, RoundInline)
    fieldsets = (
        (None, {"fields": ("status", "outcome_reason", "out_of_sight", *TOLD_FIRST)}),
        (
            gettext_lazy("Window"),
            {"fields": ("created_at", "paid_at", "window_seconds", "window_closes_at", "closed_at", "ended_at")},
        ),
        (
            gettext_lazy("Verdict"),
            {
                "fields": (
                    "judge",
                    "judge_deadline_at",
                    "held_reason",
                    "grade",
                    "winner",
                    "is_linked",
                    "rationale",
                    "moderators_told",
                )
            },
        ),
        (
            pgettext_lazy("of a drop", "Terms"),
            {"fields": ("title", "agents", "close_when_full", "public_result", "env_var_names", "files", "origin")},
        ),
        (gettext_lazy("To whoever won"), {"fields": ("thanks", "winner_invited_at", "winner_told_at")}),
        (gettext_lazy("Counts"), {"fields": ("claims_count", "submissions_count")}),
    )
    readonly_fields = (
        "out_of_sight",
        "price",
        "escrow",
        "judge",
        "judge_deadline_at",
        "held_reason",
        "winner",
        "env_var_names",
        "files",
    )

    def search_ways(self, request: HttpRequest, words: str) -> list[Any]:
        """Find drops by the words of their title and prompt too."""
        return [*super().search_ways(request, words), Drop.objects.filter(*saying(words))]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        drop = self.get_object(request, object_id)
        held = held_by_panel(drop) if drop and drop.is_ranking else None
        context = {"timeline": timeline_of(drop, cast(User, request.user)) if drop else [], "held": held}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    @admin.display(description=gettext_lazy("out of sight"))
    def out_of_sight(self, drop: Drop) -> str:
        """Return what its sender was told when it was taken out of sight."""
        return Takedown.objects.standing().of(drop).values_list("told", flat=True).first() or "-"

    @admin.display(description=gettext_lazy("price"), ordering="price_cents")
    def price(self, drop: Drop) -> str:
        return format_cents(drop.price_cents)

    @admin.display(description=gettext_lazy("in escrow"))
    def escrow(self, drop: Drop) -> str:
        return format_cents(ledger.escrow_cents(drop.reference))

    @admin.display(description=gettext_lazy("seats · entries"))
    def seats(self, drop: Drop) -> str:
        return f"{drop.claims_count} · {drop.submissions_count}"

    @admin.display(description=gettext_lazy("judge"), ordering="current_round__judge")
    def judge(self, drop: Drop) -> str:
        return str(drop.round.get_judge_display()) if drop.current_round else "-"

    @admin.display(description=gettext_lazy("judge deadline at"))
    def judge_deadline_at(self, drop: Drop) -> datetime | None:
        return drop.round.deadline_at if drop.current_round else None

    @admin.display(description=gettext_lazy("held reason"))
    def held_reason(self, drop: Drop) -> str:
        return drop.round.held_reason if drop.current_round else ""

    @admin.display(description=gettext_lazy("winner"))
    def winner(self, drop: Drop) -> str:
        return link_to(drop.winning_submission)

    @admin.display(description=gettext_lazy("variables for agents"))
    def env_var_names(self, drop: Drop) -> str:
        """Their values are between the sender and whoever holds a seat."""
        return ", ".join(sorted(drop.env_vars)) or "-"

    @admin.display(description=gettext_lazy("input files"))
    def files(self, drop: Drop) -> str:
        links = [(link_to(file, file.name),) for file in drop.attachments.order_by("created_at", "pk")]
        return format_html_join(", ", "{}", links) or "-"


@admin.register(Claim)
class ClaimAdmin(ContestAdmin):
    list_display = ("id", "drop", "seat", "user", "created_at", "lease_expires_at", "ended_at", "end_reason")
    list_filter = ("end_reason",)
    list_select_related = ("drop", "user")
    search_fields = ("=id", "=drop__id", "^user__email")
    ordering = ("-created_at", "-id")


@admin.register(Cooldown)
class CooldownAdmin(ContestAdmin):
    list_display = ("id", "user", "drop", "expires_at", "created_at")
    list_select_related = ("drop", "user")
    search_fields = ("=drop__id", "^user__email")
    ordering = ("-created_at", "-id")
