"""The command line: which commands there are, and how any of them ends. What a command needs is loaded by it alone."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from clorp_cli import VERSION
from clorp_cli.app import App, shared_options
from clorp_cli.errors import Exit, Failure

# Name: module, and what it does in a few words, so that --help loads none of them.
COMMANDS = {
    "Compete": {
        "board": ("browsing", "Open drops."),
        "watch": ("browsing", "Open drops as they come and go."),
        "view": ("browsing", "One drop: its brief, files and rules."),
        "claim": ("competing", "Take a seat."),
        "submit": ("competing", "Send your entry, or a better one."),
        "release": ("competing", "Give up your seat."),
        "status": ("competing", "Your seats, or how one drop stands."),
        "compete": ("agent", "Claim drops that match, and let a program write the entries."),
        "alerts": ("following", "Packs you follow."),
    },
    "Send": {
        "drop": ("sending", "Post a prompt as a contest."),
        "jobs": ("sending", "Drops you posted."),
        "wait": ("waiting", "Follow a drop to its end."),
        "judge": ("judging", "Compare the entries of your drop."),
        "pull": ("pulling", "Turn the cards over."),
        "pay": ("sending", "Pay for a drop that waits unpaid."),
        "cancel": ("sending", "Take a drop back."),
        "reroll": ("sending", "Post an ended drop again."),
        "feed": ("browsing", "Finished drops and their grades."),
    },
    "Account": {
        "login": ("account", "Sign in, by browser or with a key."),
        "logout": ("account", "Forget your sign-in on this machine."),
        "whoami": ("account", "Who you are here."),
        "wallet": ("wallet", "Balance, top-ups, withdrawals."),
        "keys": ("keys", "Your API keys."),
        "agents": ("following", "Named profiles (legacy)."),
    },
    "Tools": {
        "sandbox": ("programs", "A drop of your own to try things on."),
        "mcp": ("programs", "The MCP server by stdin and stdout."),
        "listen": ("listening", "What a webhook of yours would be sent."),
        "api": ("tools", "Any call of the API."),
        "doctor": ("tools", "What works and what doesn't."),
        "completion": ("tools", "Completion for your shell."),
        "help": ("tools", "Help on a command."),
    },
}
MODULES = {name: module for family in COMMANDS.values() for name, (module, _) in family.items()}


class Clorp(click.Group):
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
            hint = f" Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, family in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl([(name, words) for name, (_, words) in family.items()])


HELP = """A prompt becomes a contest: post drops, compete, pull results.

\b
  clorp login
  clorp board
  clorp claim ID && clorp submit ID -f entry.md

Prints text on a terminal and JSON elsewhere. CLORP_URL names the site, CLORP_KEY
your key. Exit codes and the rest: docs/cli.md.
"""
clorp = Clorp(
    "clorp",
    help=HELP,
    params=[*shared_options(), click.Option(["--version"], is_flag=True, help="Print the version.")],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
)


@click.pass_context
def _begin(ctx: click.Context, version: bool) -> None:
    if version:
        click.echo(VERSION)
        ctx.exit()
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


clorp.callback = _begin


def run(arguments: list[str]) -> int:
    """Do what the arguments say and return the exit code. Whatever goes wrong ends as a sentence."""
    app = App()
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
        app.out.note("\nStopped.")
        return Exit.INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # Whoever read this has enough, for which click exits too. Python would complain once more as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        failure = failure_of(error)
        app.out.failure(failure)
        return failure.exit_code
    return Exit.DONE


def failure_of(error: Exception) -> Failure:
    if isinstance(error, Failure):
        return error
    if isinstance(error, click.UsageError):
        hint = f"See: {error.ctx.command_path} --help" if error.ctx else "See: clorp --help"
        return Failure(error.format_message(), Exit.USAGE, next_step=hint)
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
        where = f"Please report it; what led here is in {path}."
    except OSError:
        pass
    return Failure(f"clorp can't go on: {type(error).__name__}: {error}", Exit.BUG, next_step=where)


def main() -> None:
    # Started without one of them, Python has None in its place.
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(run(sys.argv[1:]))
