"""A body is taken as far as its view takes one, from whom it takes it, and as long as it keeps coming."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.http import FILES_LIMITS, FORM_LIMITS
from core.live import bodies
from core.live.bodies import (
    BodyBroken,
    BodyCoded,
    BodyTooLarge,
    BodyTooSlow,
    ExpectsMore,
    Intake,
    TooManyBodies,
    TransferCoded,
    limits_of,
)
from tests.core.live.story import tell

UUID = "00000000-0000-0000-0000-000000000000"
KNOWN, UNKNOWN = True, False


class Sender:
    """Sends these parts, each after a `pause`; `asked` counts how often somebody wanted to know who it is, and `read`
    what was taken."""

    def __init__(self, *parts, is_member=UNKNOWN, path="/board", pause=0.0, ends=True, **headers):
        named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        self.scope = {"path": path, "headers": named}
        self.parts, self.is_member, self.pause, self.ends = list(parts), is_member, pause, ends
        self.asked = self.read = 0

    async def receive(self):
        await pass_time(self.pause)
        if not self.parts and not self.ends:
            return {"type": "http.disconnect"}
        part = self.parts.pop(0) if self.parts else b""
        self.read += len(part)
        return {"type": "http.request", "body": part, "more_body": bool(self.parts) or not self.ends}

    async def knows(self):
        self.asked += 1
        return self.is_member


async def pass_time(seconds):
    """Put the loop's clock, which stands still from then on, so much forward: a slow machine is no slow sender."""
    loop = asyncio.get_running_loop()
    moment = loop.time() + seconds
    loop.time = lambda: moment
    # A timer that is due by now is called, and what it ends has ended.
    for _ in range(3):
        await asyncio.sleep(0)


def take(sender, intake=None):
    """The part of a sender's body that is taken."""
    taken = []

    async def story():
        await pass_time(0)
        with await (intake or Intake()).take(sender.scope, sender.receive, sender.knows) as body:
            taken.append(body.read())

    tell(story)
    return taken[0]


def test_a_body_is_whole_however_many_parts_it_comes_in():
    assert take(Sender()) == b""
    assert take(Sender(b"pro", b"", b"mpt")) == b"prompt"


@given(st.lists(st.binary(max_size=300), max_size=8), st.booleans())
def test_wherever_a_body_is_cut_and_whether_its_length_is_told_or_not_the_same_is_taken(parts, is_told):
    whole = b"".join(parts)
    told = {"content_length": str(len(whole))} if is_told else {"transfer_encoding": "chunked"}
    assert take(Sender(*parts, **told)) == whole


def test_what_a_stranger_may_send_asks_nobody_who_it_is():
    sender = Sender(b"x" * FORM_LIMITS.strangers)
    assert len(take(sender)) == FORM_LIMITS.strangers
    assert sender.asked == 0


@pytest.mark.parametrize("told", [{}, {"content_length": str(FORM_LIMITS.strangers + 1)}], ids=["by_size", "by_header"])
def test_more_is_for_members(told):
    more = (b"x" * FORM_LIMITS.strangers, b"x", b"")
    member = Sender(*more, is_member=KNOWN, **told)
    assert len(take(member)) == FORM_LIMITS.strangers + 1
    assert member.asked == 1
    with pytest.raises(BodyTooLarge, match="too large") as refusal:
        take(Sender(*more, **told))
    assert "Sign in" in refusal.value.next_step


@pytest.mark.parametrize("is_member", [KNOWN, UNKNOWN])
@pytest.mark.parametrize("path", ["/accounts/login/", "/preview", "/api/jobs", "/nothing", f"/drops/{UUID}/submit"])
def test_of_what_says_that_it_is_too_large_nothing_is_read(path, is_member):
    size = limits_of(path).members + 1
    sender = Sender(b"x", path=path, is_member=is_member, content_length=str(size))
    with pytest.raises(BodyTooLarge):
        take(sender)
    assert sender.read == sender.asked == 0


def test_of_what_does_not_say_how_large_it_is_no_more_is_read_than_is_taken():
    sender = Sender(*[b"x" * 65_536] * 1_000, is_member=KNOWN)
    with pytest.raises(BodyTooLarge):
        take(sender)
    assert sender.read <= FORM_LIMITS.members + 65_536


@pytest.mark.parametrize("path", ["/drops/new", f"/drops/{UUID}/submit"])
def test_files_are_taken_where_there_are_files(path):
    assert limits_of(path) == FILES_LIMITS


CODINGS = ["gzip", "GZIP", "br, gzip", "deflate", "zstd", "nonsense", "identity, x-gzip", " gzip "]


@pytest.mark.parametrize("length", [{"content_length": "2"}, {"transfer_encoding": "chunked"}], ids=["told", "chunked"])
@pytest.mark.parametrize("coding", CODINGS)
def test_a_coded_body_is_refused_unread(coding, length):
    sender = Sender(b"\x1f\x8b", content_encoding=coding, **length)
    with pytest.raises(BodyCoded) as refusal:
        take(sender)
    assert (refusal.value.status, refusal.value.headers, sender.read) == (415, {"Accept-Encoding": "identity"}, 0)


