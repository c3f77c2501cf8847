"""Plugins must be named at the root: what a test needs from the machine, the browser, a Stripe to talk to."""

pytest_plugins = ["tests.plugins.needs", "tests.plugins.browser", "tests.plugins.stripe"]
