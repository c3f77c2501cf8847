"""Lighthouse's marks for the pages that strangers and search engines meet first, on its phone and on its desk.

Each is visited once, with nothing cached, on the demo's site as production serves it. Where others use the machine's
cores, performance is theirs too; the three other marks are the pages' own. The page of an open drop is kept out of
search engines on purpose, so no mark of it is asked for that.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clorp.dev import browser
from tests.bench.pages import enter
from tests.bench.support.clients import alone
from tests.bench.support.rows import Row, at_least
from tests.bench.support.scratch import manage, scratch_database
from tests.bench.support.serving import web_server

LOCKED = Path(__file__).parent / "support" / "lighthouse"
MARK_MIN = 95
SECONDS_MAX = 180
FORMS: dict[str, list[str]] = {"phone": [], "desk": ["--preset=desktop"]}
MARKS = {"performance", "accessibility", "best-practices", "seo"}
NOT_FOR_SEARCH = {"an open drop"}


def run() -> list[Row]:
    program = browser.find_browser()
    if program is None or shutil.which("npm") is None:
        print("lighthouse: not measured, it needs Chromium, node and npm", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory() as folder, scratch_database() as url:
        install(folder)
        manage(url, "seed_demo")
        session, pages = alone(pages_of_the_demo, url=url)
        with web_server(url) as served:
            site = f"http://localhost:{served.port}"
            return [
                row
                for name, path in pages.items()
                for form, flags in FORMS.items()
                for row in rows_of(f"{name}, {form}", marks_of(folder, program, f"{site}{path}", session, flags))
            ]


def install(folder: str) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LOCKED / name, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=SECONDS_MAX)


def pages_of_the_demo(start: Callable[[], None]) -> tuple[str, dict[str, str]]:
    """A session of the demo's sender, and the paths that it visits."""
    from drops.models import Drop

    session, opened = enter(start)
    done = Drop.objects.filter(sender__email="sender@clorp.example", status="completed", public_result=True)
    won = done[0].get_absolute_url()
    pages = {"landing": "/", "board": "/board", "gallery": "/gallery"}
    pages |= {"an open drop": opened, "a public result": won, "pull": f"{won}/pull"}
    return session, pages


def marks_of(folder: str, program: str, address: str, session: str, flags: list[str]) -> dict[str, Any]:
    """Return of 100 what each category comes to; as the sender where a page is theirs alone."""
    command = [f"{folder}/node_modules/.bin/lighthouse", address, "--quiet", "--output=json", *flags]
    command += [f"--only-categories={','.join(sorted(MARKS))}", f"--chrome-flags={' '.join(browser.launch_flags())}"]
    if address.endswith("/pull"):
        command.append(f"--extra-headers={json.dumps({'Cookie': f'sessionid={session}'})}")
    told = subprocess.run(
        command, env={**os.environ, "CHROME_PATH": program}, capture_output=True, timeout=SECONDS_MAX, check=True
    )
    report = json.loads(told.stdout)
    assert report["finalDisplayedUrl"] == address, report["finalDisplayedUrl"]
    return {name: category["score"] * 100 for name, category in report["categories"].items()}


def rows_of(page: str, marks: dict[str, Any]) -> list[Row]:
    """Return a row for each mark."""
    asked = MARKS - ({"seo"} if page.rpartition(",")[0] in NOT_FOR_SEARCH else set())
    return [at_least(f"lighthouse: {page}, {mark}", marks[mark], "of 100", MARK_MIN) for mark in sorted(asked)]
