"""File names: what spells them stays, what would deceive goes, and every disk takes them."""

from __future__ import annotations

import unicodedata
from email.message import Message
from email.utils import collapse_rfc2231_value

import pytest
from django.core.files.base import ContentFile
from django.http import FileResponse
from hypothesis import given
from hypothesis import strategies as st

from core.uploads import last_part
from drops.contest.file_names import NAME_BYTES_MAX, NAME_CHARS_MAX, clean_name
from drops.models import Attachment
from tests.api import Api

PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
FAMILY = "👩\u200d👩\u200d👧"
HINDI = "\u0915\u094d\u200d\u0937"
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e007f"
NAMES = [
    (f"{PERSIAN}.txt", f"{PERSIAN}.txt"),
    (f"{FAMILY}.txt", f"{FAMILY}.txt"),
    (f"{HINDI} ❤\ufe0f\u200d🔥 {SCOTLAND}.md", f"{HINDI} ❤\ufe0f\u200d🔥 {SCOTLAND}.md"),
    ("in\u200dvoice\u200c.exe", "invoice.exe"),
    ("photo\u202egpj.exe", "photogpj.exe"),
    ("a\u2066b\u200f.txt", "ab.txt"),
    ("photo.jpg\u3164\u2800\u00ad.exe", "photo.jpg.exe"),
    (".env", ".env"),
    ("C:\\work\\.gitignore", ".gitignore"),
    ("..env", ".env"),
    ("../../etc/passwd", "passwd"),
    ("..", "file"),
    (".", "file"),
    ("", "file"),
    ("\u200b\u0301", "file"),
    ("Re\u0301sume\u0301.pdf", "Résumé.pdf"),
    ("con", "_con"),
    ("NUL.tar.gz", "_NUL.tar.gz"),
    ("com¹.txt", "_com¹.txt"),
    ("con .txt", "_con.txt"),
    ("nul  .tar.gz", "_nul .tar.gz"),
    ("aux\u3164.txt", "_aux.txt"),
    ("in\ufe0fvo\ufe0eice.exe", "invoice.exe"),
    ("1\ufe0f\u20e3 ❤\ufe0f\ufe0f\ufe0f.txt", "1\ufe0f\u20e3 ❤\ufe0f.txt"),
    ("葛\U000e0100城.txt", "葛\U000e0100城.txt"),
    ("\u1820\u180b.txt", "\u1820\u180b.txt"),
    ("photo.jpg\U0001d159.exe", "photo.jpg.exe"),
    ("console.log", "console.log"),
    ("C:notes.txt", "C_notes.txt"),
    ("notes.txt::$DATA", "notes.txt__$DATA"),
    ('12:30 "why?" <a|b>*.txt', "12_30 _why__ _a_b__.txt"),
    ("con:.txt", "con_.txt"),
    ("what\uff1f 12\uff1a30.txt", "what\uff1f 12\uff1a30.txt"),
    ("a\x00b\n.txt. ", "ab.txt"),
    ("x" * 300 + ".txt", "x" * 196 + ".txt"),
    ("ش" * 300 + ".txt", "ش" * 125 + ".txt"),
    (FAMILY * 40 + ".png", FAMILY * 13 + ".png"),
]
PIECES = st.sampled_from(
    [PERSIAN, FAMILY, "\u200d", "\u202e", ".", " ", "/", "\\", "e\u0301", "con", '"', "%41", ";", "\u0301", *":<>|?*"]
)
SENT = st.lists(PIECES | st.text(st.characters(exclude_categories=["Cs"]), max_size=5), max_size=60).map("".join)


@pytest.mark.parametrize(("sent", "clean"), NAMES, ids=ascii)
def test_a_name_keeps_what_spells_it_and_nothing_that_deceives(sent: str, clean: str):
    assert clean_name(sent) == clean


@given(SENT)
def test_every_name_is_one_that_every_disk_takes(sent: str):
    name = clean_name(sent)
    assert clean_name(name) == name == unicodedata.normalize("NFC", name)
    assert 0 < len(name) <= NAME_CHARS_MAX and len(name.encode()) <= NAME_BYTES_MAX
    assert name not in {".", ".."} and not name.endswith((".", " "))
    assert not set(name) & set('<>:"|?*/\\\x00\n\u202a\u202d\u202e\u2066\u2069\u200e\u200f')


@given(SENT)
def test_a_download_is_called_what_the_file_is(sent: str):
    name = clean_name(sent)
    answer = FileResponse(ContentFile(b""), as_attachment=True, filename=name)
    header = Message()
    header["Content-Disposition"] = answer["Content-Disposition"]
    assert answer["Content-Disposition"].isascii() and header.get_content_disposition() == "attachment"
    told = header.get_param("filename", header="Content-Disposition")
    # It would take the quotes of a plain one away once more.
    assert (collapse_rfc2231_value(told) if isinstance(told, tuple) else told) == name


@pytest.mark.parametrize(("sent", "clean"), [*NAMES[:2], (".env", ".env"), ("..", "file"), ("a\u202eb.txt", "ab.txt")])
@pytest.mark.django_db
def test_the_door_hands_a_name_on_as_it_was_sent(agent, settings, tmp_path, sent, clean):
    settings.MEDIA_ROOT = tmp_path
    body = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{sent}"\r\n\r\nhello\r\n--b--\r\n'.encode()
    api = Api(agent)
    content_type = "multipart/form-data; boundary=b"
    answer = api.client.generic("POST", "/api/attachments", body, content_type=content_type, headers=api.headers)
    assert answer.status_code == 201, answer.content
    assert answer.json()["name"] == Attachment.objects.get().name == clean


def test_no_file_is_no_name():
    assert last_part(None, "") is None and last_part(None, "C:\\") is None