def test_of_two_headers_that_name_codings_both_count():
    sender = Sender(b"\x1f\x8b", content_encoding="gzip", content_length="2")
    sender.scope["headers"].append((b"content-encoding", b"identity"))
    with pytest.raises(BodyCoded):
        take(sender)


@pytest.mark.parametrize("coding", ["identity", "IDENTITY", "identity, identity", "", " "])
def test_a_body_that_is_not_coded_is_taken_however_that_is_told(coding):
    assert take(Sender(b"plain", content_encoding=coding, content_length="5")) == b"plain"


def test_so_is_one_of_which_nothing_told_before_it_came():
    with pytest.raises(BodyCoded):
        take(Sender(b"\x1f\x8b", content_encoding="gzip"))


@pytest.mark.parametrize("length", [{}, {"content_length": "0"}], ids=["untold", "zero"])
def test_no_body_has_no_coding(length):
    assert take(Sender(content_encoding="gzip", **length)) == b""


@pytest.mark.parametrize("coding", ["gzip, chunked", "GZip,chunked", "deflate", "x-unheard-of, chunked"])
def test_a_transfer_coding_besides_chunks_is_refused_by_its_own_status(coding):
    sender = Sender(b"\x1f\x8b", transfer_encoding=coding)
    with pytest.raises(TransferCoded) as refusal:
        take(sender)
    assert (refusal.value.status, sender.read) == (501, 0)
    assert take(Sender(b"plain", transfer_encoding="Chunked")) == b"plain"


def test_a_body_may_take_as_long_as_what_has_come_of_it_allows(monkeypatch):
    monkeypatch.setattr(bodies, "BODY_SECONDS_MAX", 2.0)
    slow = Sender(*[b"x"] * 1_000, pause=0.5)
    with pytest.raises(BodyTooSlow):
        take(slow)
    assert slow.read <= 4
    monkeypatch.setattr(bodies, "BYTES_A_SECOND_MIN", 1)
    assert take(Sender(*[b"x"] * 8, pause=0.5)) == b"x" * 8


def test_of_a_body_that_breaks_off_nothing_is_kept():
    with pytest.raises(BodyBroken):
        take(Sender(b"prompt=Name my", ends=False))


@pytest.fixture
def little_room(settings, monkeypatch):
    """Ten bytes lie in memory and the rest on disk, which holds a hundred at once."""
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    monkeypatch.setattr(bodies, "SPOOLED_BYTES_MAX", 100)
    return Intake()


def take_while(intake, size, act, **headers):
    """Let `act` happen while a body of `size` is worked on."""

    async def story():
        sender = Sender(b"x" * size, **headers)
        with await intake.take(sender.scope, sender.receive, sender.knows):
            await act()

    tell(story)


def another(intake, size):
    async def take_it():
        sender = Sender(b"x" * size)
        (await intake.take(sender.scope, sender.receive, sender.knows)).close()

    return take_it


def test_no_more_lies_on_disk_at_once_than_there_is_room_for(little_room):
    take_while(little_room, 90, another(little_room, 10))
    with pytest.raises(TooManyBodies):
        take_while(little_room, 90, another(little_room, 11))
    assert (take(Sender(b"x" * 100), little_room), little_room.spooled_bytes) == (b"x" * 100, 0)


def test_a_form_with_files_takes_the_room_of_its_copies_too(little_room):
    form = {"content_type": "Multipart/form-data; boundary=x"}
    take_while(little_room, 40, another(little_room, 20), **form)
    with pytest.raises(TooManyBodies):
        take_while(little_room, 40, another(little_room, 21), **form)
    assert little_room.spooled_bytes == 0


def test_memory_has_its_bound_too_and_small_forms_are_always_taken(monkeypatch):
    monkeypatch.setattr(bodies, "SMALL_BYTES", 10)
    monkeypatch.setattr(bodies, "HELD_BYTES_MAX", 100)
    intake = Intake()
    take_while(intake, 100, another(intake, 10))
    with pytest.raises(TooManyBodies):
        take_while(intake, 90, another(intake, 11))
    assert intake.held_bytes == 0


@pytest.mark.parametrize("expected", ["200-ok", "x", "100-continue, x", "100-continued", "100-continue;q=1", "\xff"])
def test_what_is_expected_besides_an_answer_is_refused_by_its_own_status(expected):
    sender = Sender(b"x", content_length="1")
    sender.scope["headers"].append((b"expect", expected.encode("latin-1")))
    with pytest.raises(ExpectsMore) as refusal:
        take(sender)
    assert (refusal.value.status, sender.read) == (417, 0)


@pytest.mark.parametrize(
    "expected", ["100-continue", "100-Continue", " 100-CONTINUE ", "", "100-continue, 100-continue"]
)
def test_whoever_waits_to_be_let_go_on_is(expected):
    assert take(Sender(b"x", content_length="1", expect=expected)) == b"x"
