"""A sender's own judging: pair by pair, then a grade for the best one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from clorp_cli import drop_ids, shown
from clorp_cli.amounts import dollars
from clorp_cli.app import App, command, pass_app, yes_option
from clorp_cli.asking import agrees, argument, option
from clorp_cli.errors import wrong_usage
from clorp_cli.text import clean
from clorp_cli.words import gettext as _
from clorp_cli.words import pgettext

SIDES = {"l": "left", "r": "right", "=": "equal"}
GRADES = list("SABCDF")


@command()
@argument("drop")
@option("--pick", type=click.Choice(list(SIDES.values())), help="Answer the pair that is asked about now.")
@option("--grade", type=click.Choice(GRADES), help="Grade the entry that is asked about now.")
@option("--unusable", multiple=True, type=click.Choice(["left", "right"]), help="With --pick: can't be used.")
@yes_option
@pass_app
def judge(app: App, *, drop: str, pick: str | None, grade: str | None, unusable: tuple[str, ...], yes: bool) -> None:
    """Compare the entries of your drop.

    On a terminal it asks you question by question. Elsewhere it prints the next question, and --pick or --grade
    answers it; null means that nothing is left to ask.
    """
    drop_id = drop_ids.whole(app.site_url, drop)
    question = app.site.get(f"jobs/{drop_id}/picks")
    if pick or grade:
        _require_match(question, pick, grade)
        sides = [question[side]["id"] for side in unusable]
        question = _answer(app, drop_id, question, pick=pick, grade=grade, unusable=sides)
    elif app.has_person and not app.out.as_json:
        question = _ask_all(app, drop_id, question, yes)
    app.out.result(question, lambda: list(_next(app, drop_id, question)))


def _require_match(question: Any, pick: str | None, grade: str | None) -> None:
    asks = question["asks"] if question else None
    if asks is None:
        raise wrong_usage(_("Nothing is asked about this drop now."), _("See how it stands: clorp status ID"))
    if (asks == "pair") != (pick is not None) or (pick and grade):
        if asks == "pair":
            words = _("You are asked which of two is better. Nothing was answered.")
            raise wrong_usage(words, _("Answer with --pick left, right or equal."))
        words = _("You are asked for a grade. Nothing was answered.")
        raise wrong_usage(words, _("Answer with --grade: {grades}.").format(grades=", ".join(GRADES)))


def _answer(app: App, drop_id: str, question: Any, *, pick: str | None, grade: str | None, unusable: list[str]) -> Any:
    if pick:
        sides = {"left": question["left"]["id"], "right": question["right"]["id"]}
        body: dict[str, Any] = {**sides, "pick": pick, **({"unusable": unusable} if unusable else {})}
    else:
        body = {"left": question["left"]["id"], "grade": grade}
    following = app.site.post(f"jobs/{drop_id}/picks", body)
    # The same pair may be asked about again after an answer was taken back: that is a new answer.
    app.settle()
    return following


def _ask_all(app: App, drop_id: str, question: Any, yes: bool) -> Any:
    while question:
        if question["asks"] == "pair":
            _show(app, question["left"], pgettext("side", "LEFT"))
            _show(app, question["right"], pgettext("side", "RIGHT"))
            asked = _("Which is better? l, r or = ({remaining} to go)").format(remaining=question["remaining"])
            side = SIDES[click.prompt(asked, type=click.Choice(list(SIDES)), show_choices=False, err=True)]
            question = _answer(app, drop_id, question, pick=side, grade=None, unusable=[])
            continue
        _show(app, question["left"], _("THE BEST ENTRY"))
        grade = click.prompt(_("Grade it"), type=click.Choice(GRADES, case_sensitive=False), err=True)
        if yes or agrees(_what_it_pays(app, drop_id, grade)):
            question = _answer(app, drop_id, question, pick=None, grade=grade, unusable=[])
    return question


def _what_it_pays(app: App, drop_id: str, grade: str) -> str:
    """Return the question before a grade is final. The prize is asked of the site only where there is one to pay."""
    if grade == "F":
        return _("Grade F. Nobody is paid yet: our moderators decide, since you have read the work. Go on?")
    prize = dollars(app.site.get(f"jobs/{drop_id}")["prize_cents"])
    return _("Grade {grade}. This pays {prize} to its agent. Go on?").format(grade=grade, prize=prize)


def _show(app: App, entry: shown.Json, heading: str) -> None:
    app.out.note(f"\n── {heading} " + "─" * max(4, app.out.width - len(heading) - 5), style="bold")
    app.out.note(clean(entry["body"]))
    for line in shown.files(entry["attachments"]):
        app.out.note(line)


def _next(app: App, drop_id: str, question: Any) -> Iterator[str]:
    if question:
        is_pair = question["asks"] == "pair"
        words = (
            _("Next: which of two is better, {remaining} to go.") if is_pair else _("Next: the grade of the best one.")
        )
        yield words.format(remaining=question["remaining"])
    else:
        yield _("Nothing is left to ask.")
        yield f"  clorp pull {drop_ids.short(drop_id)}"
