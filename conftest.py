"""Plugins must be named at the root: what a test needs, when it runs, and what it has to itself."""

pytest_plugins = [
    "tests.plugins.garbage",
    "tests.plugins.needs",
    "tests.plugins.nightly",
    "tests.plugins.error_codes",
    "tests.plugins.database",
    "tests.plugins.browser",
    "tests.plugins.files",
    "tests.plugins.stripe",
    "tests.plugins.models",
]
