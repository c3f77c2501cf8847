"""`./run COMMAND …` ends here, in the virtual environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from clorp.dev.say import Trouble, say


def up(arguments: list[str]) -> int:
    from clorp.dev.up import run_up

    return run_up(arguments)


def test(arguments: list[str]) -> int:
    from clorp.dev.testing import run_tests

    return run_tests(arguments)


def lint(arguments: list[str]) -> int:
    from clorp.dev.lint import run_lint

    return run_lint(arguments)


def audit(arguments: list[str]) -> int:
    from clorp.dev.audit import run_audit

    return run_audit()


def screens(arguments: list[str]) -> int:
    from clorp.dev.testing import run_screens

    return run_screens(arguments)


def messages(arguments: list[str]) -> int:
    from clorp.dev.messages import run_messages

    return run_messages(arguments)


def bench(arguments: list[str]) -> int:
    from clorp.dev.testing import run_benchmarks

    return run_benchmarks(arguments)


def drill(arguments: list[str]) -> int:
    from clorp.dev.testing import run_drills

    return run_drills(arguments)


def manage(arguments: list[str]) -> int:
    from clorp.dev.environment import is_set, prepare_environment, run
    from clorp.dev.postgres import is_empty

    embedded = not is_set("DATABASE_URL")
    prepare_environment()
    if embedded and arguments[:1] != ["migrate"] and is_empty(os.environ["DATABASE_URL"]):
        # A command before the first `./run up` should find tables, as all later ones do.
        run([sys.executable, "-m", "clorp.dev.prepare"])
    return run([sys.executable, "manage.py", *arguments])


def release(arguments: list[str]) -> int:
    from clorp.dev.release import run_release

    return run_release(arguments)


def doctor(arguments: list[str]) -> int:
    from clorp.dev.doctor import run_doctor

    return run_doctor()


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "up": up,
    "test": test,
    "lint": lint,
    "audit": audit,
    "messages": messages,
    "bench": bench,
    "drill": drill,
    "screens": screens,
    "release": release,
    "manage": manage,
    "doctor": doctor,
}


def main() -> int:
    command, arguments = sys.argv[1], sys.argv[2:]
    try:
        return COMMANDS[command](arguments)
    except Trouble as trouble:
        say(str(trouble))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
