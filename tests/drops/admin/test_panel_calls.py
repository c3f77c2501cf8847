"""A panel's calls quote every entry: they are on no page, and read only with each of them on record."""

import pytest

from accounts.models import AuditEvent, User
from drops.models import JudgeAnswer, PanelCall
from tests.admin_site import change_url, confirm, list_url, logged_in, verb_url
from tests.drops.judging.panel.table import drop_with_panel, judge_by_panel
from tests.llm_double import Fault

pytestmark = pytest.mark.usefixtures("ledger_db", "llm_double")


def test_what_the_panel_was_sent_is_on_no_page_and_each_entry_in_it_is_on_record_first(sender):
    drop = judge_by_panel(drop_with_panel(sender))
    chief = logged_in(User.objects.create_superuser("chief@example.com"))
    call = PanelCall.objects.filter(kind="list", failure="").first()
    texts = [entry.latest.body for entry in drop.submissions.filter(pk__in=call.slots)]
    assert drop.is_completed and len(texts) == len(call.slots) > 1
    pages = [change_url(call), list_url(PanelCall), change_url(JudgeAnswer.objects.get(key=call.key, round=drop.round))]
    shown = "".join(chief.get(page).content.decode() for page in pages)
    assert not any(text in shown for text in [*texts, call.answer, call.request_sha256])
    assert not AuditEvent.objects.exists()
    [(_, shown)] = confirm(chief, verb_url("read-panel", call), reason="An appeal.").context["results"]
    assert all(text in str(shown["request"]) for text in texts) and shown["answer"] == call.answer
    read = set(AuditEvent.objects.filter(action="read-panel").values_list("target", flat=True))
    assert read == {f"submission:{slot}" for slot in call.slots}


def test_of_a_second_try_what_was_sent_is_found_with_the_first(sender, llm_double):
    llm_double.next(Fault.MALFORMED)
    judge_by_panel(drop_with_panel(sender))
    again = PanelCall.objects.get(attempt=2)
    chief = logged_in(User.objects.create_superuser("chief@example.com"))
    page = confirm(chief, verb_url("read-panel", again), reason="An appeal.")
    [(_, read)] = page.context["results"]
    assert again.request is None and read["request"] and read["answer"] == again.answer
