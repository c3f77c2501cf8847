"""`./run lint` by name, and the hooks that run it before a commit."""

from __future__ import annotations

import re

import pytest
import yaml

from clorp.dev import lint
from clorp.dev.environment import ROOT
from clorp.dev.say import Trouble


def names(checks):
    return [name for name, _command, _extra in checks]


def test_without_a_name_every_check_is_run():
    assert names(lint.choose_checks([])) == names(lint.checks())


def test_named_checks_alone_are_run_once_and_in_the_order_asked():
    assert names(lint.choose_checks(["mypy", "ruff-check", "mypy"])) == ["mypy", "ruff-check"]


def test_an_unknown_check_is_refused_with_those_there_are():
    with pytest.raises(Trouble, match=r"no check pylint\. There are: .*mypy"):
        lint.choose_checks(["mypy", "pylint"])


def test_no_check_needs_quotes_to_be_named():
    assert not [name for name in names(lint.checks()) if set(name) & set(" \t'\"$")]


def test_the_hooks_run_exactly_the_checks_of_lint():
    [local] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert local["repo"] == "local"
    assert [hook["entry"] for hook in local["hooks"]] == [f"./run lint {name}" for name in names(lint.checks())]
    assert {hook["pass_filenames"] for hook in local["hooks"]} == {False}


@pytest.mark.parametrize("file", [".gitattributes", "pyproject.toml"])
def test_migrations_with_statements_by_hand_are_not_called_generated(file):
    named = re.findall(r"(?m)^\W*(\w+/migrations/\S+\.py)", (ROOT / file).read_text())
    generated = [path for pattern in named for path in ROOT.glob(pattern)]
    assert len(generated) > 5
    assert [path.name for path in generated if "migrations.Run" in path.read_text()] == []
