"""Plugins must be named at the root: the machine's means, the browser, a Stripe and models to talk to."""

pytest_plugins = ["tests.plugins.needs", "tests.plugins.browser", "tests.plugins.stripe", "tests.plugins.models"]
