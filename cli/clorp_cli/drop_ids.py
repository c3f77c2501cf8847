"""Ids of drops as people give them: whole, as the address of a page, or the first letters of one that was shown."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from clorp_cli.errors import wrong_usage
from clorp_cli.places import read_json, state_folder, write_private
from clorp_cli.words import gettext as _

SHOWN_LETTERS = 8
REMEMBERED_MAX = 400
_WHOLE = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_PART = re.compile(r"[0-9a-f][0-9a-f-]{3,35}", re.IGNORECASE)


def short(drop_id: object) -> str:
    return str(drop_id)[:SHOWN_LETTERS]


def remember(site: str, ids: Iterable[object]) -> None:
    """Keep ids that were shown, so that their first letters will do."""
    new, old = [str(one) for one in ids], _known(site)
    kept = [*dict.fromkeys([*new, *old])][:REMEMBERED_MAX]
    if kept != old:
        # A full disk is no reason not to show a list.
        with suppress(OSError):
            write_private(_file(site), {"ids": kept})


def whole(site: str, text: str) -> str:
    """Return the id that is meant. Raises Failure where that is not clear."""
    if match := _WHOLE.search(text):
        return match[0].lower()
    if not _PART.fullmatch(text):
        words = _("{text!r} is no id of a drop.").format(text=text)
        raise wrong_usage(words, _("Copy one from clorp board or clorp jobs."))
    meant = [one for one in _known(site) if one.startswith(text.lower())]
    if len(meant) == 1:
        return meant[0]
    words = _("{text!r} could be several drops.") if meant else _("No drop that was shown here starts with {text!r}.")
    raise wrong_usage(words.format(text=text), _("Give more of its id, or the address of its page."))


def _known(site: str) -> list[str]:
    ids = read_json(_file(site)).get("ids")
    return [str(one) for one in ids] if isinstance(ids, list) else []


def _file(site: str) -> Path:
    return state_folder() / f"shown-{hashlib.sha256(site.encode()).hexdigest()[:12]}.json"
