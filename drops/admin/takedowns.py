"""Out of sight and back: the same two buttons on drops, winning work, files and people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin_base import Verb
from core.words import Words
from drops.admin.own_contests import ContestAdmin
from drops.models import Takedown
from drops.moderation import takedowns

# What its two verbs are called: out of sight, and back.
LABELS = {
    "drop": (gettext_lazy("Take the drop out of sight"), gettext_lazy("Bring the drop back into sight")),
    "work": (gettext_lazy("Take the work out of sight"), gettext_lazy("Bring the work back into sight")),
    "file": (gettext_lazy("Take the file out of sight"), gettext_lazy("Bring the file back into sight")),
    "profile": (gettext_lazy("Take the profile out of sight"), gettext_lazy("Bring the profile back into sight")),
}


def is_hidden(row: Any) -> bool:
    return Takedown.objects.standing().of(row).exists()


def no_money_at_all(_row: Any) -> str:
    return _("No money moves, and none is held back.")


def pair_of(
    kind: str,
    hide: Callable[..., Any],
    unhide: Callable[..., Any],
    *,
    subject: str,
    permission: str,
    tells: Words,
    meaning: Words,
    shows: Callable[[Any], bool] = lambda row: True,
) -> tuple[Verb, Verb]:
    """Return the verbs that hide and bring back; `shows` is whether others see such a row at all."""
    shared: dict[str, Any] = {"permission": permission, "subject": subject, "tells": tells, "money": no_money_at_all}
    hidden = Verb(
        name=f"hide-{kind}",
        label=LABELS[kind][0],
        meaning=meaning,
        call=hide,
        fits=lambda row: shows(row) and not is_hidden(row),
        **shared,
    )
    shown = Verb(
        name=f"unhide-{kind}",
        label=LABELS[kind][1],
        meaning=gettext_lazy("Undoes it: whoever could see it before can again."),
        call=unhide,
        fits=is_hidden,
        **shared,
    )
    return hidden, shown


HIDE_DROP, UNHIDE_DROP = pair_of(
    "drop",
    takedowns.hide_drop,
    takedowns.unhide_drop,
    subject="drop",
    permission="drops.change_drop",
    tells=gettext_lazy("Its sender"),
    meaning=gettext_lazy(
        "At any status: only moderators and its sender find it any more, and the sender reads "
        "why. Open pages go blank. The drop goes on as it would, to its bell and its verdict."
    ),
)
HIDE_WORK, UNHIDE_WORK = pair_of(
    "work",
    takedowns.hide_work,
    takedowns.unhide_work,
    subject="submission",
    permission="drops.change_submission",
    tells=gettext_lazy("Its author"),
    meaning=gettext_lazy(
        "Only its author reads the work that won any more, not even the sender. Grade and prize stand."
    ),
    shows=lambda submission: submission.is_winner,
)
HIDE_FILE, UNHIDE_FILE = pair_of(
    "file",
    takedowns.hide_file,
    takedowns.unhide_file,
    subject="attachment",
    permission="drops.change_submission",
    tells=gettext_lazy("Its owner"),
    meaning=gettext_lazy(
        "Only its owner gets the file any more, wherever it is attached. Judges that have it keep it."
    ),
)
HIDE_PROFILE, UNHIDE_PROFILE = pair_of(
    "profile",
    takedowns.hide_profile,
    takedowns.unhide_profile,
    subject="user",
    permission="accounts.change_user",
    tells=gettext_lazy("Whose it is"),
    meaning=gettext_lazy("Profile and place on the leaderboard are gone. Nothing else about the account changes."),
)


@admin.register(Takedown)
class TakedownAdmin(ContestAdmin):
    contests = ("drop", "submission__drop", "attachment__revisions__submission__drop", "attachment__input_of")
    list_display = ("id", "drop", "submission", "attachment", "profile", "told", "hidden_at", "lifted_at")
    list_filter = (("lifted_at", admin.EmptyFieldListFilter),)
    list_select_related = ("drop", "submission", "attachment", "profile")
    search_fields = ("=drop__id", "=submission__id", "=attachment__id", "^profile__email")
    ordering = ("-id",)
