"""The part of entries that judges are given: frozen once, files and all, and nobody's name in it."""

import io
from dataclasses import replace

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, transaction
from PIL import Image

from accounts.models import Agent
from drops import packs
from drops.contest import attachments
from drops.contest.file_types import HEAD_BYTES, Kind
from drops.judging import rounds, snapshots
from drops.judging import steps as judging
from drops.judging.anonymise import names_pattern, without_names
from drops.models import Attachment, Claim, FrozenEntry
from drops.ranking.checks import screen_field
from tests.play import NOON, claim, enter, open_drop, ring, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def upload(owner, name, content):
    return attachments.store_attachment(owner=owner, upload=SimpleUploadedFile(name, content), now=NOON)


def picture(width, height):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height)).save(buffer, "PNG")
    return buffer.getvalue()


def entered(sender, agent, *uploads, body="Here it is.", pack="cook"):
    """A drop in ranking with one entry and these files."""
    drop = open_drop(sender, pack=pack)
    claim(drop, agent)
    submit(drop, agent, body, attachments=[upload(agent, *one) for one in uploads])
    return ring(drop)


def only_entry(drop):
    (entry,) = snapshots.field_of(drop.round).entries
    return entry


def test_text_files_are_part_of_the_entry_under_numbers(sender, agent):
    entry = only_entry(entered(sender, agent, ("agent-smith.py", b"print('hi')\n")))
    assert [(file.name, file.text, file.about) for file in entry.files] == [("file-1.py", "print('hi')\n", "")]


def test_an_entry_of_files_alone_is_seen_by_a_judge(sender, agent):
    drop = entered(sender, agent, ("plan.md", b"# Boil the water, then count the eggs.\n"), body="")
    screening = screen_field(snapshots.field_of(drop.round))
    assert len(screening.usable) == 1
    assert "count the eggs" in screening.entries[0].shown


@pytest.mark.parametrize("text", ["\u200b\u2060\n", "\u3164", " \u2800\n", "\u0301", "\U0001d159"], ids=ascii)
def test_a_text_file_of_which_nothing_is_seen_is_told_as_blank(sender, agent, text, monkeypatch):
    # As files were taken before such a file was refused.
    monkeypatch.setattr(attachments, "shows_nothing_in", lambda upload, charset: False)
    entry = only_entry(entered(sender, agent, ("a.txt", text.encode())))
    assert entry.files[0].text == "" and "blank" in entry.files[0].about


def test_a_picture_is_described_and_not_shown(sender, agent):
    entry = only_entry(entered(sender, agent, ("logo.png", picture(1200, 800))))
    assert entry.files[0].text == ""
    assert entry.files[0].about.startswith("a picture of 1,200 by 800 pixels (")


def test_other_bytes_are_named_by_type_and_size(sender, agent):
    entry = only_entry(
        entered(sender, agent, ("plan.pdf", b"%PDF-1.7 nothing more"), ("broken.png", picture(2, 2)[:20]))
    )
    abouts = sorted(file.about for file in entry.files)
    assert abouts == ["a file of the type application/pdf (21 bytes)", "a file of the type image/png (20 bytes)"]


def test_bytes_that_are_not_those_submitted_are_not_judged(sender, agent):
    drop = open_drop(sender, pack="cook")
    claim(drop, agent)
    for name in ("changed.txt", "lost.txt"):
        submit(drop, agent, "x", attachments=[*Attachment.objects.all(), upload(agent, name, b"first thought")])
    changed, lost = Attachment.objects.order_by("created_at", "name")
    changed.file.storage.delete(changed.file.name)
    changed.file.storage.save(changed.file.name, ContentFile(b"second thought"))
    lost.file.storage.delete(lost.file.name)
    entry = only_entry(ring(drop))
    assert [(file.text, file.about) for file in entry.files] == [("", snapshots.UNREADABLE)] * 2


def test_what_can_not_be_stored_as_text_does_not_stop_the_judging(sender, agent, monkeypatch):
    # As files were taken when only their first bytes were looked at.
    monkeypatch.setattr(attachments, "kind_of", lambda name, upload: Kind("text/plain"))
    content = b"a" * HEAD_BYTES + b"\x00\xff end"
    entry = only_entry(entered(sender, agent, ("log.txt", content)))
    assert entry.files[0].text.endswith("a\ufffd\ufffd end")


def test_files_take_no_more_room_than_is_ever_read(sender, agent, monkeypatch):
    monkeypatch.setattr(snapshots, "READ_CHARS_MAX", 100)
    entry = only_entry(entered(sender, agent, ("a.txt", b"b" * 90), ("b.txt", b"c" * 90), body="d" * 40))
    assert [len(part) for part in (entry.text, *(file.text for file in entry.files))] == [40, 60, 0]
    assert "cut away" in entry.files[1].about


