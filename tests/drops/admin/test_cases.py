"""The moderators' desk: the queue, and the page of a case."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import override

from accounts.models import AuditEvent
from core import clock
from drops.desk import holding
from drops.desk.cases import open_case
from drops.models import Appeal, Case
from drops.models.case import Category
from drops.moderation import decisions
from tests.admin_site import change_url, confirm, grant, list_url, logged_in, verb_url
from tests.drops.admin.verb_cases import reported_feedback
from tests.play import NOON, after, enter, make_user, open_drop, ring
from wallet.books import ledger
from wallet.models import Approval

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("past_noon")]


@pytest.fixture
def moderator(staff):
    return logged_in(staff)


@pytest.fixture
def case(sender, agent, rival):
    drop = open_drop(sender, prompt="Roast my neighbour Ann.")
    enter(drop, rival, "<b>a secret raft</b>")
    return decisions.report_drop(drop=drop, reporter=agent, reason="It names Ann.", now=NOON).case


def url(case, what, *more):
    return reverse(f"admin:drops_case_{what}", args=[case.pk, *more])


def decide(client, case, **sent):
    page = client.get(change_url(case))
    version = page.context["form"]["version"].value()
    return client.post(url(case, "decide"), {"version": version, **sent}, follow=True)


def said(response):
    return " ".join(map(str, response.context["messages"]))


def records():
    return list(AuditEvent.objects.order_by("pk").values_list("action", "target"))


def test_the_queue_shows_what_is_due_first_and_who_has_it(moderator, staff, case, rival):
    sooner = open_case(rival, category=Category.ASKED, now=NOON)
    Case.objects.filter(pk=sooner.pk).update(due_at=after(1))
    holding.take_case(case=case, staff=staff, now=after(30))
    page = moderator.get(list_url(Case))
    assert [row.case for row in page.context["queue"].rows] == [sooner, case]
    text = page.content.decode()
    assert "Overdue by" in text and "Roast my neighbour Ann." in text and "1 report" in text and "until 12:15" in text


@pytest.fixture
def two_cases(staff, case, rival):
    """One that is the moderator's, and one that nobody has."""
    open_case(rival, category=Category.ASKED, now=NOON)
    holding.take_case(case=case, staff=staff, now=after(30))


@pytest.mark.usefixtures("two_cases")
@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 2),
        ({"holder": "mine"}, 1),
        ({"holder": "free"}, 1),
        ({"holder": "others"}, 0),
        ({"category": "asked"}, 1),
        ({"severity": "3"}, 0),
        ({"state": "overdue"}, 0),
        ({"state": "closed"}, 0),
        ({"state": "no such"}, 2),
    ],
)
def test_the_queue_is_narrowed(moderator, asked, count):
    assert len(moderator.get(list_url(Case), asked).context["queue"].rows) == count


