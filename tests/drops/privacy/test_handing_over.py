"""A copy that an operator makes for somebody who can't sign in: on record, and read by nobody else."""

from __future__ import annotations

import io
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEvent
from drops.models import Report
from drops.moderation.roles import group_of
from drops.privacy import handing_over
from tests.play import NOON, make_user, open_drop

pytestmark = pytest.mark.django_db


def test_an_operator_writes_a_copy_into_a_file_on_record(sender, agent, lead, tmp_path):
    Report.objects.create(drop=open_drop(sender), reporter=agent, reason="Damp.", created_at=NOON)
    command = {"by": lead.email, "reason": "They wrote to us.", "stdout": io.StringIO()}
    call_command("export_person", agent.email, str(tmp_path / "copy.zip"), **command)
    with ZipFile(tmp_path / "copy.zip") as made:
        assert b"Damp." in made.read("reports.json")
    assert AuditEvent.objects.get().action == "export-person"
    with pytest.raises(CommandError, match="there already"):
        call_command("export_person", agent.email, str(tmp_path / "copy.zip"), **command)
    moderator = make_user("Mod", is_staff=True)
    assert group_of("moderator") in moderator.groups.all()
    with pytest.raises(CommandError):
        call_command("export_person", str(agent.pk), str(tmp_path / "b.zip"), **{**command, "by": moderator.email})
    assert not (tmp_path / "b.zip").exists()


def test_nobody_else_on_the_server_reads_a_copy_while_it_is_written(sender, lead, tmp_path, monkeypatch):
    path, seen = tmp_path / "copy.zip", []
    monkeypatch.setattr(handing_over, "write_archive", lambda *_args, **_more: seen.append(path.stat().st_mode & 0o777))
    call_command("export_person", sender.email, str(path), by=lead.email, reason="Theirs.", stdout=io.StringIO())
    assert seen == [0o600] and path.exists()


def test_half_a_copy_is_left_by_no_fault(sender, lead, tmp_path, monkeypatch):
    monkeypatch.setattr(handing_over, "write_archive", lambda target, *_args, **_more: target.write(b"half") / 0)
    with pytest.raises(ZeroDivisionError):
        call_command("export_person", sender.email, str(tmp_path / "a.zip"), by=lead.email, reason="Theirs.")
    assert list(tmp_path.iterdir()) == []
