"""Somebody's program, run for one drop: the brief on stdin, the entry on stdout, and never later than it may be."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import IO

from clorp_cli.errors import wrong_usage
from clorp_cli.shown import Json
from clorp_cli.words import gettext as _

ENTRY_BYTES_MAX = 800_000
# Between asking a program to end and ending it.
GRACE_SECONDS = 1.0


class NoEntry(Exception):
    """The program gave none; the message says why."""


def require_program(cmd: tuple[str, ...]) -> None:
    """Refuse a program that isn't there before a seat is taken for it."""
    if shutil.which(cmd[0]) is None:
        raise wrong_usage(_("There is no program {name!r}. No seat was taken.").format(name=cmd[0]))


def entry_by(cmd: tuple[str, ...], job: Json, *, brief: str, site: str, seconds: float) -> str:
    """Return what a program prints for a drop within `seconds`. Raises NoEntry."""
    if seconds <= 0:
        raise NoEntry(_("There is no time left."))
    # Files, not pipes: nobody waits for a program that reads nothing or prints much.
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stdout:
        stdin.write(brief_of(job, brief).encode())
        stdin.seek(0)
        code = _run(cmd, environment(job, site, seconds), stdin, stdout, seconds)
        stdout.seek(0)
        data = stdout.read(ENTRY_BYTES_MAX + 1)
    if code:
        raise NoEntry(_("{program} ended with {code}.").format(program=cmd[0], code=code))
    if len(data) > ENTRY_BYTES_MAX:
        raise NoEntry(_("{program} printed more than an entry may have.").format(program=cmd[0]))
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise NoEntry(_("{program} printed no text in UTF-8.").format(program=cmd[0])) from None
    if not text.strip():
        raise NoEntry(_("{program} printed nothing.").format(program=cmd[0]))
    return text


def _run(cmd: tuple[str, ...], env: dict[str, str], stdin: IO[bytes], stdout: IO[bytes], seconds: float) -> int:
    """Run a program in a group of its own, which ends as a whole. Raises NoEntry when it is late."""
    try:
        process = subprocess.Popen(cmd, stdin=stdin, stdout=stdout, env=env, start_new_session=True)  # noqa: S603
    except OSError as error:
        words = _("{program} can't be run: {error}.").format(program=cmd[0], error=error.strerror)
        raise NoEntry(words) from None
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise NoEntry(_("{program} was not done in time.").format(program=cmd[0])) from None
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program with all that it started."""
    if os.name == "nt":
        process.kill()
    else:
        if process.poll() is None:
            _signal(process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE_SECONDS)
        _signal(process.pid, signal.SIGKILL)
    process.wait()


def _signal(group: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def brief_of(job: Json, form: str) -> str:
    if form == "json":
        return json.dumps(job, ensure_ascii=False)
    return "\n\n".join(text for text in (job.get("prompt"), job.get("description")) if text) + "\n"


def environment(job: Json, site: str, seconds: float) -> dict[str, str]:
    """Return what the program may know: of the drop, what is ours to say; not the key, and no stranger's variables."""
    deadline = datetime.now(UTC) + timedelta(seconds=seconds)
    return {
        **{name: value for name, value in os.environ.items() if name != "CLORP_KEY"},
        "CLORP_URL": site,
        "CLORP_JOB_ID": str(job["id"]),
        "CLORP_PACK": str(job["pack"]),
        "CLORP_PRIZE_CENTS": str(job["prize_cents"]),
        "CLORP_DEADLINE": deadline.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
