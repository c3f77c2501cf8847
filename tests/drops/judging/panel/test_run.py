"""From the bell to the payout by a panel, over real HTTP and real PostgreSQL."""

from __future__ import annotations

import threading

import pytest
from django.db import Error, connection, transaction

from accounts.models import User
from core.metrics import reading
from drops.judging.panel.evidence import replay_round
from drops.judging.panel.run import run_panel
from drops.models import JudgeAnswer, PanelCall, PanelSession, RankingLog
from drops.moderation import decisions
from tests.admin_site import change_url, list_url, logged_in
from tests.drops.judging.panel.table import NEVER, drop_with_panel, judge_by_panel, winner_order
from tests.llm_double import Fault
from tests.llm_double.double import KEY, shown_texts
from tests.play import after
from wallet.books import ledger

pytestmark = pytest.mark.usefixtures("ledger_db", "llm_double")


def test_a_panel_settles_a_drop_and_the_winner_is_paid(sender, llm_double):
    drop = judge_by_panel(drop_with_panel(sender))
    assert (drop.status, drop.judge, winner_order(drop)) == ("completed", "panel", 2)
    assert ledger.balance_cents(drop.winning_submission.user) == 500
    assert len(llm_double.requests) == PanelCall.objects.count() == JudgeAnswer.objects.count()
    lines = list(RankingLog.objects.order_by("id").values_list("content", flat=True))
    assert len(lines) == len(set(lines))
    assert "judged by a panel of 3 judges" in lines[0]


def test_every_attempt_is_stored_as_it_went(sender, llm_double):
    llm_double.next(Fault.MALFORMED)
    judge_by_panel(drop_with_panel(sender))
    bad, again = PanelCall.objects.filter(key=PanelCall.objects.get(attempt=2).key).order_by("attempt")
    assert (bad.failure, bad.parsed) == ("The answer holds no JSON object of the kind asked for", None)
    assert (again.failure, again.request, again.request_sha256) == ("", None, bad.request_sha256)
    assert again.parsed and again.answer == JudgeAnswer.objects.get(key=again.key).answer["text"]
    assert (again.model_returned, again.fingerprint) == (f"{again.model}-2026-01-01", "fp_double")
    assert KEY not in str(bad.request)
    assert len(again.slots) == len(again.names) == len(shown_texts(llm_double.requests[0]))


def test_what_is_stored_can_be_found_again_whatever_the_settings_say(sender, settings):
    drop = judge_by_panel(drop_with_panel(sender))
    settings.JUDGE_SEATS, settings.JUDGE_STAFF_CENTS = (), 1
    _, verdict = replay_round(drop.round)
    assert (verdict.winner, verdict.rationale) == (str(drop.winning_submission_id), drop.rationale)


@pytest.mark.parametrize("model", [PanelSession, PanelCall])
def test_the_record_is_frozen(model, sender):
    judge_by_panel(drop_with_panel(sender))
    for change in (lambda rows: rows.update(id=-1), lambda rows: rows.delete()):
        with pytest.raises(Error), transaction.atomic():
            change(model.objects.filter(pk=model.objects.first().pk))


def test_no_model_is_asked_inside_a_transaction(sender, llm_double):
    drop = drop_with_panel(sender)
    with transaction.atomic(), pytest.raises(RuntimeError):
        run_panel(drop_id=drop.pk, clock=lambda: after(302), stop=NEVER)
    assert llm_double.requests == []
    assert not connection.in_atomic_block


def test_a_judge_that_is_no_longer_configured_has_no_vote(sender, settings):
    drop = drop_with_panel(sender)
    settings.JUDGE_SEATS = settings.JUDGE_SEATS[:2]
    judge_by_panel(drop)
    assert drop.status == "completed"
    assert JudgeAnswer.objects.filter(answer__failure="this judge is no longer configured").count() == 7


def test_answers_to_another_wording_begin_a_new_round(sender, monkeypatch):
    drop = drop_with_panel(sender)
    JudgeAnswer.objects.create(
        round=drop.round,
        key="panel:1:old",
        answer={"kind": "call", "key": "panel:1:old", "text": "{}", "failure": ""},
        created_at=after(301),
    )
    judge_by_panel(drop)
    assert (drop.judge, drop.round.number, drop.is_ranking) == ("panel", 2, True)
    assert judge_by_panel(drop).status == "completed"


def test_a_verdict_taken_over_by_staff_is_not_the_panels_any_more(sender, staff, llm_double):
    drop = drop_with_panel(sender)
    decisions.judge_by_hand(drop=drop, staff=staff, told="A test.", reason="A test.", now=after(301))
    assert judge_by_panel(drop).judge == "staff"
    assert llm_double.requests == []


def test_an_answer_after_the_round_has_ended_is_paid_for_and_left_out(sender, staff, llm_double):
    drop, gate = drop_with_panel(sender), llm_double.pause(after=4)
    worker = threading.Thread(target=closing_its_connection(judge_by_panel), args=[drop])
    worker.start()
    assert gate.reached.wait(60)
    panels = decisions.judge_by_hand(
        drop=drop, staff=staff, told="A test.", reason="A test.", now=after(302)
    ).rounds.newest_of_panel()
    before = panels.answers.count()
    gate.open()
    worker.join(60)
    assert (panels.answers.count(), panels.is_open) == (before, False)
    assert panels.session.calls.count() == len(llm_double.requests) > before


def closing_its_connection(work):
    def run(*arguments):
        try:
            work(*arguments)
        finally:
            connection.close()

    return run


def test_moderators_see_how_it_went_and_never_the_texts(sender, settings, llm_double):
    settings.STAFF_SECOND_FACTOR = False
    chief = logged_in(User.objects.create_superuser("chief@example.com"))
    llm_double.down = {"two", "three"}
    held = judge_by_panel(drop_with_panel(sender))
    llm_double.down = set()
    done = judge_by_panel(drop_with_panel(sender))
    for drop in (held, done):
        heard = drop.rounds.newest_of_panel()
        call = heard.session.calls.exclude(answer="").first()
        texts = (call, heard.answers.get(key=call.key))
        for row in (heard, heard.session, *texts):
            assert chief.get(list_url(type(row))).status_code == 200
            page = chief.get(change_url(row)).content.decode()
            assert heard.seed not in page
            assert "As it seems to me" not in page and "I put" not in page


def test_the_figures_say_what_panels_cost_and_how_their_models_answer(sender, settings, llm_double):
    settings.JUDGE_SEATS = [{**row, "input_cents_per_million": 100} for row in settings.JUDGE_SEATS]
    llm_double.next(Fault.SERVER_ERROR)
    drop = drop_with_panel(sender)
    assert reading(after(302)).get_sample_value("clorp_panel_waiting") == 1
    judge_by_panel(drop)
    figures = reading(after(303))
    assert figures.get_sample_value("clorp_panel_waiting") == 0
    assert figures.get_sample_value("clorp_panel_cents_today") > 0
    results = [
        figures.get_sample_value("clorp_panel_attempts", {"model": model, "result": result})
        for model in ("one", "two", "three")
        for result in ("answered", "failed")
    ]
    assert sum(results) == PanelCall.objects.count()
    assert sorted(results[1::2]) == [0, 0, 1]
