"""A full disk: said kindly, by pages and API, and nothing half written is left."""

from __future__ import annotations

import errno
import resource
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import disk_full
from core.live.bodies import Intake
from drops.models import Attachment
from tests.api import Api, is_problem
from tests.browsers import signed_in
from tests.core.live.story import tell

LARGE = b"The ferry of the pier. " * 100_000


@pytest.fixture
def full_disk(tmp_path, settings):
    """A disk that takes the first 64 KiB of a file: the machine itself refuses the rest."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, before[1]))
    yield tmp_path / "files"
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def files_in(folder: Path):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_a_program_is_told_and_nothing_of_the_file_is_left(agent, full_disk):
    answer = Api(agent).client.post(
        "/api/attachments", {"file": SimpleUploadedFile("a.txt", LARGE[:100_000])}, headers=Api(agent).headers
    )
    assert is_problem(answer, 507, "storage_full")["retryable"] is True
    assert files_in(full_disk) == [] and Attachment.objects.count() == 0


@pytest.mark.django_db
def test_so_is_whoever_sends_a_file_by_a_page(sender, full_disk):
    sent = {"prompt": "Name it.", "uploads": SimpleUploadedFile("a.txt", LARGE[:100_000])}
    answer = signed_in(sender).post("/drops/new", sent)
    assert answer.status_code == 422 and "no room to store this" in answer.content.decode()
    assert files_in(full_disk) == []


def test_a_body_that_finds_no_room_is_refused_and_gives_its_room_back(full_disk, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1024
    intake = Intake()

    async def receive():
        return {"type": "http.request", "body": LARGE[:200_000], "more_body": False}

    async def is_member():
        return True

    with pytest.raises(disk_full.DiskFull):
        tell(lambda: intake.take({"path": "/drops/new", "headers": []}, receive, is_member))
    assert intake.spooled_bytes == intake.held_bytes == 0


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_no_room_is_told_from_other_faults_of_a_disk(number):
    assert disk_full.is_full(OSError(number, "no room")) and not disk_full.is_full(OSError(errno.EIO, "broken"))
    assert not disk_full.is_full(ValueError(number))
