"""One call to one model over real HTTP, with everything that can go wrong once."""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from clorp.settings.judge_seats import read_seats
from drops.judging.panel import asking
from drops.judging.panel.client import client_of, was_cut
from drops.judging.panel.dialect import FORMATS
from drops.judging.panel.judges import configured_judges, make_judges
from drops.judging.panel.retry_policy import RetryPolicy
from drops.ranking import Panel
from tests.bench.support.judges import chinese, contest
from tests.llm_double import Fault
from tests.llm_double.double import KEY
from tests.plugins.models import HASTY, QUICK

FIELD = contest([0.8, 0.4, 0.0, -0.4, -0.8], seed="asking")
PANEL = Panel(("one", "two", "three"))
CALLS = PANEL.begin(FIELD).calls
LIST = next(call for call in CALLS if call.kind == "list")
# What costs a second request, and what the first request was said to be.
MENDED = {
    Fault.RATE_LIMITED: "it was asked too often",
    Fault.SERVER_ERROR: "the server answered 500",
    Fault.OVERLOADED: "the server answered 529",
    Fault.IN_MAINTENANCE: "the server answered 503",
    Fault.NO_PAUSE: "it was asked too often",
    Fault.WALLED_OFF: "the server answered 403",
    Fault.NOT_ROUTED: "the server answered 404",
    Fault.MISDIRECTED: "the server answered 400",
    Fault.GIVEN_UP: "the server answered 499",
    Fault.LOCKED_OUT: "the server answered 401",
    Fault.UNPAID: "the server answered 402",
    Fault.NOT_LOADED: "the server answered 404",
    Fault.CUT_MIDDLE: "it was not shown all that was sent",
    Fault.SLOW: "it did not answer in time",
    Fault.DROPPED: "the connection was lost",
    Fault.GARBLED: "the server sent something else than an answer",
    Fault.NESTED: "the server sent something else than an answer",
    Fault.ERROR_AS_ANSWER: "the server sent something else than an answer",
    Fault.EMPTY: "the answer was empty",
    Fault.MALFORMED: "The answer holds no JSON object of the kind asked for",
    Fault.TRUNCATED: "the answer was cut off",
    Fault.DRAFTED: "the answer was cut off",
    Fault.GAVE_UP: "the server gave up amid its answer",
    Fault.WRONG_LABEL: "The ranking must name every entry exactly once, and nothing else",
    Fault.MISSING_FIELD: "The notes are a list of objects",
    Fault.RATE_LIMITED_UNTIL: "it was asked too often",
    Fault.CUT: "it was not shown all that was sent",
    Fault.CUT_INSIDE: "The answer does not show that all was read",
    Fault.CUT_INSIDE_UNTOLD: "The answer does not show that all was read",
    Fault.CUT_INSIDE_COUNTLESS: "The answer does not show that all was read",
    Fault.CUT_UNTOLD: "The answer does not show that all was read",
    Fault.CUT_AT_END: "The answer does not show that all was read",
    Fault.NO_WORDS: "The answer does not show that all was read",
    Fault.WRONG_WORDS: "The answer does not show that all was read",
}


def read(judges):
    return make_judges(read_seats(judges, lambda name: ""))


@pytest.fixture
def ask(llm_double):
    """Ask one judge patiently; gives the answer and all attempts."""

    def ask(call=LIST, *, judge=None, field=FIELD, **more):
        attempts = []
        client = client_of(judge or configured_judges()[0])
        check = lambda text: PANEL.check(field, call, text)  # noqa: E731
        more = {"retries": RetryPolicy(**QUICK), **more}
        return asking.ask_with_retries(client, call, check=check, note=attempts.append, **more), attempts

    return ask


@pytest.mark.turns(2)
@pytest.mark.parametrize(("fault", "failure"), MENDED.items(), ids=lambda one: getattr(one, "name", ""))
def test_what_goes_wrong_once_is_asked_again(fault, failure, ask, llm_double):
    llm_double.next(fault)
    answer, attempts = ask(retries=RetryPolicy(**(HASTY if fault is Fault.SLOW else QUICK)))
    assert answer.text == attempts[1].reply.text
    assert [attempt.failure for attempt in attempts] == [failure, ""]
    assert [attempt.number for attempt in attempts] == [1, 2]


def test_a_bad_answer_is_not_shown_to_the_model_again(ask, llm_double):
    llm_double.next(Fault.MALFORMED)
    ask()
    assert llm_double.requests[0].body == llm_double.requests[1].body


@pytest.mark.parametrize("fault", [Fault.REFUSAL, Fault.FILTERED])
def test_a_model_that_will_not_judge_is_not_pressed(fault, ask, llm_double):
    llm_double.next(fault)
    answer, attempts = ask()
    assert (answer.failure, len(attempts), len(llm_double.requests)) == ("it refused to judge", 1, 1)


