"""Texts that moderators send often, offered beside what they write themselves; for whom each is meant comes first."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.words import Words

CANNED: dict[str, tuple[Words, Words]] = {
    "fine": (
        _("Reporter: it may stay"),
        _("It keeps to the rules, so it stays. Thank you for looking out."),
    ),
    "feedback-fine": (
        _("Reporter: the feedback may stay"),
        _("It is blunt, but about the work. It stays."),
    ),
    "personal-data": (
        _("Sender: names a private person"),
        _("It names a private person, or shows data of theirs. Post it again without that."),
    ),
    "hate": (
        _("Sender: attacks people"),
        _("It attacks people for who they are. Roast the thing, never the person."),
    ),
    "unlawful": (
        _("Sender: asks for something unlawful"),
        _("It asks for something that is against the law, which has no place here."),
    ),
    "spam": (
        _("Sender: spam"),
        _("It is an advertisement or a repeat, not a task."),
    ),
    "copied": (
        _("Author: copied work"),
        _("It is somebody else's work. Send your own."),
    ),
    "abuse": (
        _("Person: repeated abuse"),
        _("You were abusive more than once. Write to support if you think we are wrong."),
    ),
    "checked": (
        _("Winner: payment checked"),
        _("We checked the payment behind it. Thank you for waiting."),
    ),
}
