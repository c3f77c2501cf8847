"""Plugins must be named at the root: what a test needs from the machine, and how the browser is driven."""

pytest_plugins = ["tests.plugins.needs", "tests.plugins.browser"]
