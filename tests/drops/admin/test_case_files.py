"""Files of an entry that is read on the page of a case."""

from __future__ import annotations

import re
from contextlib import closing

import pytest
from django.urls import reverse

from drops.models import Attachment
from drops.moderation import decisions
from tests.admin_site import logged_in
from tests.play import NOON, claim, open_drop, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("past_noon")]


@pytest.fixture
def raft(rival, tmp_path, settings):
    """A file of the rival's."""
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "x").write_bytes(b"planks")
    facts = {"name": "raft.txt", "content_type": "text/plain", "size": 6, "sha256": "0" * 64}
    return Attachment.objects.create(owner=rival, file="x", created_at=NOON, **facts)


def test_an_entry_read_on_the_page_comes_with_its_files(staff, sender, rival, agent, raft):
    drop = open_drop(sender)
    claim(drop, rival)
    submit(drop, rival, "A raft.", attachments=[raft])
    case = decisions.report_drop(drop=drop, reporter=agent, reason="It names Ann.", now=NOON).case
    moderator, read = logged_in(staff), reverse("admin:drops_case_read", args=[case.pk, drop.submissions.get().pk])
    page = moderator.post(read).content.decode()
    (address,) = re.findall(rf'href="(/api/attachments/{raft.pk}[^"]*)"', page)
    with closing(moderator.get(address.replace("&amp;", "&"))) as answer:
        assert answer.getvalue() == b"planks"