@pytest.mark.parametrize("fault", [Fault.REASONED, Fault.IN_PARTS, Fault.AS_CALL, Fault.AS_OBJECT, Fault.COUNTED_ODDLY])
def test_an_answer_in_another_place_is_heard(fault, ask, llm_double):
    llm_double.next(fault)
    answer, attempts = ask()
    assert (len(attempts), attempts[0].failure) == (1, "") and answer.text


def test_a_server_that_a_schema_silences_is_asked_without_one(ask, llm_double):
    llm_double.next(Fault.SCHEMA_SILENCES)
    answer, attempts = ask()
    forms = [request.body["response_format"]["type"] for request in llm_double.requests]
    assert answer.text and forms == ["json_schema", "json_schema", "json_object"]
    assert [attempt.request for attempt in attempts] == [request.body for request in llm_double.requests]


CUTS = [Fault.CUT, Fault.CUT_UNTOLD, Fault.CUT_AT_END, Fault.CUT_INSIDE_UNTOLD, Fault.CUT_INSIDE_COUNTLESS]


@pytest.mark.parametrize("fault", [*CUTS, Fault.NO_WORDS])
def test_what_was_not_read_whole_is_no_answer_and_is_asked_again_as_often_as_a_bad_one(fault, ask, llm_double):
    llm_double.next(fault, times=9)
    answer, attempts = ask()
    assert (answer.text, answer.failure, len(attempts)) == (None, MENDED[fault], RetryPolicy().answers_max)


@pytest.mark.parametrize(
    "text",
    [
        "a plain sentence of some words. " * 90,
        "x = f(1)\n" * 300,
        "灯台は海の夢を見る。" * 300,
        "อักษรไทยเขียนติดกันโดยไม่เว้นวรรคระหว่างคำ " * 90,
        "등대는 바다의 꿈을 꾼다. " * 200,
        "Donaudampfschifffahrtsgesellschaft und Bundesverfassungsgericht\n" * 60,
        "1 2 3 4 5 6 7 8 9 0\n" * 100,
    ],
)
def test_tokens_tell_a_text_that_was_cut_from_one_that_was_not(text):
    # The largest vocabularies hold six letters in a token, two signs of Chinese, Kana or Hangul, and four of Thai.
    dense, thai = "\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af", "\u0e00-\u0e7f"
    tokens = rf"[{thai}]{{1,4}}|[{dense}]{{1,2}}|[^\W{thai}{dense}]{{1,6}}|[^\w\s]"
    whole, messages = len(re.findall(tokens, text)), [{"role": "user", "content": text + str(range(2_000))}]
    assert not was_cut(messages, whole) and not was_cut(messages, 0)
    varied = [{"role": "user", "content": "".join(f"{number} of {number * 7}, " for number in range(4_000))}]
    assert was_cut(varied, 2_050)


@pytest.mark.parametrize(("script", "chars_per_token"), [(0x4E00, 1.5), (0x3040, 1.5), (0xAC00, 1.5), (0x0E01, 2.5)])
def test_tokens_tell_of_scripts_without_spaces_too(script, chars_per_token):
    text = "".join(chr(script + number * 37 % 80) for number in range(9_000))
    tokens = round(len(text) / chars_per_token)
    assert not was_cut([{"role": "user", "content": text}], tokens)
    assert was_cut([{"role": "user", "content": text}], tokens * 2 // 5)


def test_a_middle_that_is_lost_in_chinese_is_counted(ask, llm_double):
    llm_double.next(Fault.CUT_INSIDE)
    field = contest([0.8], seed="zh", tricks={0: chinese("zh", 3_000)})
    _, attempts = ask(PANEL.begin(field).calls[0], field=field)
    assert [attempt.failure for attempt in attempts] == [MENDED[Fault.CUT], ""]


@pytest.mark.parametrize("text", [" " * 100_000, "=" * 100_000, "-=" * 50_000, "ab\n\n" * 25_000])
def test_what_repeats_itself_is_not_taken_for_cut(text):
    assert not was_cut([{"role": "user", "content": text}], 1_000)


def test_a_burst_of_pauses_that_are_asked_for_uses_nothing_up(ask, llm_double):
    llm_double.next(Fault.RATE_LIMITED, times=8)
    answer, attempts = ask()
    assert answer.text and len(attempts) == 9
    assert {attempt.failure for attempt in attempts[:-1]} == {"it was asked too often"}


@pytest.mark.parametrize("fault", [Fault.OVERLOADED, Fault.IN_MAINTENANCE, Fault.NO_PAUSE, Fault.RATE_LIMITED_UNTIL])
def test_so_does_one_by_whatever_status_and_for_whatever_time(fault, ask, llm_double):
    llm_double.retry_after_seconds = 0.01
    llm_double.next(fault, times=8)
    answer, attempts = ask()
    assert answer.text and len(attempts) == 9


def test_what_asks_for_no_pause_gets_the_least_one_all_the_same(ask, llm_double):
    llm_double.next(Fault.NO_PAUSE, times=3)
    ask(retries=RetryPolicy(waits_seconds=(0.2,), jitter_share=0.0))
    ats = [request.at for request in llm_double.requests]
    assert all(later - earlier >= 0.2 for earlier, later in itertools.pairwise(ats))


def test_whoever_asks_for_pauses_without_end_is_left_in_the_end(ask, llm_double):
    llm_double.next(Fault.RATE_LIMITED, times=99)
    answer, attempts = ask(retries=RetryPolicy(**QUICK, attempts_max=5))
    assert (answer.failure, len(attempts)) == ("it was asked too often", 5)


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.MALFORMED])
def test_after_three_attempts_it_is_enough(fault, ask, llm_double):
    llm_double.next(fault, times=9)
    answer, attempts = ask()
    assert (len(attempts), len(llm_double.requests)) == (3, 3)
    assert answer.failure == attempts[-1].failure


