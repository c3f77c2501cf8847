"""The one search of staff: what it finds, for whom, and that an index finds it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, User
from clorp.site import search
from drops.models import Case, Submission
from drops.moderation import decisions
from tests.admin_site import change_url, grant, list_url, logged_in
from tests.play import NOON, enter, make_user, open_drop
from wallet.models import Topup, Transfer, Withdrawal

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(db):
    return logged_in(User.objects.create_superuser("chief@house.example"))


def urls(client, words):
    page = client.get("/admin/search/", {"q": words})
    assert page.status_code == 200
    return [one.url for kind in page.context["kinds"] for one in kind.results]


@pytest.fixture
def ada(db):
    user = make_user("ada", handle="countess")
    User.objects.filter(pk=user.pk).update(name="Ada Lovelace")
    return user


@pytest.mark.parametrize(
    "words", ["ada@example.com", "ADA@", "countess", "@countess", "@Count", "lovelace", "Ada Love"]
)
def test_a_person_is_found_by_what_they_are_called(chief, ada, words):
    make_user("bob", handle="viscount")
    assert urls(chief, words) == [change_url(ada)]


def test_a_short_id_finds_whatever_has_it(chief, sender, agent):
    drop = open_drop(sender)
    entry = enter(drop, agent).submission
    assert urls(chief, str(drop.pk)[:8]) == [change_url(drop)]
    assert urls(chief, f"{str(sender.pk)[:8]}…") == [change_url(sender)]
    assert urls(chief, str(entry.pk)) == [change_url(Submission.objects.get())]


def test_words_find_the_newest_drops_that_say_them(chief, sender):
    made = [open_drop(sender, prompt=f"A ferry, number {number}", now=NOON) for number in range(3)]
    open_drop(sender, prompt="A raft")
    assert set(urls(chief, "ferry numb")) == {change_url(drop) for drop in made}
    assert urls(chief, "zeppelin") == []


def test_a_reason_of_the_ledger_finds_its_line_its_people_and_its_drop(chief, sender):
    drop = open_drop(sender)
    line = Transfer.objects.get(reason=f"job:{drop.pk}")
    assert urls(chief, f"job:{drop.pk}") == [change_url(sender), change_url(drop), change_url(line)]
    assert change_url(line) in urls(chief, str(drop.pk))


def test_money_is_found_by_card_and_by_what_stripe_calls_it(chief, sender):
    facts = {"amount_cents": 500, "source": "checkout", "created_at": NOON}
    topup = Topup.objects.create(
        user=sender, card_last4="4242", stripe_payment_intent_id="pi_abc123", idempotency_key="k", **facts
    )
    assert urls(chief, "4242") == [change_url(sender), change_url(topup)]
    assert urls(chief, "pi_abc123") == [change_url(topup)]
    assert urls(chief, "pi_other") == []


def test_a_case_is_found_by_its_number(chief, sender, agent):
    case = decisions.report_drop(drop=open_drop(sender), reporter=agent, reason="Fish.", now=NOON).case
    assert change_url(Case.objects.get()) in urls(chief, f"#{case.pk}")


def test_nobody_finds_a_case_about_themselves(sender, agent):
    mona = make_user("mona", is_staff=True)
    case = decisions.report_drop(drop=open_drop(mona), reporter=agent, reason="Fish.", now=NOON).case
    other = decisions.report_drop(drop=open_drop(sender), reporter=agent, reason="Fish.", now=NOON).case
    assert [change_url(one) in urls(logged_in(mona), f"#{one.pk}") for one in (case, other)] == [False, True]


def test_nobody_finds_what_they_may_not_see(staff, sender, agent):
    drop = open_drop(sender)
    assert urls(logged_in(grant(staff, "drops.view_drop")), f"job:{drop.pk}") == [change_url(drop)]
    assert urls(logged_in(grant(staff)), f"job:{drop.pk}") == []
    assert logged_in(agent).get("/admin/search/", {"q": "ferry"}).status_code == 302


def test_nobody_finds_a_person_by_what_they_may_not_see(staff, sender):
    facts = {"amount_cents": 500, "source": "checkout", "created_at": NOON, "idempotency_key": "k"}
    Topup.objects.create(user=sender, card_last4="4242", **facts)
    line, people = f"job:{open_drop(sender).pk}", logged_in(grant(staff, "accounts.view_user"))
    words = ("4242", line, sender.email)
    assert [urls(people, asked) for asked in words] == [[], [], [change_url(sender)]]
    listed = [people.get(list_url(User), {"q": asked}).content.decode() for asked in words]
    assert [change_url(sender) in page for page in listed] == [False, False, True]


def test_nothing_sealed_is_searched_or_shown(chief, sender, agent):
    drop = open_drop(sender, env_vars={"DOCK_KEY": "hunter2"})
    entry = enter(drop, agent, "a raft of doors").submission
    for words in ("raft of doors", "hunter2"):
        assert urls(chief, words) == []
    assert "raft of doors" not in chief.get("/admin/search/", {"q": str(entry.pk)}).content.decode()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("words", ["", " ", "a", "' | !", "\\", "a:*", "👋", "job:", "0" * 32, "9" * 9, "日本語"])
def test_whatever_is_typed_is_no_error(chief, words):
    urls(chief, words)


def test_no_row_is_counted_and_the_queries_do_not_grow(chief, sender):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            urls(chief, "ferry")
        # Requests are counted now and then, whatever the page.
        return [query["sql"] or "" for query in asked if "core_tally" not in (query["sql"] or "")]

    open_drop(sender)
    queries()  # Whatever a process asks but once.
    before = queries()
    for _ in range(12):
        open_drop(sender)
    after = queries()
    assert len(after) == len(before) and not any("COUNT(" in sql for sql in after)
    page = chief.get("/admin/search/", {"q": "ferry"})
    (kind,) = page.context["kinds"]
    assert len(kind.results) == search.SHOWN and kind.more.endswith("?q=ferry")


@pytest.mark.parametrize(
    "words", ["ada@exam", "countess", "lovelace", "ferry", "4242", "abcdef12", "job:abc", "pi_abc123"]
)
def test_each_way_is_an_indexs(words, db):
    """With sequential scans forbidden none is left, as one would be where no index fits."""
    reader = User.objects.create_superuser("chief@example.com")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as asked:
        for seek in (search.people, search.drops, search.entries):
            list(seek(words, reader))
        for seek in (search.topups, search.withdrawals, search.transfers):
            list(seek(words))
    for query in asked:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan = "\n".join(row[0] for row in cursor)
        assert "Seq Scan" not in plan, plan
    assert not Withdrawal.objects.exists()
