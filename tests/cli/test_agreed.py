"""The command line imports nothing of the site, so what it repeats has to agree with it."""

from __future__ import annotations

import re
import socket
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings

from accounts.models import Scope
from accounts.remembering import KEPT_FOR
from clorp.dev.environment import ROOT
from clorp.dev.up import free_port
from clorp_cli import credentials, files, filters, following, intents, main, shown
from clorp_cli.commands import account, judging
from clorp_cli.errors import Exit
from drops.api.board import SORTS
from drops.models import Drop, EndReason, Status
from drops.models.rounds import JudgeKind
from drops.models.statuses import Grade
from drops.packs import PACKS


def choices_of(command, option):
    (param,) = [one for one in main.clorp.get_command(None, command).params if one.name == option]
    return [*param.type.choices]


def test_it_knows_every_choice_that_the_site_has():
    assert [*filters.PACKS] == [*PACKS] and [*account.SCOPES] == Scope.values
    assert choices_of("board", "sort") == [*SORTS]
    assert judging.GRADES == choices_of("feed", "grade") == Grade.values


def test_it_has_words_for_whatever_a_drop_can_be():
    assert [*shown.STATUSES] == Status.values and {*shown.JUDGES} == {*JudgeKind.values}
    assert {*shown.REASONS} == {*EndReason.values} - {EndReason.WINNER_PAID}
    assert {status for status in Status.values if Drop(status=status).is_ended} == following.ENDED


def test_it_refuses_no_file_that_the_site_takes_and_repeats_no_request_that_it_has_forgotten():
    assert (files.FILES_MAX, files.FILE_BYTES_MAX) == (settings.FILES_MAX, settings.FILE_BYTES_MAX)
    assert timedelta(seconds=intents.KEPT_SECONDS) < KEPT_FOR


def test_without_a_setting_it_speaks_to_the_site_where_it_is_served_by_itself(monkeypatch):
    monkeypatch.setenv("PORT", "")
    # Whether the port is free just now is another question.
    monkeypatch.setattr(socket.socket, "bind", lambda *_: None)
    assert urlsplit(credentials.site_address(None)).port == free_port()


def test_its_document_has_every_exit_code():
    rows = re.findall(r"^\| (\d+) \| \S", (ROOT / "docs" / "cli.md").read_text(), re.MULTILINE)
    assert [int(row) for row in rows] == [*Exit]
