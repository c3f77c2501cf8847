"""All that a document tells somebody to type after `clorp` is a command, with options that it has."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from clorp.dev.environment import ROOT
from clorp_cli.app import App
from clorp_cli.main import MODULES
from clorp_cli.main import clorp as top
from tests.cli.conftest import key_of

DOCUMENTS = ["docs/cli.md", "cli/README.md", "docs/agents.md", "docs/de/agents.md", "docs/senders.md", "README.md"]
FENCED = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`clorp ([^`\n]+)`")
NEXT_COMMAND = re.compile(r" && | \| ")
# In prose: what a command or an option takes is left out, or help is asked for.
LEFT_OUT = (click.MissingParameter, click.BadOptionUsage, click.exceptions.Exit)


def typed(document: str) -> list[str]:
    """Return the commands of ours that a document's blocks for a shell hold, one by one."""
    lines = "".join(FENCED.findall((ROOT / document).read_text())).splitlines()
    commands = [part.strip() for line in lines for part in NEXT_COMMAND.split(re.sub(r"\s+#.*", "", line))]
    return [command.removeprefix("clorp ") for command in commands if command.startswith("clorp ")]


def said(document: str) -> list[str]:
    return [command.partition(" | ")[0] for command in INLINE.findall((ROOT / document).read_text())]


def parse(words: list[str]) -> None:
    """Let the command line read the words as it reads what is typed, and do nothing. Raises UsageError."""
    context, command, left = top.make_context("clorp", [*words]), top, [*words]
    context.obj = App()
    while isinstance(command, click.Group) and left:
        name, command, left = command.resolve_command(context, left)
        context = command.make_context(name, [*left], parent=context)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_of_a_document_is_one(document):
    for command in typed(document):
        parse(shlex.split(command))
    for command in said(document):
        try:
            parse(shlex.split(command.replace("…", "x")))
        except LEFT_OUT:
            assert command.split()[0] in {*MODULES, "--help"}


@pytest.mark.django_db(transaction=True)
def test_the_way_from_a_brief_to_an_entry_is_typed_as_it_stands(clorp, site, tmp_path, monkeypatch):
    job = clorp("drop", "Name my ferry.", "-y", key=key_of("sender@example.com")).json["id"]
    monkeypatch.chdir(tmp_path)
    Path("entry.md").write_text("The Good Crossing")
    Path("diagram.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(32))
    assert clorp("board", key=key_of("ada@example.com")).code == 0
    block = FENCED.findall((ROOT / "docs/cli.md").read_text())[1].replace("3f2a9c1d", job[:8])
    for line in re.sub(r"\s+#.*", "", block).splitlines()[:3]:
        ran = clorp(*shlex.split(line)[1:], key=key_of("ada@example.com"))
        assert ran.code == 0, (line, ran.err)
    assert (ran.json["receipt"]["revision"], len(ran.json["attachments"])) == (1, 1)