@pytest.mark.parametrize(
    ("faults", "formats"),
    [
        ([Fault.SCHEMA_REFUSED], ["json_schema", "json_object", "json_object"]),
        ([Fault.CAP_REFUSED], ["json_schema", "json_schema", "json_schema"]),
    ],
)
def test_what_a_server_does_not_know_is_left_out_from_then_on(faults, formats, ask, llm_double):
    for fault in faults:
        llm_double.next(fault)
    assert [len(ask()[1]), len(ask()[1])] == [1, 1]
    assert [request.body["response_format"]["type"] for request in llm_double.requests] == formats


def test_the_cap_is_there_under_whatever_name_it_goes(ask, llm_double):
    llm_double.next(Fault.CAP_REFUSED)
    ask()
    assert [request.body.get("max_tokens") for request in llm_double.requests] == [LIST.tokens_max, None]
    assert llm_double.requests[1].body["max_completion_tokens"] == LIST.tokens_max


def test_temperature_is_sent_only_where_a_judge_says_so_and_as_long_as_it_is_taken(ask, llm_double):
    warm = read(llm_double.seats("warm", "cold", params={"temperature": 0}))[0]
    llm_double.next(Fault.TEMPERATURE_REFUSED)
    ask()
    ask(judge=warm)
    ask(judge=warm)
    sent = [request.body.get("temperature", "none") for request in llm_double.requests]
    assert sent == ["none", 0, "none", "none"]
    assert all("seed" not in request.body for request in llm_double.requests)


def test_a_request_that_its_server_refuses_for_good_is_not_asked_again(ask, llm_double):
    llm_double.next(Fault.TOO_LONG, times=9)
    answer, attempts = ask()
    assert (answer.failure, len(attempts)) == ("the server refused the request with 400", 1)


@pytest.mark.parametrize("fault", [Fault.GARBLED_ON_THE_WAY, Fault.BUSY, Fault.NESTED_COMPLAINT])
def test_a_complaint_is_waited_out_once_no_other_form_helps(fault, ask, llm_double):
    llm_double.next(fault, times=5)
    answer, attempts = ask()
    assert answer.text and attempts[0].failure == "the server answered 400"
    assert tuple(request.body["response_format"]["type"] for request in llm_double.requests[:2]) == FORMATS[:2]


def test_a_model_that_is_nowhere_is_asked_for_as_often_as_one_that_is_away(ask, llm_double):
    lost = read(llm_double.seats("lost", "found").replace("/v1", "/v2"))[0]
    answer, attempts = ask(judge=lost)
    assert (answer.failure, len(attempts)) == ("the server answered 404", 1 + len(QUICK["waits_seconds"]))


def test_retry_after_is_kept_by_everybody_who_asks_that_judge(ask, llm_double):
    llm_double.next(Fault.RATE_LIMITED)
    ask()
    assert llm_double.requests[1].at - llm_double.requests[0].at >= 0.2


def test_the_deadline_ends_the_asking_with_a_failure(ask, llm_double):
    answer, attempts = ask(limits=asking.Limits(until=time.monotonic()))
    assert (answer.failure, attempts, llm_double.requests) == (asking.OUT_OF_TIME, [], [])


def test_a_worker_that_goes_home_leaves_the_call_to_the_next(ask, llm_double):
    stop = threading.Event()
    stop.set()
    with pytest.raises(asking.Stopped):
        ask(limits=asking.Limits(stop=stop))
    assert llm_double.requests == []


def test_threads_that_come_at_once_share_one_client_and_so_one_pace(llm_double):
    (judge, *_) = read(llm_double.seats("fresh", "other"))
    gate = threading.Barrier(8)
    with ThreadPoolExecutor(8) as pool:
        clients = list(pool.map(lambda _: (gate.wait(), client_of(judge))[1], range(8)))
    assert len(set(map(id, clients))) == 1


def test_every_attempt_knows_what_it_cost_and_who_answered(ask, llm_double):
    priced = llm_double.seats("dear", "cheap", input_cents_per_million=100, output_cents_per_million=400)
    _, (attempt,) = ask(judge=read(priced)[0])
    reply = attempt.reply
    assert (reply.model, reply.fingerprint) == ("dear-2026-01-01", "fp_double")
    assert attempt.cost_cents * 1_000_000 == 100 * reply.input_tokens + 400 * reply.output_tokens > 0
    assert KEY not in json.dumps(attempt.request)
