"""Processes to be killed: forked from one that has imported the site, which alone would take each of them seconds."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils.module_loading import autodiscover_modules

from drops.judging.panel.client import load_library
from tests.races.crowd import SECONDS_MAX

if not apps.ready:
    # In the process that is forked from: in a test's, the site is there already.
    django.setup()
    autodiscover_modules("tasks")
    load_library()


def start_worker(command: str, **overrides: object) -> BaseProcess:
    """Start a process of its own that runs one command on the test's database, and on settings that are the site's."""
    forks = get_context("forkserver")
    forks.set_forkserver_preload([__name__])
    process = forks.Process(target=run_command, args=(command, connection.settings_dict["NAME"], overrides))
    process.start()
    return process


def run_command(command: str, database: str, overrides: Mapping[str, object]) -> None:
    """Return when the command has; called in the worker's process."""
    os.environ["NO_PROXY"] = "127.0.0.1"
    connection.settings_dict["NAME"] = database
    for name, value in overrides.items():
        setattr(settings, name, value)
    call_command(command, stdout=io.StringIO())


def kill(process: BaseProcess) -> None:
    if process.is_alive():
        process.kill()
    process.join(SECONDS_MAX)
