"""Without a key: what the drop's page shows to anybody, and nothing more."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from drops.contest import attachments
from drops.judging import rounds
from drops.moderation import decisions
from tests.api import Api, hold_clock, is_problem
from tests.play import NOON, claim, enter, finished_drop, judge, open_drop, post_drop, ring, submit

pytestmark = pytest.mark.django_db
SECRET = "The words that nobody may see"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    hold_clock(monkeypatch)


def about(drop):
    return [f"jobs/{drop.pk}{tail}" for tail in ("", "/submissions", "/logs")]


def test_a_stranger_reads_an_open_drop_and_may_do_nothing_with_it(sender, agent):
    drop = open_drop(sender, env_vars={"TOKEN": "for claimants"})
    enter(drop, agent, SECRET)
    job = Api().get(f"jobs/{drop.pk}").json()
    assert (job["status"], job["claims_count"], job["submissions_count"]) == ("open", 1, 1)
    assert (job["allowed_actions"], job["refused_actions"], job["envVars"]) == ([], [], None)
    assert Api().get(f"jobs/{drop.pk}/submissions").json() == Api().get(f"jobs/{drop.pk}/logs").json() == []


@pytest.mark.parametrize("path", ["", "/submissions", "/logs"])
def test_what_a_stranger_may_not_know_of_is_not_there(path, sender, staff):
    unpaid, removed = post_drop(sender), open_drop(sender)
    decisions.remove_drop(drop=removed, staff=staff, told="Unlawful.", reason="Unlawful.", now=NOON)
    for drop in (unpaid, removed):
        is_problem(Api().get(f"jobs/{drop.pk}{path}"), 404, "not_found")
        assert Client().get(drop.get_absolute_url()).status_code == 404


def test_who_holds_a_seat_and_everything_that_changes_something_takes_a_login(sender):
    drop = open_drop(sender)
    for path in ("claims", "picks"):
        is_problem(Api().get(f"jobs/{drop.pk}/{path}"), 401, "not_authenticated")
    for path in ("claim", "submit", "cancel", "report", "picks"):
        is_problem(Api().post(f"jobs/{drop.pk}/{path}"), 401, "not_authenticated")


def test_a_bad_key_is_refused_where_none_is_needed(sender):
    drop = open_drop(sender)
    for path in about(drop):
        is_problem(Api(headers={"Authorization": "Bearer clorp_pat_x"}).get(path), 401, "bad_key")


def test_a_stranger_reads_no_line_before_the_end_and_then_the_public_ones(sender, agent, rival):
    drop = open_drop(sender)
    enter(drop, agent)
    rounds.hand_to_staff(drop=ring(drop), reason="Odd entries.", now=NOON)
    assert Api().get(f"jobs/{drop.pk}/logs").json() == []
    ended = finished_drop(sender, agent, rival)
    shown = [line["content"] for line in Api().get(f"jobs/{ended.pk}/logs").json()]
    page = Client().get(ended.get_absolute_url()).content.decode()
    assert 0 < len(shown) < ended.ranking_logs.count() and page.count('<span class="kind">') == len(shown)


def test_the_winners_work_and_files_are_a_strangers_only_where_they_are_public(sender, agent):
    def won(**terms):
        drop = open_drop(sender, **terms)
        claim(drop, agent)
        file = attachments.store_attachment(owner=agent, upload=SimpleUploadedFile("plan.txt", b"12345"), now=NOON)
        submit(drop, agent, SECRET, attachments=[file])
        return judge(ring(drop), sender), file

    (private, hidden), (public, shown) = won(), won(public_result=True)
    assert Api().get(f"jobs/{private.pk}/submissions").json() == []
    is_problem(Api().get(f"submissions/{private.winning_submission_id}"), 404, "not_found")
    is_problem(Api().get(f"attachments/{hidden.pk}"), 404, "not_found")
    (entry,) = Api().get(f"jobs/{public.pk}/submissions").json()
    assert (entry["body"], entry["grade"], entry["reasons"], entry["user_id"]) == (SECRET, "A", [], None)
    assert Api().get(f"submissions/{public.winning_submission_id}").json() == entry
    assert b"".join(Api().get(f"attachments/{shown.pk}")) == b"12345"


def test_strangers_are_limited_here_as_elsewhere(sender, settings):
    settings.API_ANONYMOUS_PER_MINUTE = 2
    drop = open_drop(sender)
    first, *_, last = [Api().get(path) for path in about(drop)]
    assert first["RateLimit-Policy"].startswith('"anonymous"')
    is_problem(last, 429, "throttled")
