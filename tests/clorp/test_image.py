"""The image gets every file its Dockerfile asks for, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TRANSLATED = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def matches(path: str, pattern: str) -> bool:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.strip("/"))
    return re.fullmatch("".join(TRANSLATED.get(part, re.escape(part)) for part in parts), path) is not None


def is_left_out(path: str, patterns: list[str]) -> bool:
    """As Docker decides it: the last pattern wins that names the path or a folder it is in; after `!` it is let in."""
    itself_and_folders = [path, *(str(folder) for folder in PurePosixPath(path).parents)][:-1]
    left_out = False
    for pattern in patterns:
        if any(matches(one, pattern.removeprefix("!")) for one in itself_and_folders):
            left_out = not pattern.startswith("!")
    return left_out


def lines_of(name: str) -> list[str]:
    text = (ROOT / name).read_text().replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def copied_sources() -> list[str]:
    """Return the sources the Dockerfile copies from here, as they are named there."""
    copies = [line.split()[1:] for line in lines_of("Dockerfile") if line.upper().startswith(("COPY ", "ADD "))]
    from_here = [words for words in copies if not any(word.startswith("--from=") for word in words)]
    return [word for words in from_here for word in words[:-1] if not word.startswith("--")]


def files_under(source: str) -> list[str]:
    path = ROOT / source
    files = path.rglob("*") if path.is_dir() else [path]
    return [str(file.relative_to(ROOT)) for file in files if file.is_file() and file.suffix != ".pyc"]


@pytest.mark.parametrize(
    ("path", "patterns", "left_out"),
    [
        ("secrets/key", ["*"], True),
        ("secrets/key", [], False),
        ("clorp/dev/up.py", ["*", "!clorp"], False),
        ("clorp/dev/up.py", ["*", "!clorp", "clorp/dev"], True),
        ("clorps/up.py", ["*", "!clorp"], True),
        ("clorp/dev/up.py", ["!clorp", "*"], True),
        ("clorp/dev/x.pyc", ["*", "!clorp", "**/*.pyc"], True),
        ("x.pyc", ["**/*.pyc"], True),
        ("clorp/__pycache__/x.txt", ["**/__pycache__"], True),
        ("clorp/x.pyc", ["*.pyc"], False),
        ("a.b", ["a?b", "!a.b"], False),
    ],
)
def test_patterns_mean_here_what_they_mean_to_docker(path, patterns, left_out):
    assert is_left_out(path, patterns) is left_out


@pytest.mark.parametrize("source", copied_sources())
def test_whatever_is_copied_is_there_and_let_in(source):
    files = files_under(source)
    patterns = lines_of(".dockerignore")
    assert files
    assert [file for file in files if is_left_out(file, patterns)] == []


def test_nothing_is_let_in_that_is_not_copied():
    let_in = {line.removeprefix("!") for line in lines_of(".dockerignore") if line.startswith("!")}
    assert let_in == {source.strip("/") for source in copied_sources()}


@pytest.mark.parametrize("path", [".env", "secrets/database_url", ".git/config", ".data/secret_key", "new-secret"])
def test_secrets_stay_outside(path):
    assert is_left_out(path, lines_of(".dockerignore"))


def test_what_the_example_sets_is_read_by_the_site_or_by_compose():
    named = re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    compose, guide = (ROOT / "compose.yaml").read_text(), (ROOT / "docs/operators.md").read_text()
    known = set(re.findall(r"\$\{([A-Z_]+)", compose)) | set(re.findall(r"`([A-Z_]+)`", guide))
    assert len(named) > 10 and [name for name in named if name.removesuffix("_FILE") not in known] == []


def test_compose_hands_on_every_variable_and_every_secrets_file():
    site = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    for name in ("migrate", "web", "web2", "worker", "beat"):
        assert {"path": ".env", "required": False} in site[name]["env_file"], name
        assert "./secrets:/run/site-secrets:ro" in site[name]["volumes"], name
