"""Every command says what it does, and what is wrong with how it was called."""

from __future__ import annotations

import click
import pytest

from clorp_cli.main import clorp as top


def families(command, path=()):
    """Every command and family below one, by the words that call it."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from families(command.get_command(context, name), (*path, name))


PATHS = list(families(top))
NAMES = {name for path in PATHS for name in path}


# What scripts and people's fingers know: none of them is renamed or taken away.
PROMISED = (
    "board watch view claim submit release status compete alerts drop jobs wait judge pull pay cancel reroll feed "
    "login logout whoami wallet keys agents sandbox mcp listen api doctor completion help"
)


def test_every_command_that_was_ever_promised_is_there():
    assert {*PROMISED.split()} == {path[0] for path in PATHS if len(path) == 1}
    assert {path[1] for path in PATHS if path[:1] == ("wallet",) and path[1:]} >= {
        "balance",
        "topup",
        "withdraw",
        "connect",
    }


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_command_has_help_with_a_sentence_on_each_option(path, clorp):
    ran = clorp(*path, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: {' '.join(('clorp', *path))}")
    context = click.Context(top)
    for name in path:
        command = context.command.get_command(context, name)
        context = click.Context(command, parent=context)
    assert context.command.help
    assert [one.name for one in context.command.params if isinstance(one, click.Option) and not one.help] == []


@pytest.mark.parametrize("path", [("help", "submit"), ("help", "wallet", "topup"), ("help",), ()])
def test_help_is_asked_for_in_words_too(path, clorp):
    assert clorp(*path).out == clorp(*path[1:], "--help").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing"], "no command 'nothing'"),
        (["bord"], "Did you mean board?"),
        (["claim"], "Missing argument 'DROP'"),
        (["drop", "x", "--price", "much"], "'much' is no sum in dollars"),
        (["drop", "x", "--window", "soon"], "'soon' is no length of time"),
        (["board", "--nothing"], "No such option"),
        (["claim", "../wallet"], "is no id of a drop"),
        (["claim", "3f2a9c1d"], "No drop that was shown here starts with"),
        (["--site", "ftp://here", "board"], "is no address of a site"),
        (["compete", "--", "no-such-program"], "There is no program"),
    ],
)
def test_wrong_usage_is_named_and_ends_with_2(arguments, words, clorp):
    ran = clorp(*arguments)
    assert (ran.code, ran.json["code"]) == (2, "usage")
    assert words in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_for_the_shell(shell, clorp):
    assert "_CLORP_COMPLETE" in clorp("completion", shell).out