def test_pages_of_the_queue_follow_each_other_without_a_gap(moderator):
    for number in range(120):
        open_case(make_user(f"u{number}"), category=Category.ASKED, now=after(number // 7))
    seen, asked = [], ""
    while True:
        queue = moderator.get(f"{list_url(Case)}?{asked}").context["queue"]
        seen += [row.case.pk for row in queue.rows]
        if not (asked := queue.next_page):
            break
    assert seen == list(Case.objects.by_urgency().values_list("pk", flat=True)) and len(seen) == 120


@pytest.mark.parametrize("key", ["x", "2030-01-01", "2030-01-01T00:00:00+00:00,x", ",1"])
def test_a_key_that_is_none_leads_nowhere(moderator, key):
    assert moderator.get(list_url(Case), {"after": key}).status_code == 404


def queries(client, address):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in asked]


def test_the_queue_and_a_case_ask_no_more_of_the_database_for_more_rows(moderator, sender, agent, case):
    ContentType.objects.get_for_models(Case)
    moderator.get("/admin/")
    before = len(queries(moderator, list_url(Case))), len(queries(moderator, change_url(case)))
    for number in range(9):
        drop, user = open_drop(sender), make_user(f"r{number}")
        decisions.report_drop(drop=drop, reporter=user, reason="Damp.", now=NOON)
        decisions.report_drop(drop=case.drop, reporter=user, reason="Damp.", now=NOON)
        open_case(user, category=Category.ASKED, now=NOON)
    asked = queries(moderator, list_url(Case))
    assert not any("COUNT(*)" in sql.split("FROM")[0] for sql in asked if sql.startswith("SELECT COUNT"))
    assert (len(asked), len(queries(moderator, change_url(case)))) == before


def test_nobody_finds_a_case_about_themselves(case, sender, agent):
    for user in (sender, agent):
        user.is_staff = user.is_superuser = True
        user.save()
        client = logged_in(user)
        assert client.get(list_url(Case)).context["queue"].rows == []
        assert client.get(change_url(case)).status_code == 404
        assert client.post(url(case, "take")).status_code == 404
        assert client.post(url(case, "decide"), {"decision": "remove"}).status_code == 404


def test_take_next_leads_to_its_page_and_is_on_record_once(moderator, staff, case):
    answer = moderator.post(reverse("admin:drops_case_next"))
    assert answer["Location"] == change_url(case) and records() == [("take-case", f"case:{case.pk}")]
    assert "Yours until" in moderator.get(change_url(case)).content.decode()
    assert "No case for you" in said(moderator.post(reverse("admin:drops_case_next"), follow=True))


def test_asking_by_get_takes_and_changes_nothing(moderator, case):
    # Whoever signs in again on the way there is led to the list.
    assert moderator.get(reverse("admin:drops_case_next"))["Location"] == list_url(Case)
    entry = case.drop.submissions.get()
    for address in (url(case, "take"), url(case, "give-back"), url(case, "note"), url(case, "decide")):
        moderator.get(address)
    moderator.get(url(case, "read", entry.pk))
    case.refresh_from_db()
    assert case.assignee is None and records() == []


def test_looking_at_one_s_case_keeps_it(moderator, staff, case, monkeypatch):
    holding.take_case(case=case, staff=staff, now=after(60))
    monkeypatch.setattr(clock, "now", lambda: after(600))
    assert moderator.head(change_url(case)).status_code == 200
    case.refresh_from_db()
    assert case.lease_until == after(1500)


def test_an_entry_is_read_on_the_case_s_page_once_that_is_on_record(moderator, case):
    entry = case.drop.submissions.get()
    assert "secret raft" not in moderator.get(change_url(case)).content.decode()
    page = moderator.post(url(case, "read", entry.pk)).content.decode()
    assert "&lt;b&gt;a secret raft&lt;/b&gt;" in page
    assert records() == [("read", f"submission:{entry.pk}")]
    assert AuditEvent.objects.get().reason == f"For case {case.pk}."


def test_an_entry_of_another_drop_is_not_read_here(moderator, case, sender, agent):
    other = enter(open_drop(sender), agent, "another raft").submission
    assert moderator.post(url(case, "read", other.pk)).status_code == 404 and records() == []


def test_deciding_acts_closes_and_goes_back_to_the_queue(moderator, staff, case, sender):
    page = decide(moderator, case, decision="remove", told="It names Ann.", reason="A private person.")
    assert page.redirect_chain == [(list_url(Case), 302)] and f"Case {case.pk}: Remove and refund, done." in said(page)
    case.refresh_from_db()
    assert (case.outcome, case.closed_by, case.drop.status) == ("remove", staff, "cancelled")
    assert ledger.balance_cents(sender) == 500 and records() == [("remove", f"drop:{case.drop_id}")]


def test_a_ready_text_is_told_where_nothing_else_is_written(moderator, case, agent):
    decide(moderator, case, decision="dismiss-case", canned="fine", reason="Harmless.")
    (text,) = agent.notifications.filter(kind="report-handled").values_list("text", flat=True)
    assert "Thank you for looking out." in text


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"decision": "remove", "reason": "Why."}, "told"),
        ({"decision": "remove", "told": "No."}, "reason"),
        ({"told": "No.", "reason": "Why."}, "decision"),
        ({"decision": "stop", "told": "No.", "reason": "Why."}, "decision"),
    ],
)
def test_what_is_missing_is_asked_for_and_what_was_typed_stays(moderator, case, sent, field):
    page = decide(moderator, case, **sent)
    assert page.context["form"].errors[field] and records() == []
    assert all(text in page.content.decode() for text in sent.values() if text != "stop")


