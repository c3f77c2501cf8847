"""click's pieces, with words in the language of whoever reads them.

Help stands where click has it, in docstrings and `help=`, and is looked up when it is read.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import click

from clorp_cli.words import for_a_person, paragraphs, pgettext
from clorp_cli.words import gettext as _


class Helped:
    """Something with help."""

    _help: str | None = None

    @property
    def help(self) -> str | None:
        return paragraphs(self._help)

    @help.setter  # noqa: A003
    def help(self, text: str | None) -> None:
        self._help = text


class Option(Helped, click.Option):
    """An option whose help and whose value have names in several languages."""

    def make_metavar(self, ctx: click.Context) -> str:
        name = super().make_metavar(ctx)
        return _(name)


class Argument(click.Argument):
    """An argument whose name is said in several languages."""

    def make_metavar(self, ctx: click.Context) -> str:
        name = super().make_metavar(ctx)
        return _(name)


class Worded(Helped, click.Command):
    """A command whose help is for people, also where all else is for a program: `clorp --help | less`."""

    def get_help(self, ctx: click.Context) -> str:
        with for_a_person():
            return super().get_help(ctx)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option:
            # Made and kept by click, with the words of when it was made.
            option.help = _("Show this message and exit.")
        return option

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [_(piece) for piece in super().collect_usage_pieces(ctx)]


class Count(click.IntRange):
    """A number of things."""

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        return _("NUMBER")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            if self.max is None:
                self.fail(_("{value!r} is no number from {least} on.").format(value=value, least=self.min), param, ctx)
            words = _("{value!r} is no number from {least} to {most}.")
            self.fail(words.format(value=value, least=self.min, most=self.max), param, ctx)


class YesOrNo(click.ParamType):  # type: ignore[type-arg]
    """Yes or no, in the language of whoever answers or in English."""

    name = "answer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> bool:
        answer = str(value).strip().lower()
        if answer in {"y", "yes", _yes(), _("yes")}:
            return True
        if answer in {"n", "no", _no(), _("no")}:
            return False
        return self.fail(_("Answer {yes} or {no}.").format(yes=_yes(), no=_no()), param, ctx)


def _yes() -> str:
    return pgettext("the letter that says yes", "y")


def _no() -> str:
    return pgettext("the letter that says no", "n")


def agrees(question: str) -> bool:
    """Whether a person says yes to a question, which Enter does not."""
    asked = f"{question} [{_yes()}/{_no().upper()}]"
    agreed: bool = click.prompt(asked, default="n", show_default=False, type=YesOrNo(), err=True)
    return agreed


option: Callable[..., Any] = partial(click.option, cls=Option)
argument: Callable[..., Any] = partial(click.argument, cls=Argument)
