"""A person's file in the admin: all that a moderator must know of somebody, on one page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiKey, User
from drops.contest.links import note_evidence
from drops.models import Claim, Report
from drops.moderation import standing
from tests.admin_site import change_url, confirm, grant, list_url, logged_in, verb_url
from tests.api import hold_clock
from tests.play import NOON, after, claim, enter, finished_drop, fund, make_user, open_drop
from wallet.books import ledger
from wallet.models import Topup, Withdrawal

pytestmark = pytest.mark.django_db
WHY = "Three reports."


@pytest.fixture
def chief(db):
    return logged_in(User.objects.create_superuser("chief@example.com"))


def file_of(client, user):
    page = client.get(change_url(user))
    assert page.status_code == 200
    return page


def rows_of(page, name):
    (shown,) = (shown for shown in page.context["file"]["parts"] if shown.part.name == name)
    return shown.rows


def long_history(user, others, staff, count):
    for number in range(count):
        at = NOON + timedelta(hours=number)
        fund(user, 500, now=at)
        drop = open_drop(user, now=at)
        Report.objects.create(drop=drop, reporter=others[0], reason=f"Damp {number}.", created_at=at)
        Report.objects.create(drop=drop, reporter=user, reason=f"Dry {number}.", created_at=at)
        there = open_drop(others[0], now=at)
        claim(there, user, now=at)
        Claim.objects.filter(user=user).update(ended_at=at, end_reason="released")
        user.cooldowns.all().delete()
        ApiKey.objects.create(user=user, name=f"key-{number}", expiry=None)
        UserSession.objects.create(
            user=user, session_key=f"{user.pk.hex[:20]}{number}", ip="127.0.0.1", user_agent="Lynx"
        )
        standing.write_note(user=user, staff=staff, reason=f"Note {number}.", now=at + timedelta(days=30))


def test_the_file_says_how_somebody_stands_and_what_was_decided(chief, sender, agent, staff):
    drop = finished_drop(sender, agent)
    Report.objects.create(drop=drop, reporter=agent, reason="Fish.", created_at=NOON)
    standing.warn_user(user=agent, staff=staff, told="No insults.", reason=WHY, now=NOON)
    page = file_of(chief, agent)
    told = dict(page.context["file"]["standing"])
    assert told["Suspended"] == "no" and told["Wallet"] == "$5.00" and told["Roles"] == "none"
    (decision,) = rows_of(page, "decisions")
    assert decision[1] == staff.email and decision[3:] == [WHY, "No insults."]
    assert len(rows_of(page, "seats")) == len(rows_of(page, "reports-by")) == 1
    assert len(rows_of(file_of(chief, sender), "reports-about")) == 1


def test_each_line_of_the_statement_has_its_balance_and_leads_to_its_cause(chief, sender, agent):
    drop = finished_drop(sender, agent)
    Withdrawal.objects.create(user=agent, amount_cents=500, idempotency_key="w1", created_at=NOON)
    lines = rows_of(file_of(chief, sender), "statement") + rows_of(file_of(chief, agent), "statement")
    assert [line[2:4] for line in lines] == [["-$5.00", "$0.00"], ["$5.00", "$5.00"], ["$5.00", "$5.00"]]
    links = [re.search('href="([^"]+)"', line[4]).group(1) for line in lines]
    assert links[0] == links[2] == change_url(drop)
    assert all(chief.get(link).status_code == 200 for link in links)


def test_other_accounts_are_named_with_why(chief, sender):
    second, stranger = make_user("sender+2"), make_user("stranger")
    for one in (sender, second, stranger):
        note_evidence(one, NOON)
    page = file_of(chief, sender)
    assert [(one.email, why) for one, why in page.context["file"]["linked"]] == [(second.email, "the same mailbox")]
    assert change_url(second) in page.content.decode()


@pytest.fixture
def unwatched(settings, monkeypatch):
    """No page is counted with all processes', and nothing asks for the time."""
    settings.PAGES_PER_MINUTE = 100_000
    hold_clock(monkeypatch)


