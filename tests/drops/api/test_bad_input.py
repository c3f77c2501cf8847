"""Bad input gets a clear refusal and changes nothing."""

import io
import uuid
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from drops.models import Attachment, Drop, Revision
from tests.api import Api, hold_clock, is_problem
from tests.play import claim, fund, open_drop
from wallet.books import ledger

pytestmark = pytest.mark.django_db
FINE = {"prompt": "Name my ferry.", "confirmed": True}
NOWHERE = str(uuid.UUID(int=7))


@pytest.fixture(autouse=True)
def at_noon(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    hold_clock(monkeypatch)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": "  \n"}, "prompt"),
        ({"prompt": None}, "prompt"),
        ({"prompt": 7}, "prompt"),
        ({"prompt": "x" * 20_001}, "prompt"),
        ({"prompt": "a\x00b"}, "prompt"),
        ({"pack": "lottery"}, "pack"),
        ({"pack": "x\x00"}, "pack"),
        ({"price_cents": -500}, "price_cents"),
        ({"price_cents": 0}, "price_cents"),
        ({"price_cents": 99}, "price_cents"),
        ({"price_cents": 20_001}, "price_cents"),
        ({"price_cents": 10**30}, "price_cents"),
        ({"price_cents": 500.5}, "price_cents"),
        ({"price_cents": "500"}, "price_cents"),
        ({"price_cents": True}, "price_cents"),
        ({"time_limit_seconds": 59}, "time_limit_seconds"),
        ({"time_limit_seconds": 604_801}, "time_limit_seconds"),
        ({"time_limit_seconds": "300"}, "time_limit_seconds"),
        ({"title": "x" * 201}, "title"),
        ({"envVars": {"A": 1}}, "envVars.A"),
        ({"envVars": {"A\x00": "b"}}, "envVars"),
        ({"envVars": ["A"]}, "envVars"),
        ({"confirmed": "yes"}, "confirmed"),
        ({"attachments": [NOWHERE]}, "attachments"),
        ({"attachments": ["nonsense"]}, "attachments.0"),
        ({"attachments": [NOWHERE] * 11}, "attachments"),
    ],
)
def test_terms_out_of_bounds_are_refused_by_field(sender, wrong, field):
    fund(sender)
    problem = is_problem(Api(sender).post("jobs/run", {**FINE, **wrong}), 400, "invalid")
    assert field in {fault["field"] for fault in problem["errors"]}
    assert not Drop.objects.exists() and ledger.balance_cents(sender) == 10_000


@pytest.mark.parametrize(
    "body",
    [
        b'{"prompt": NaN}',
        b'{"prompt": "\xff\xfe"}',
        b'{"prompt": "\\ud800"}',
        b'{"prompt": ',
        b"[" * 100_000,
        b"[]",
        b'"prompt"',
        b"null",
    ],
)
def test_what_is_no_json_object_is_refused(sender, body):
    answer = Api(sender).post("jobs/run", body)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert not Drop.objects.exists()


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp1252"])
def test_json_in_another_encoding_is_told_which_one_it_has(sender, codec):
    body = '{"prompt": "Grüße"}'.encode(codec)
    assert "UTF-8" in is_problem(Api(sender).post("jobs/run", body), 400, "parse_error")["error"]


@pytest.mark.parametrize(
    ("kind", "remedy"),
    [
        ("multipart/form-data", "boundary"),
        ("multipart/form-data; boundary=", "boundary"),
        ("multipart/form-data; boundary=ä", "boundary"),
        ('multipart/form-data; boundary=" "', "boundary"),
    ],
)
def test_a_form_without_its_boundary_is_told_how_to_get_one(agent, kind, remedy):
    api = Api(agent)
    answer = api.client.generic("POST", "/api/attachments", b"--b\r\n", content_type=kind, headers=api.headers)
    assert remedy in is_problem(answer, 400, "parse_error")["error"]


def test_a_body_above_one_mebibyte_is_refused_with_the_limit_named(sender):
    body = b'{"prompt": "' + b"x" * 1024 * 1024 + b'"}'
    assert "1 MiB" in is_problem(Api(sender).post("jobs/run", body), 413, "body_too_large")["error"]