def test_what_has_changed_since_it_was_looked_at_is_asked_again(moderator, case):
    page = moderator.post(
        url(case, "decide"), {"decision": "remove", "told": "No.", "reason": "Why.", "version": "old"}
    )
    assert "changed this since" in said(page) and records() == []
    version = page.context["form"]["version"].value()
    moderator.post(url(case, "decide"), {"decision": "remove", "told": "No.", "reason": "Why.", "version": version})
    assert len(records()) == 1


def test_a_decision_that_is_sent_three_times_is_carried_out_once(moderator, case):
    version = moderator.get(change_url(case)).context["form"]["version"].value()
    sent = {"decision": "dismiss-case", "told": "No.", "reason": "Why.", "version": version}
    for _ in range(3):
        moderator.post(url(case, "decide"), sent)
    assert records() == [("dismiss-case", f"case:{case.pk}")]


def test_a_note_stands_on_the_page_and_is_on_record(moderator, case):
    moderator.post(url(case, "note"), {"reason": "Ask <b>Mo</b> first."})
    assert "Ask &lt;b&gt;Mo&lt;/b&gt; first." in moderator.get(change_url(case)).content.decode()
    assert records() == [("note-case", f"case:{case.pk}")]
    assert moderator.post(url(case, "note"), {"reason": "  "}).context["note_form"].errors["reason"]


def test_what_another_has_in_hand_is_read_and_not_decided(moderator, case):
    holding.take_case(case=case, staff=make_user("other", is_staff=True), now=after(30))
    page = moderator.get(change_url(case)).content.decode()
    assert "Another moderator has it" in page and "Decide and close" not in page
    assert "working on this case" in said(moderator.post(url(case, "take"), follow=True))


def test_whoever_may_only_look_is_offered_nothing(staff, case):
    onlooker = logged_in(grant(staff, "drops.view_case"))
    page = onlooker.get(change_url(case)).content.decode()
    assert "Decide and close" not in page and "Take next" not in onlooker.get(list_url(Case)).content.decode()
    for what in ("take", "note"):
        onlooker.post(url(case, what), {"reason": "Mine."})
    decide(onlooker, case, decision="remove", told="No.", reason="Why.")
    assert onlooker.post(reverse("admin:drops_case_next"), follow=True).status_code == 200
    assert records() == [] and logged_in(grant(staff)).get(list_url(Case)).status_code == 403


def test_those_that_are_ticked_are_dismissed_together(moderator, case, sender, rival):
    other = decisions.report_drop(drop=open_drop(sender), reporter=rival, reason="Damp.", now=NOON).case
    asked = {"case": [case.pk, other.pk], "verb": "dismiss-case"}
    answer = moderator.get(reverse("admin:drops_case_chosen"), asked)
    assert unquote(answer["Location"]) == verb_url("dismiss-case", case, other)
    confirm(moderator, answer["Location"], told="It may stay.", reason="Both fine.")
    assert not Case.objects.open().exists() and len(records()) == 2
    assert "Tick the cases first" in said(
        moderator.get(reverse("admin:drops_case_chosen"), {"verb": "assign-case"}, follow=True)
    )


def test_a_case_of_each_kind_has_its_page(moderator, sender, agent, staff, rival):
    report = reported_feedback(sender, agent)
    drop = open_drop(sender)
    enter(drop, agent)
    decisions.judge_by_hand(drop=ring(drop), staff=staff, told="Ours.", reason="Ours.", now=after(400))
    open_case(rival, category=Category.ASKED, now=NOON)
    pages = {case.kind: moderator.get(change_url(case)).content.decode() for case in Case.objects.all()}
    assert pages.keys() == {"submission", "verdict", "person"}
    assert "Fish." in pages["submission"] and "Take the feedback out of sight" in pages["submission"]
    assert f"/drops/{drop.pk}/picks" in pages["verdict"] and "Dismiss" not in pages["verdict"]
    assert rival.email in pages["person"] and report.case.is_open


@pytest.mark.parametrize(("model", "name"), [(Case, "Fälle"), (Appeal, "Einsprüche"), (Approval, "Freigaben")])
def test_what_the_desk_works_on_has_a_german_name_in_the_menu(model, name):
    with override("de"):
        assert capfirst(model._meta.verbose_name_plural) == name
