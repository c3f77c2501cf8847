"""Files of drops, entries and people, in a bucket: kept, read, sealed, swept and erased as in a folder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import pytest
from botocore.exceptions import EndpointConnectionError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Erasure, Export
from core import s3_files
from core.files import StoreAway
from drops import tasks
from drops.contest import attachments, cleaning
from drops.judging.snapshots import freeze_entries
from drops.models import Attachment, Drop, FrozenEntry
from drops.privacy import erasing, exporting
from tests.api import Api, is_problem
from tests.browsers import signed_in
from tests.play import NOON, claim, open_drop, ring, submit

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00"


def stored(owner, name="raft.txt", content=b"doors", now=NOON):
    return attachments.store_attachment(owner=owner, upload=SimpleUploadedFile(name, content), now=now)


class Away:
    """The way to the store: shut until it is opened again."""

    def __init__(self):
        self.events = default_storage.connection.meta.client.meta.events
        self.events.register("before-send.s3", self.refuse)

    def refuse(self, **_):
        raise EndpointConnectionError(endpoint_url="http://store")

    def is_over(self):
        self.events.unregister("before-send.s3", self.refuse)


def entered(drop, agent):
    """An entry with a file, and that file."""
    file = stored(agent)
    claim(drop, agent)
    submit(drop, agent, attachments=[file])
    return file


@pytest.fixture
def away(bucket, monkeypatch):
    monkeypatch.setattr(s3_files, "AWAY_SECONDS", 0)
    way = Away()
    yield way
    way.is_over()


def test_a_program_uploads_and_reads_its_file_as_a_download(bucket, agent):
    file = Api(agent).upload(SimpleUploadedFile("a.png", PNG)).json()
    assert bucket.paths() == [f"one/{Attachment.objects.get().file.name}"]
    answer = Api(agent).client.get(f"/api/attachments/{file['id']}", headers=Api(agent).headers)
    assert b"".join(answer.streaming_content) == PNG and answer["Content-Length"] == str(len(PNG))
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert answer["Content-Disposition"] == 'attachment; filename="a.png"' and "Location" not in answer


def test_a_file_sent_by_a_page_is_read_by_a_page(bucket, sender):
    browser = signed_in(sender)
    browser.post("/drops/new", {"prompt": "Name it.", "uploads": SimpleUploadedFile("a.txt", b"doors")})
    answer = browser.get(Attachment.objects.get().get_absolute_url())
    assert b"".join(answer.streaming_content) == b"doors" and len(bucket.paths()) == 1


def test_a_sealed_file_is_its_owners_alone(bucket, sender, agent, rival):
    drop = open_drop(sender)
    file = entered(drop, agent)
    for reader, status in ((agent, 200), (rival, 404), (sender, 404), (None, 404)):
        answer = Api(reader).client.get(f"/api/attachments/{file.pk}", headers=Api(reader).headers)
        assert answer.status_code == status
        assert b"".join(answer) == b"doors" or status == 404


def test_what_is_judged_is_read_from_there(bucket, sender, agent):
    drop = open_drop(sender)
    entered(drop, agent)
    assert [one.files[0]["text"] for one in freeze_entries(ring(drop)).values()] == ["doors"]


def test_a_file_of_nothing_goes_with_its_bytes_and_so_do_bytes_of_nothing(bucket, agent, monkeypatch):
    orphan, kept = stored(agent), stored(agent, "b.txt", now=NOON + timedelta(days=9))
    default_storage.save("attachments/ab/litter", ContentFile(b"half of it"))
    cleaning.purge_file(attachment_id=orphan.pk, now=NOON + timedelta(days=2))
    assert cleaning.purge_litter(now=datetime.now(UTC), files_max=10) == 0
    assert cleaning.purge_litter(now=datetime.now(UTC) + timedelta(days=2), files_max=10) == 1
    assert bucket.paths() == [f"one/{kept.file.name}"]


def test_a_copy_of_somebodys_data_has_their_files_and_goes_with_their_account(
    bucket, agent, monkeypatch, django_capture_on_commit_callbacks
):
    stored(agent)
    exporting.ask_for_export(user=agent, now=NOON)
    exporting.build_export(export_id=Export.objects.get().pk, clock=lambda: NOON)
    export, content = exporting.open_export(user=agent, token=exporting.token_of(Export.objects.get()), now=NOON)
    with content, ZipFile(content) as copy:
        assert b"doors" in [copy.read(name) for name in copy.namelist() if name.startswith("files/")]
    assert f"one/{export.path}" in bucket.paths()
    erasing.ask_for_erasure(user=agent, now=NOON)
    with django_capture_on_commit_callbacks(execute=True):
        erasing.carry_out(erasure_id=Erasure.objects.get().pk, now=NOON + timedelta(days=30))
    assert f"one/{export.path}" not in bucket.paths()


def test_while_the_store_is_away_a_program_is_told_to_come_back_and_then_it_is_done_once(away, bucket, agent):
    api = Api(agent)
    answer = api.upload(SimpleUploadedFile("a.txt", b"doors"), key="one")
    assert is_problem(answer, 503, "storage_away")["retryable"] and answer["Retry-After"] == "5"
    assert (bucket.paths(), Attachment.objects.count()) == ([], 0)
    away.is_over()
    assert api.upload(SimpleUploadedFile("a.txt", b"doors"), key="one").status_code == 201
    assert len(bucket.paths()) == Attachment.objects.count() == 1


def test_a_page_keeps_what_was_typed_and_says_it_by_the_file(away, bucket, sender):
    sent = {"prompt": "Name it.", "uploads": SimpleUploadedFile("a.txt", b"doors")}
    answer = signed_in(sender).post("/drops/new", sent)
    text = answer.content.decode()
    assert answer.status_code == 422 and "reach our file storage" in text and "Name it." in text
    assert (bucket.paths(), Attachment.objects.count()) == ([], 0)


def test_a_download_says_when_to_come_back(bucket, agent, request):
    file = stored(agent)
    request.getfixturevalue("away")
    answer = signed_in(agent).get(file.get_absolute_url())
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert is_problem(Api(agent).get(f"attachments/{file.pk}"), 503, "storage_away")


def test_no_entry_is_frozen_without_its_files_because_the_store_was_away(bucket, sender, agent, request):
    drop = open_drop(sender)
    entered(drop, agent)
    away = request.getfixturevalue("away")
    with pytest.raises(StoreAway):
        ring(drop)
    tasks.rank_waiting()
    assert not FrozenEntry.objects.exists() and Drop.objects.get().is_ranking
    away.is_over()
    tasks.rank_waiting()
    assert FrozenEntry.objects.get().files[0]["text"] == "doors"


def test_a_row_that_is_gone_leaves_its_bytes_to_the_sweep_while_the_store_is_away(bucket, agent, request):
    orphan = stored(agent)
    away = request.getfixturevalue("away")
    cleaning.purge_file(attachment_id=orphan.pk, now=NOON + timedelta(days=2))
    assert not Attachment.objects.exists()
    away.is_over()
    assert cleaning.purge_litter(now=datetime.now(UTC) + timedelta(days=2), files_max=10) == 1
    assert bucket.paths() == []