def test_nobody_s_name_address_or_handle_is_in_it(sender, agent):
    agent.email, agent.name = "mira.b7@example.com", "Mira Bell"
    agent.save()
    body = "By mira  bell (MIRA.B7@example.com), also known as Mira.B7 and @mira.b7. Mirabelle jam."
    entry = only_entry(entered(sender, agent, ("a.txt", b"# mira.b7\n"), body=body))
    assert entry.text == "By [name] ([name]), also known as [name] and [name]. Mirabelle jam."
    assert entry.files[0].text == "# [name]\n"


def test_an_address_goes_as_its_owner_writes_it_too(sender, agent):
    agent.email, agent.email_as_written = "mira@bücher.example", "Mira@Bücher.example"
    agent.save()
    body = "Write to mira@bücher.example, or to mira@xn--bcher-kva.example."
    assert only_entry(entered(sender, agent, body=body)).text == "Write to [name], or to [name]."


def test_the_handle_of_a_public_profile_goes_too(sender, agent):
    agent.handle = "ada"
    agent.save()
    body = "See clorp.example/agents/ada or ask @ada. Ada Lovelace wrote ada.py."
    entry = only_entry(entered(sender, agent, body=body))
    assert entry.text == "See clorp.example[name] or ask [name]. Ada Lovelace wrote ada.py."


def test_a_legacy_profile_s_name_goes_too(sender, agent):
    drop = open_drop(sender)
    claim(drop, agent)
    Claim.objects.update(agent=Agent.objects.create(owner=agent, name="RaftBot 9000"))
    submit(drop, agent, "raftbot 9000 presents: a raft.")
    assert only_entry(ring(drop)).text == "[name] presents: a raft."


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Will it float? It will. — Will", "[name] it float? It will. — [name]"),
        ("data = [1]; my @data", "data = [1]; my [name]"),
        ("d\u200bata@example.c\u00adom", "[name]"),
        ("\uff24\uff21\uff34\uff21@example.com", "[name]"),
        ("by d\u200bata@example.com\ufb01", "by d\u200bata@example.com\ufb01"),
        (
            "10\u00b2 m\u00b2 by d\u200bata@example.com: \u0645\u06cc\u200c\u062e",
            "10\u00b2 m\u00b2 by [name]: \u0645\u06cc\u200c\u062e",
        ),
        ("willing, update@example.com", "willing, update@example.com"),
    ],
)
def test_words_stay_words(text, masked):
    assert without_names(text, names_pattern("data@example.com", ["Will"])) == masked


def test_it_is_frozen_once_and_for_all(sender, agent):
    drop = entered(sender, agent, ("a.txt", b"first"), body="Yours, Agent")
    before = snapshots.field_of(drop.round)
    agent.name = "Somebody Else"
    agent.save()
    Attachment.objects.get().file.delete(save=False)
    assert snapshots.field_of(drop.round) == before
    with pytest.raises(Error), transaction.atomic():
        FrozenEntry.objects.update(text="better")


def test_nothing_is_frozen_while_a_better_revision_may_come(sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    with pytest.raises(ValueError, match="window is over"):
        snapshots.freeze_entries(drop)
    assert not FrozenEntry.objects.exists()


def test_the_rubric_and_the_bar_stay_those_of_the_judging_s_start(sender, agent, monkeypatch):
    drop = entered(sender, agent)
    before = snapshots.field_of(drop.round)
    assert (before.rubric_version, before.passing_letter.value) == ("cook-1", "D")
    monkeypatch.setattr(packs.Pack, "rubric_id", "cook-7")
    monkeypatch.setitem(packs.PACKS, "cook", replace(packs.PACKS["cook"], passing_grade="B"))
    assert snapshots.field_of(drop.round) == before
    after = snapshots.field_of(rounds.hand_to_staff(drop=drop, reason="a test", now=NOON).round)
    assert (after.rubric_version, after.passing_letter.value) == ("cook-7", "B")


def test_a_storage_that_is_away_for_a_moment_freezes_nothing(sender, agent, monkeypatch):
    drop = open_drop(sender, pack="cook")
    claim(drop, agent)
    submit(drop, agent, "x", attachments=[upload(agent, "a.txt", b"first")])

    def away(*args, **kwargs):
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(Attachment._meta.get_field("file").storage, "open", away)
        with pytest.raises(TimeoutError):
            ring(drop)
    assert not FrozenEntry.objects.exists()
    assert only_entry(judging.rank_drop(drop=drop, now=drop.window_closes_at)).files[0].text == "first"
