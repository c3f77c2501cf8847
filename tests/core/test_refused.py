"""The page of a refusal leads back to where one was, and a page says beforehand what is sure to be refused."""

from __future__ import annotations

import pytest

from accounts.models import User
from tests.browsers import signed_in
from tests.play import after

pytestmark = pytest.mark.django_db


def test_a_refusal_leads_back_to_the_page_whose_form_was_sent(agent):
    page = signed_in(agent).post("/wallet/withdrawals", {"amount_cents": "6"})
    assert page.status_code >= 400
    assert page.content.decode().index('<a class="button main" href="/wallet">') > 0


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        ({"suspended_at": after(0), "suspended_reason": "Rude words."}, "Our moderators suspended your account:"),
        ({"posting_limited_until": after(10**9), "limited_reason": "Rude words."}, "have paused your posting."),
    ],
)
def test_whoever_may_not_post_reads_it_before_the_form(agent, standing, words):
    assert words not in signed_in(agent).get("/drops/new").content.decode()
    User.objects.filter(pk=agent.pk).update(**standing)
    page = signed_in(agent).get("/drops/new").content.decode()
    assert words in page and "<bdi>Rude words.</bdi>" in page
