"""Text files in other encodings than UTF-8: taken as sent and read as written, or refused with the remedy."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from drops.contest import attachments
from drops.contest.encodings import codec_of, encoding_of
from drops.judging.snapshots import freeze_entries
from drops.models import Attachment
from tests.play import NOON, claim, open_drop, ring, submit

GERMAN = "Grüße aus München, wo die größeren Körbe stehen.\n"
FRENCH = "Le café de la mairie est fermé à cause des élèves ; l'entrée coûte 5 €.\n"
POLISH = "Zażółć gęślą jaźń. Wszyscy ludzie rodzą się wolni i równi w godności.\n"
RUSSIAN = "Все люди рождаются свободными и равными в своем достоинстве и правах.\n"  # noqa: RUF001
JAPANESE = "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。\n"
CHINESE = "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心。\n"
THAI = "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกัน\n"
SPANISH = "¿Qué año? El niño comió piñón.\n"
DANISH = "Alle mennesker er født frie og lige i værdighed.\n"
WIDE = ("utf-16-le", "utf-16-be")
WRITTEN = [
    (GERMAN, "cp1252", "windows-1252"),
    (GERMAN, "iso-8859-1", "windows-1252"),
    (FRENCH, "cp1252", "windows-1252"),
    ("He said \u201chello\u201d \u2014 and left.", "cp1252", "windows-1252"),
    ("1\u00bd Tassen Mehl, \u00be l Milch, gut verrühren für größere Körbe.\n", "cp1252", "windows-1252"),
    ("Bütün insanlar hür, haysiyet ve haklar bak\u0131m\u0131ndan eşit doğarlar.\n", "iso8859-9", "windows-1254"),
    (THAI, "cp874", "windows-874"),
    ('"Tar éis an tsaoil," ar sise, in Oileáin na hÉireann.\n', "cp1252", "windows-1252"),
    ("모든 인간은 태어날 때부터 자유로우며 동등하다.\n", "cp949", "euc-kr"),
    ("人人生而自由,在尊嚴和權利上一律平等。他們賦有理性和良心。\n", "cp950", "big5"),
    ("يولد جميع الناس أحرارا متساوين في الكرامة والحقوق.\n", "cp1256", "windows-1256"),
    (POLISH, "cp1250", "windows-1250"),
    (POLISH, "iso-8859-2", "iso-8859-2"),
    (RUSSIAN, "cp1251", "windows-1251"),
    (RUSSIAN, "koi8-r", "koi8-r"),
    (JAPANESE, "cp932", "shift_jis"),
    (JAPANESE, "euc-jp", "euc-jp"),
    # As mails are written in Japan: plain bytes, which would read as UTF-8 too.
    (JAPANESE, "iso2022_jp", "iso-2022-jp"),
    ("半角 \uff76\uff85 と code\n", "iso2022_jp_ext", "iso-2022-jp"),
    ("\ufeff中\n", "gb18030", "gb18030"),
    (CHINESE, "gb18030", "gb18030"),
    (RUSSIAN, "utf-16", "utf-16"),
    ("\ufeff" + JAPANESE, "utf-16-be", "utf-16"),
    (JAPANESE, "utf-32", "utf-32"),
    (JAPANESE, "utf-8", "utf-8"),
    (GERMAN, "utf-8-sig", "utf-8"),
    ("plain", "ascii", "utf-8"),
    # Without a mark at the beginning, as some editors and most programs save it.
    *((text, codec, codec.replace("6-", "6")) for text in (GERMAN, RUSSIAN, CHINESE, "plain text\n") for codec in WIDE),
]
LATE = b"x" * 9_000
CASES = pytest.mark.parametrize(
    ("text", "codec", "charset"), WRITTEN, ids=[f"{one[1]}-{one[0][:4]!a}" for one in WRITTEN]
)


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def store(agent, name, content):
    return attachments.store_attachment(owner=agent, upload=SimpleUploadedFile(name, content), now=NOON)


@CASES
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.csv"])
@pytest.mark.django_db
def test_a_text_is_kept_as_sent_and_says_how_it_was_saved(agent, text, codec, charset, name):
    content = text.encode(codec)
    row = store(agent, name, content)
    assert (row.content_type, row.charset, row.sha256) == ("text/plain", charset, hashlib.sha256(content).hexdigest())
    answer = attachments.serve_attachment(row)
    assert b"".join(answer) == content
    assert answer["Content-Type"] == f"text/plain; charset={charset}"
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    answer.close()


@CASES
@pytest.mark.django_db
def test_a_judge_reads_what_was_written(sender, agent, text, codec, charset):
    drop = open_drop(sender)
    claim(drop, agent)
    submit(drop, agent, "See the file.", attachments=[store(agent, "a.txt", text.encode(codec))])
    (frozen,) = freeze_entries(ring(drop)).values()
    assert frozen.files[0]["text"] == text.removeprefix("\ufeff")


# What a reading in the wrong encoding looks like, and what is no text in any.
MISLEADING = {
    "French of DOS": FRENCH.replace("€", "euros").encode("cp850"),
    "Russian of a Mac": RUSSIAN.encode("mac_cyrillic"),
    "UTF-8 that was cut": ("ü" * 100).encode()[:-1],
    "UTF-8 and Latin-1": "Größe".encode() + "Größe".encode("latin-1"),
    "UTF-8 with one byte amiss": GERMAN.encode() * 9 + b"\xff",
    "French with an oe of ISO 8859-15": "Le cœur du bœuf, à côté des élèves qui espèrent déjà.\n".encode("iso8859-15"),
    "a French capital of ISO 8859-15": "Les Œuvres complètes, à côté des élèves qui espèrent.\n".encode("iso8859-15"),
    "a price of ISO 8859-15": FRENCH.encode("iso8859-15"),
    "German of a Mac": GERMAN.encode("mac_roman"),
    "a short German text of a Mac": "Wo die größeren Körbe stehen.\n".encode("mac_roman"),
    "Spanish of DOS": SPANISH.encode("cp850"),
    "Danish of DOS": DANISH.encode("cp850"),
    "Finnish of a Mac": "Kaikki ihmiset syntyvät vapaina ja älykkäinä.\n".encode("mac_roman"),
    "Romanian of DOS": "Toate fiinţele umane se nasc libere şi egale.\n".encode("cp852"),
    "Russian of DOS": RUSSIAN.encode("cp866"),
    "German of DOS": GERMAN.encode("cp437"),
    "Czech of DOS": "Všichni lidé rodí se svobodní a sobě rovní. Příliš žluťoučký kůň.\n".encode("cp852"),
    "Polish of DOS": POLISH.encode("cp852"),
    "UTF-7": GERMAN.encode("utf-7"),
    "Japanese in UTF-7": JAPANESE.encode("utf-7"),
    "HZ": CHINESE.encode("hz"),
    "ISO-2022-KR": "모든 인간은 태어날 때부터 자유롭다.\n".encode("iso2022_kr"),
    "EBCDIC": b"\xc8\x85\x93\x93\x96\x6b\x40\xa6\x96\x99\x93\x84",
}


@pytest.mark.parametrize("content", MISLEADING.values(), ids=MISLEADING)
@pytest.mark.django_db
def test_what_only_seems_to_be_in_another_encoding_is_refused_with_what_to_do(agent, content):
    with pytest.raises(Invalid, match="UTF-8"):
        store(agent, "a.txt", content)


# Plain text that is written with the signs of such an encoding.
PLAIN = {
    "sums": b"a+b = c+d-e; C++ +1 +12345678- x+ABC-y\n",
    "a patch": b"@@ -1 +1,2 @@\n+import os\n+import sys-\n-x\n",
    "numbers to call": b"+4917012345678, +1 202 555 0142, +3912345678-9\n",
    "base64": b"iVBORw0KGgo+AAAA/w8+APwA3w==\n",
    "formats of Lisp": b'(format t "~{~a~^, ~}" list) ~{~} ~~\n',
    "a shell's": b"cd ~/{a,b}~ && echo ~{1..3}\n",
    "a diff of one letter": b"+a\n+-\n+ b\n",
}


@pytest.mark.parametrize("content", PLAIN.values(), ids=PLAIN)
def test_plain_text_is_plain_whatever_signs_it_has(content):
    assert encoding_of([content]) == "utf-8"


@pytest.mark.parametrize("content", [b"a\x00b\n", "ab".encode("utf-16-le"), b"\xff\xfea\x00b"], ids=ascii)
@pytest.mark.django_db
def test_what_cannot_be_read_as_text_is_told_how_to_be(agent, content):
    with pytest.raises(Invalid, match=r"The name says \.txt.*save it as text in UTF-8"):
        store(agent, "a.txt", content)


@pytest.mark.django_db
def test_a_terminals_colours_are_named(agent):
    with pytest.raises(Invalid, match="control characters"):
        store(agent, "a.log.txt", b"plain \x1b[31mred\x1b[0m\n")


@pytest.mark.parametrize(
    "content",
    ["naïve café".encode("cp1252"), "Привет".encode("koi8-r"), LATE + "Приве".encode("cp1251"), b"a\xe9b\xb9c\xffd"],
    ids=["few letters", "one word", "late", "of all sorts"],
)
@pytest.mark.django_db
def test_what_cannot_be_told_is_refused_with_what_to_do(agent, content):
    with pytest.raises(Invalid, match=r"can't tell for certain which encoding it's in\. Save it as UTF-8"):
        store(agent, "a.txt", content)
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "content_type", "charset"),
    [
        ("a.txt", LATE + GERMAN.encode("cp1252"), "text/plain", "windows-1252"),
        ("a", GERMAN.encode("cp1252"), "application/octet-stream", ""),
        (".env", b"A=1\n", "text/plain", "utf-8"),
        ("a.html", b"<script>alert(1)</script>", "text/plain", "utf-8"),
        ("a.html", "<script>alert('für dich')</script>".encode("cp1252"), "text/plain", "windows-1252"),
        ("a.svg", b"\xff\xfe" + "<svg onload='alert(1)'/>".encode("utf-16-le"), "text/plain", "utf-16"),
        ("a.bin", LATE + b"\x00\xff", "application/octet-stream", ""),
    ],
)
@pytest.mark.django_db
def test_no_reading_makes_a_page_of_a_file(agent, name, content, content_type, charset):
    row = store(agent, name, content)
    assert (row.content_type, row.charset) == (content_type, charset)
    answer = attachments.serve_attachment(row)
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Content-Disposition"].startswith("attachment;") and answer["X-Content-Type-Options"] == "nosniff"
    answer.close()


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00", b"\x00\x01\x02", b"\xff\xfe\x00", b"PK\x03\x04\x14\x00"]
)
@pytest.mark.django_db
def test_what_is_no_text_is_none_in_any_encoding(agent, content):
    with pytest.raises(Invalid, match=r"The name says \.txt"):
        store(agent, "a.txt", content)


@given(st.binary(max_size=200))
def test_what_is_told_of_any_bytes_reads_them_all(content: bytes):
    told = encoding_of([content])
    assert told is None or content.decode(codec_of(told)) is not None


@given(st.text(st.characters(exclude_categories=["C"]), min_size=1), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_text_in_unicode_is_read_as_it_was_written(text: str, codec: str):
    content = text.encode(codec)
    told = encoding_of([content])
    assert told is not None and content.decode(told) == text


def test_what_is_not_plain_may_come_after_a_megabyte():
    plain = b"An English line of no surprise.\n" * 40_000
    assert encoding_of([plain, GERMAN.encode("cp1252") * 40]) == "windows-1252"
    assert encoding_of([plain, GERMAN.encode() * 40, b"\xff"]) is None
