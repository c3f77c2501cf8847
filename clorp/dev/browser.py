"""Which browser the journeys drive: the operator's choice, one on PATH, a Mac's, Playwright's own."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

# A headless shell is the same engine without a desktop's windows around it, at less than half of the work.
NAMES = (
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
MAC_BUNDLES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# Where `playwright install` puts them, by version.
PLAYWRIGHTS = (
    ("chromium_headless_shell-*/*/headless_shell", "chromium_headless_shell-*/*/chrome-headless-shell"),
    ("chromium-*/chrome-*/chrome", "chromium-*/chrome-*/*.app/Contents/MacOS/*"),
)
HINT = "set CLORP_BROWSER, or: apt-get install chromium-headless-shell, or: .venv/bin/playwright install chromium"
# The flags keep the browser from calling home, which would show up as traffic and as waiting.
QUIET_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
)


def find_browser() -> str | None:
    """The path of a Chromium or Chrome, or None. A CLORP_BROWSER that is not there counts as none."""
    chosen = os.environ.get("CLORP_BROWSER")
    if chosen:
        return shutil.which(chosen)
    on_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    return on_path or next((path for path in MAC_BUNDLES if Path(path).exists()), None) or playwrights_own()


def playwrights_own() -> str | None:
    """The newest browser that `playwright install` left in its cache, a headless shell before all others."""
    given = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    cache = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    folder = Path(given) if given else cache / "ms-playwright"
    for patterns in PLAYWRIGHTS:
        browsers = [str(path) for pattern in patterns for path in folder.glob(pattern) if os.access(path, os.X_OK)]
        if browsers:
            return max(browsers)
    return None


def launch_flags() -> list[str]:
    """Flags for every start; the sandbox is off only where Chromium refuses to run with it, as root."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*QUIET_FLAGS, *(["--no-sandbox"] if is_root else [])]


def lacks_libatomic() -> bool:
    """Whether Playwright's driver would die at start ("Connection closed while reading from the driver")."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return True
    return False