def test_another_content_type_is_refused(sender):
    api = Api(sender)
    answer = api.client.post("/api/jobs/run", "prompt=x", content_type="text/plain", headers=api.headers)
    is_problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "wrong",
    [
        {"body": ""},
        {},
        {"body": 5},
        {"body": "x" * 200_001},
        {"body": "a\x00b"},
        {"body": "x", "attachments": [NOWHERE] * 11},
    ],
)
def test_an_entry_out_of_bounds_is_refused_and_not_stored(sender, agent, wrong):
    drop = open_drop(sender)
    claim(drop, agent)
    is_problem(Api(agent).post(f"jobs/{drop.pk}/submit", wrong), 400, "invalid")
    assert not Revision.objects.exists()


def test_a_file_of_26_mebibytes_is_refused_with_the_limit_named(agent):
    upload = SimpleUploadedFile("a.txt", b"x" * 26 * 1024 * 1024)
    assert "25 MiB" in is_problem(Api(agent).upload(upload), 413, "file_too_large")["error"]
    assert not Attachment.objects.exists()


def test_a_zip_named_png_is_refused(agent):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("a.txt", "hi")
    problem = is_problem(Api(agent).upload(SimpleUploadedFile("a.png", archive.getvalue())), 400, "invalid")
    assert problem["error"].startswith("The name says .png, but the content is a .zip file. Rename it to match")
    assert not Attachment.objects.exists()


def test_an_upload_without_its_file_is_refused(agent):
    api = Api(agent)
    is_problem(api.client.post("/api/attachments", {"file": "text"}, headers=api.headers), 400, "invalid")
    two = {"file": [SimpleUploadedFile(name, b"plain words") for name in ("a.txt", "b.txt")]}
    is_problem(api.client.post("/api/attachments", two, headers=api.headers), 400, "invalid")
    assert not Attachment.objects.exists()


def test_an_id_in_capitals_is_the_same_id(sender):
    drop = open_drop(sender)
    api, capitals = Api(sender), str(drop.pk).upper()
    assert api.client.get(f"/api/jobs/{capitals}", headers=api.headers).json()["id"] == str(drop.pk)
    for odd in (f"{capitals}0", capitals.replace("-", ""), f"{{{capitals}}}"):
        assert api.client.get(f"/api/jobs/{odd}", headers=api.headers).status_code == 404
    is_problem(api.post("attachments", {"file": "text"}), 415, "unsupported_media_type")


@pytest.mark.parametrize("step", ["", "/claims", "/submissions", "/logs", "/picks"])
def test_what_is_not_there_is_not_found(agent, step):
    is_problem(Api(agent).get(f"jobs/{NOWHERE}{step}"), 404, "not_found")


@pytest.mark.parametrize("step", ["pay", "cancel", "reroll", "claim", "release", "submit", "report", "picks"])
def test_no_step_is_taken_on_what_is_not_there(agent, step):
    body = {"reason": "x", "body": "x", "left": NOWHERE}
    is_problem(Api(agent).post(f"jobs/{NOWHERE}/{step}", body), 404, "not_found")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=%EF%BC%91", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=WzEsMl0", "cursor"),
        ("cursor=W2ZhbHNlLCJ4IiwieSJd", "cursor"),
        ("cursor=%00", "cursor"),
        ("pack=%00", "pack"),
        ("min_price_cents=-1", "min_price_cents"),
        ("min_price_cents=99999999999", "min_price_cents"),
        ("has_seats=maybe", "has_seats"),
        ("min_seconds_left=-1", "min_seconds_left"),
        ("max_seconds_left=soon", "max_seconds_left"),
        ("sort=random", "sort"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused_by_name(db, query, field):
    problem = is_problem(Api().get(f"board?{query}"), 400, "invalid")
    assert [fault["field"] for fault in problem["errors"]] == [field]


def test_a_pick_that_makes_no_sense_is_refused(sender, agent):
    drop = open_drop(sender)
    for wrong in ({}, {"left": 5}, {"left": NOWHERE, "pick": "up"}, {"left": NOWHERE, "grade": "E"}):
        is_problem(Api(sender).post(f"jobs/{drop.pk}/picks", wrong), 400, "invalid")
