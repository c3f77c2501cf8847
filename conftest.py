"""Plugins must be named at the root: the machine's means, its database and browser, a Stripe and models to talk to."""

pytest_plugins = [
    "tests.plugins.needs",
    "tests.plugins.database",
    "tests.plugins.browser",
    "tests.plugins.stripe",
    "tests.plugins.models",
]
