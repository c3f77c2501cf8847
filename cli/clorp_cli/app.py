"""Give every command its output, its site and its person, and the options that all of them share."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import click

from clorp_cli.asking import Option, Worded, agrees, option
from clorp_cli.errors import Exit, Failure, wrong_usage
from clorp_cli.output import Output
from clorp_cli.words import gettext as _

if TYPE_CHECKING:
    from clorp_cli.credentials import Credential
    from clorp_cli.site import Site


class App:
    def __init__(self) -> None:
        self.out = Output()
        self.site_option: str | None = None
        self.spoken_to: list[Site] = []

    @property
    def has_person(self) -> bool:
        """Whether somebody can be asked: questions are put on stderr and answered on stdin."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    @cached_property
    def site_url(self) -> str:
        from clorp_cli import credentials

        return credentials.site_address(self.site_option)

    @cached_property
    def anyone(self) -> Site:
        """The site, with whatever credential there is."""
        from clorp_cli import credentials

        return self.speak(credentials.find(self.site_url))

    def speak(self, credential: Credential | None) -> Site:
        """Return the site, spoken to by this credential until the command ends."""
        from clorp_cli.site import Site

        site = Site(self.site_url, credential, tell=self.out.note)
        self.spoken_to.append(site)
        return site

    @property
    def site(self) -> Site:
        """The site, for what takes an account. Raises Failure without one."""
        if self.anyone.credential is None:
            words = _("You aren't signed in at {site}.").format(site=self.site_url)
            raise Failure(words, Exit.SIGN_IN, next_step=_("Sign in: clorp login"))
        return self.anyone

    def settle(self) -> None:
        """Forget the requests of this command, whose outcome has been printed."""
        for site in self.spoken_to:
            site.settle()

    def close(self) -> None:
        for site in self.spoken_to:
            site.http.close()

    def confirm(self, question: str, *, yes: bool) -> None:
        """Go on where a person, or -y, says so. Raises Failure otherwise, before anything was done."""
        if yes:
            return
        if not self.has_person:
            words = _("This has to be confirmed, and nobody can be asked here. Nothing was done.")
            raise wrong_usage(words, _("Add -y."))
        if not agrees(question):
            raise Failure(_("Nothing was done."), Exit.REFUSED, code="not_confirmed")

    def page(self, path: str) -> str:
        return f"{self.site_url}/{path}"


def _set_json(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(App).out.for_a_program()


def _set_site(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value:
        ctx.ensure_object(App).site_option = value


def shared_options() -> list[click.Parameter]:
    return [
        # Before all others: what is wrong with those is told in JSON too.
        Option(
            ["--json"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_set_json,
            help="Print JSON here too.",
        ),
        Option(["--site"], metavar="URL", expose_value=False, callback=_set_site, help="Another site than CLORP_URL."),
    ]


class Command(Worded):
    """A command with the options that all have."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += shared_options()


class Group(Worded, click.Group):
    """A family of commands. Called without one, it does what its own function does."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"invoke_without_command": True, **kwargs})
        self.params += shared_options()


command: Callable[..., Any] = partial(click.command, cls=Command)
group: Callable[..., Any] = partial(click.group, cls=Group)
pass_app: Callable[[Any], Any] = click.make_pass_decorator(App, ensure=True)
yes_option = option("-y", "--yes", is_flag=True, help="Don't ask; do it.")


def json_object(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise wrong_usage(_("The body is no JSON: {error}.").format(error=error)) from None
