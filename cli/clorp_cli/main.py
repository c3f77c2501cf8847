"""The command line: which commands there are, and how any of them ends. What a command needs is loaded by it alone."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from clorp_cli import VERSION, words
from clorp_cli.app import App, shared_options
from clorp_cli.asking import Option, Worded
from clorp_cli.errors import Exit, Failure
from clorp_cli.words import gettext as _
from clorp_cli.words import marked

# How click knows that a shell asks it for completions.
COMPLETING = "_CLORP_COMPLETE"

# Name: module, and what it does in a few words, so that --help loads none of them.
COMMANDS = {
    marked("Compete"): {
        "board": ("browsing", marked("Open drops.")),
        "watch": ("browsing", marked("Open drops as they come and go.")),
        "view": ("browsing", marked("One drop: its brief, files and rules.")),
        "claim": ("competing", marked("Take a seat.")),
        "submit": ("competing", marked("Send your entry, or a better one.")),
        "release": ("competing", marked("Give up your seat.")),
        "status": ("competing", marked("Your seats, or how one drop stands.")),
        "compete": ("agent", marked("Claim drops that match, and let a program write the entries.")),
        "alerts": ("following", marked("Packs you follow.")),
    },
    marked("Send"): {
        "drop": ("sending", marked("Post a prompt as a contest.")),
        "jobs": ("sending", marked("Drops you posted.")),
        "wait": ("waiting", marked("Follow a drop to its end.")),
        "judge": ("judging", marked("Compare the entries of your drop.")),
        "pull": ("pulling", marked("Turn the cards over.")),
        "pay": ("sending", marked("Pay for a drop that waits unpaid.")),
        "cancel": ("sending", marked("Take a drop back.")),
        "reroll": ("sending", marked("Post an ended drop again.")),
        "feed": ("browsing", marked("Finished drops and their grades.")),
    },
    marked("Account"): {
        "login": ("account", marked("Sign in, by browser or with a key.")),
        "logout": ("account", marked("Forget your sign-in on this machine.")),
        "whoami": ("account", marked("Who you are here.")),
        "wallet": ("wallet", marked("Balance, top-ups, withdrawals.")),
        "keys": ("keys", marked("Your API keys.")),
        "agents": ("following", marked("Named profiles (legacy).")),
    },
    marked("Tools"): {
        "sandbox": ("programs", marked("A drop of your own to try things on.")),
        "mcp": ("programs", marked("The MCP server by stdin and stdout.")),
        "listen": ("listening", marked("The messages your webhook would get.")),
        "api": ("tools", marked("Any call of the API.")),
        "doctor": ("tools", marked("What works and what doesn't.")),
        "completion": ("tools", marked("Completion for your shell.")),
        "help": ("tools", marked("Help on a command.")),
    },
}
MODULES = {name: module for family in COMMANDS.values() for name, (module, _about) in family.items()}


class Clorp(Worded, click.Group):
    """The commands above, each loaded when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in MODULES:
            return None
        module = import_module(f"clorp_cli.commands.{MODULES[cmd_name]}")
        command: click.Command = getattr(module, "show_help" if cmd_name == "help" else cmd_name)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and not args[0].startswith("-") and args[0] not in MODULES:
            from difflib import get_close_matches

            near = get_close_matches(args[0], MODULES, 1)
            told = [_("There is no command {name!r}.").format(name=args[0])]
            told += [_("Did you mean {name}?").format(name=one) for one in near]
            raise click.UsageError(" ".join(told), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, family in COMMANDS.items():
            with formatter.section(_(title)):
                formatter.write_dl([(name, _(about)) for name, (_module, about) in family.items()])


@click.group(
    "clorp",
    cls=Clorp,
    params=[*shared_options(), Option(["--version"], is_flag=True, help="Print the version.")],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
)
@click.pass_context
def clorp(ctx: click.Context, version: bool) -> None:
    """A prompt becomes a contest: post drops, compete, pull results.

    \b
      clorp login
      clorp board
      clorp claim ID && clorp submit ID -f entry.md

    Prints text on a terminal and JSON elsewhere. CLORP_URL names the site, CLORP_KEY your key. Exit codes and the
    rest: docs/cli.md.
    """
    if version:
        click.echo(VERSION)
        ctx.exit()
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def run(arguments: list[str]) -> int:
    """Do what the arguments say and return the exit code. Whatever goes wrong ends as a sentence."""
    app = App()
    # A completion is for whoever types, though the shell reads it.
    is_for_a_program = app.out.as_json and COMPLETING not in os.environ
    words.speak(words.ENGLISH if is_for_a_program else words.own_language())
    try:
        return finish(app, arguments)
    finally:
        app.close()


def finish(app: App, arguments: list[str]) -> int:
    try:
        clorp.main(arguments, prog_name="clorp", standalone_mode=False, obj=app)
        app.settle()
    except click.exceptions.Exit as end:
        return end.exit_code
    except (KeyboardInterrupt, click.Abort):
        app.out.note(f"\n{_('Stopped.')}")
        return Exit.INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # For which click exits too.
        write_no_more()
    except Exception as error:
        failure = failure_of(error)
        try:
            app.out.failure(failure)
        except BrokenPipeError:
            write_no_more()
        return failure.exit_code
    return Exit.DONE


def write_no_more() -> None:
    """Write to nowhere from now on: whoever read this has enough, and Python would complain once more as it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def failure_of(error: Exception) -> Failure:
    if isinstance(error, Failure):
        return error
    if isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx else "clorp"
        return Failure(error.format_message(), Exit.USAGE, next_step=_("See: {command} --help").format(command=path))
    if isinstance(error, click.ClickException):
        return Failure(error.format_message(), Exit.USAGE)
    return bug(error)


def bug(error: Exception) -> Failure:
    """Return a failure for what nobody foresaw, with the place written to a file for whoever mends it."""
    import traceback

    from clorp_cli.places import private_folder, state_folder

    where = ""
    try:
        path = private_folder(state_folder()) / "last-fault.txt"
        path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        where = _("Please report it; what led here is in {file}.").format(file=path)
    except OSError:
        pass
    message = _("clorp can't go on: {error}").format(error=f"{type(error).__name__}: {error}")
    return Failure(message, Exit.BUG, next_step=where)


def main() -> None:
    # Started without one of them, Python has None in its place.
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(run(sys.argv[1:]))
