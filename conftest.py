"""Plugins must be named at the root: what a test needs, when it runs, and what it has to itself."""

pytest_plugins = [
    "tests.plugins.needs",
    "tests.plugins.nightly",
    "tests.plugins.database",
    "tests.plugins.browser",
    "tests.plugins.stripe",
    "tests.plugins.models",
]