@pytest.mark.usefixtures("unwatched")
def test_as_many_queries_for_a_long_history_as_for_a_short_one(chief, sender, agent, staff, rival):
    def asked(user):
        with CaptureQueriesContext(connection) as queries:
            file_of(chief, user)
        return len(queries)

    long_history(sender, [rival], staff, 1)
    long_history(agent, [rival], staff, 12)
    file_of(chief, sender)
    # Statements are prepared as they are used, each time with a question more.
    for _ in range(8):
        file_of(chief, sender)
    assert asked(sender) == asked(agent) < 40


def test_a_long_part_goes_on_page_by_page_with_no_row_twice(chief, sender, staff, rival, settings):
    long_history(sender, [rival], staff, 11)
    for name in ("drops", "statement", "notes", "keys", "reports-by"):
        page = file_of(chief, sender)
        (shown,) = (shown for shown in page.context["file"]["parts"] if shown.part.name == name)
        url = f"/admin/accounts/user/{sender.pk}/file/{name}/"
        rest = chief.get(url, {"before": shown.older}).context["shown"]
        everything = chief.get(url).context["shown"]
        assert shown.rows + rest.rows == everything.rows and len(everything.rows) >= 11, name


def test_a_part_that_is_none_and_a_row_that_is_nobodys_lead_nowhere(chief, sender, rival, staff):
    url = f"/admin/accounts/user/{sender.pk}/file/"
    assert chief.get(f"{url}secrets/").status_code == 404
    for before in ("x", "7", "00000000-0000-0000-0000-000000000000"):
        assert chief.get(f"{url}notes/", {"before": before}).status_code == 404
    assert logged_in(grant(staff)).get(f"{url}notes/").status_code == 403


def test_no_key_and_no_sealed_word_is_in_a_file(chief, sender, agent):
    key, token = ApiKey.objects.create(user=agent, expiry=None)
    enter(open_drop(sender), agent, "a sealed raft")
    page = file_of(chief, agent).content.decode()
    assert "a sealed raft" not in page and token not in page and key.digest not in page


@pytest.mark.parametrize("asked", ["@sunny", "sunny", "SENDER@example.com", "Sender", "short id", "ledger", "4242"])
def test_somebody_is_found_by_whatever_is_known_of_them(asked, chief, sender, agent):
    User.objects.filter(pk=sender.pk).update(handle="sunny")
    drop = open_drop(sender)
    Topup.objects.create(user=sender, amount_cents=500, source="checkout", card_last4="4242", created_at=NOON)
    words = {"short id": str(sender.pk)[:8], "ledger": f"job:{drop.pk}"}.get(asked, asked)
    people = chief.get(list_url(User), {"q": words}).context["cl"].queryset
    assert [user.pk for user in people] == [sender.pk]


def test_what_nobody_has_finds_nobody(chief, sender):
    for words in ("@nobody", "deadbeef", "0000", "job:nothing", "topup:cs_none"):
        assert chief.get(list_url(User), {"q": words}).context["cl"].result_count == 0


def test_a_suspension_lists_each_drop_seat_and_withdrawal_and_does_as_is_ticked(chief, sender, agent):
    gone, kept = open_drop(agent, title="Gone"), open_drop(agent, title="Kept")
    claim(open_drop(sender, title="Seated"), agent)
    Withdrawal.objects.create(user=agent, amount_cents=700, idempotency_key="w1", created_at=after(1))
    url = verb_url("suspend", agent)
    page = chief.get(url).content.decode()
    assert all(words in page for words in ("Gone", "Kept", "Seated", "comes free", "$7.00", "goes on"))
    confirm(chief, url, reason=WHY, told="Insults.", remove=[str(gone.pk)])
    gone.refresh_from_db(), kept.refresh_from_db()
    assert (gone.status, kept.status) == ("cancelled", "open")
    assert ledger.balance_cents(agent) == 500


def test_erasing_says_what_goes_what_stays_and_what_is_in_the_way(chief, sender):
    open_drop(sender)
    page = chief.get(verb_url("erase", sender)).content.decode()
    assert "Gone: name" in page and "Kept, under no name" in page and "In the way: drops that have not ended: 1" in page
