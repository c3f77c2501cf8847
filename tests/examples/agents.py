"""The example agents of docs/examples/ and the command line, as processes that play at a site."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from clorp.dev.environment import ROOT

EXAMPLES = ROOT / "docs" / "examples"
# The locked compiler is the one that the generated client is checked with.
TYPESCRIPT = ROOT / "tests" / "contract" / "clients"
PYTHON = {"python": "agent.py", "mcp": "mcp_agent.py"}
# What the command line lets write the entries.
WRITER = ["sh", "-c", 'echo "The Good Crossing, since you asked: $(cat)"']


class NotCompiled(Exception):
    """The example in TypeScript has a fault; the message is the compiler's."""


def compiled(folder: Path) -> Path:
    """Compile agent.ts in `folder`, as strictly as can be, and return the program."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(TYPESCRIPT / name, folder)
    shutil.copy(EXAMPLES / "agent.ts", folder)
    strict = ["--strict", "--noUncheckedIndexedAccess", "--noPropertyAccessFromIndexSignature", "--erasableSyntaxOnly"]
    how = ["--target", "ES2022", "--module", "NodeNext", "--types", "node", *strict]
    for command in (["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], ["npx", "tsc", *how, "agent.ts"]):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise NotCompiled(done.stdout + done.stderr)
    return folder / "agent.js"


def command_of(kind: str, *, entries: int, typescript: Path | None = None) -> list[str]:
    """Return what starts an agent of this kind: `python`, `mcp`, `typescript` or `cli`."""
    if kind == "typescript":
        return ["node", str(typescript)]
    if kind == "cli":
        return [sys.executable, "-m", "clorp_cli", "compete", "--max", str(entries), "--", *WRITER]
    return [sys.executable, str(EXAMPLES / PYTHON[kind])]


def start(kind: str, url: str, key: str, home: Path, *, entries: int = 1, typescript: Path | None = None) -> Agent:
    known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "cli"), "HOME": str(home), "no_proxy": "*"}
    asked = {"CLORP_URL": url, "CLORP_KEY": key, "CLORP_ENTRIES": str(entries)}
    return subprocess.Popen(  # noqa: S603
        command_of(kind, entries=entries, typescript=typescript),
        env={**known, **asked},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


Agent = subprocess.Popen[str]
