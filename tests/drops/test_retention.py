"""Forgetting what grows with every drop: each kind after its time, in small steps, and never what is still needed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Export, IdempotencyKey, Notification
from core.db.batches import delete_in_batches
from drops import tasks
from drops.appeals.asking import appeal_verdict
from drops.judging.recompute import differences
from drops.models import Cleaning, Cooldown, PanelCall
from drops.models.cleaning import Cleaned
from tests.browsers import signed_in
from tests.drops.judging.panel.table import drop_with_panel, judge_by_panel
from tests.drops.test_metrics import figure
from tests.play import NOON, after, claim, finished_drop, make_user, open_drop
from wallet.books import invariants
from wallet.models import StripeEvent

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def forget(monkeypatch):
    """`forget(now)` is a night's work."""

    def night(now):
        monkeypatch.setattr("core.clock.now", lambda: now)
        return tasks.forget_old()

    return night


def tell(user, count):
    Notification.objects.bulk_create(
        Notification(user=user, kind="told", text=f"{n}", href="/", created_at=NOON, read_at=NOON, routed_at=NOON)
        for n in range(count)
    )


def test_many_rows_go_in_small_steps(agent, settings):
    settings.CLEAN_ROWS_AT_ONCE = 10
    tell(agent, 25)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert delete_in_batches(Notification.objects.filter(created_at__lte=NOON)) == 25
    deletes = [query["sql"] for query in asked if query["sql"].startswith("DELETE")]
    assert len(deletes) == 3 and not Notification.objects.exists()


def test_a_night_takes_no_more_than_it_may_and_the_next_goes_on(agent, settings, forget):
    settings.CLEAN_ROWS_MAX = 10
    tell(agent, 25)
    later = NOON + 91 * DAY
    assert [forget(later), forget(later), forget(later), forget(later)] == [10, 10, 5, 0]


def test_a_night_ends_when_its_time_is_up(agent, settings, forget):
    settings.CLEAN_ROWS_AT_ONCE, settings.CLEAN_SECONDS_MAX = 10, 0
    tell(agent, 25)
    assert forget(NOON + 91 * DAY) == 10


def test_every_kind_is_counted_also_where_nothing_went(agent, forget):
    tell(agent, 3)
    now = NOON + 91 * DAY
    forget(now)
    assert figure("clorp_cleaned_total", now, kind="notifications") == 3
    assert figure("clorp_cleaned_total", now, kind="cooldowns") == 0
    by_night = {Cleaned.DROPS, Cleaned.DRAFTS, Cleaned.FILES, Cleaned.SANDBOX, Cleaned.EMPTIED}
    others = by_night | {Cleaned.ANSWERS, Cleaned.SESSIONS, Cleaned.TYPED}
    assert set(Cleaning.objects.values_list("kind", flat=True)) == set(Cleaned) - others


def test_how_long_is_a_setting(agent, settings, forget):
    settings.NOTES_READ_DAYS_KEPT = 7
    tell(agent, 2)
    assert forget(NOON + 7 * DAY - timedelta(seconds=1)) == 0 and forget(NOON + 7 * DAY) == 2


def test_what_was_known_of_a_browser_goes_with_its_session(agent, forget):
    for key in ("ended", "alive"):
        UserSession.objects.create(user=agent, ip="127.0.0.1", user_agent="Firefox", session_key=key)
    UserSession.objects.update(created_at=NOON)
    Session.objects.create(session_key="alive", session_data="", expire_date=NOON + 14 * DAY)
    forget(NOON + DAY)
    assert list(UserSession.objects.values_list("session_key", flat=True)) == ["alive"]
    assert signed_in(make_user("Reader")).get("/me/notifications").status_code == 200


def test_cooldowns_go_with_drops_that_are_over(sender, agent, rival, forget):
    over, still = finished_drop(sender, agent), open_drop(sender)
    for drop in (over, still):
        Cooldown.objects.create(user=rival, drop=drop, expires_at=NOON, created_at=NOON)
    forget(NOON + 30 * DAY)
    assert list(Cooldown.objects.values_list("drop", flat=True)) == [still.pk]


@pytest.mark.parametrize(
    ("status", "account", "is_kept"),
    [("processed", None, False), ("dead", None, True), ("processed", "acct_1", True)],
)
def test_what_stripe_sent_is_emptied_once_it_is_worked_off(status, account, is_kept, forget):
    worked = {"processed_at": NOON} if status == "processed" else {}
    about = {"type": "charge.succeeded", "livemode": False, "created": NOON, "received_at": NOON, "account": account}
    StripeEvent.objects.create(id="evt_1", payload={"data": "x"}, status=status, **about, **worked)
    forget(NOON + 90 * DAY)
    assert bool(StripeEvent.objects.get().payload) is is_kept


def test_that_there_was_a_copy_is_forgotten_after_a_year(agent, forget):
    Export.objects.create(user=agent, asked_at=NOON, built_at=NOON, expires_at=NOON, gone_at=NOON)
    assert forget(NOON + 364 * DAY) == 0 and forget(NOON + 365 * DAY) == 1


@pytest.mark.usefixtures("ledger_db", "llm_double")
def test_a_panels_texts_go_after_a_year_and_its_verdict_is_computed_again(sender, forget):
    drop = judge_by_panel(drop_with_panel(sender))
    texts = PanelCall.objects.exclude(request=None).count()
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        PanelCall.objects.update(cost_cents=0)
    forget(drop.ended_at + 364 * DAY)
    assert PanelCall.objects.exclude(request=None).count() == texts > 0
    forget(drop.ended_at + 366 * DAY)
    assert not PanelCall.objects.exclude(request=None, answer="").exists()
    assert PanelCall.objects.filter(parsed__isnull=False).exists() and differences(drop) == []


@pytest.mark.usefixtures("ledger_db", "llm_double")
def test_never_while_an_appeal_is_open(sender, forget):
    drop = judge_by_panel(drop_with_panel(sender))
    appeal_verdict(drop=drop, user=sender, reason="Look again.", now=drop.ended_at)
    forget(drop.ended_at + 366 * DAY)
    assert PanelCall.objects.exclude(request=None).exists()


def test_what_the_books_and_verdicts_stand_on_is_there_after_ten_years(sender, agent, rival, forget):
    drop = finished_drop(sender, agent, rival)
    claim(open_drop(sender), agent)
    IdempotencyKey.objects.create(user=agent, key="k", request_sha256="e" * 64, created_at=NOON)
    forget(after(0) + 3_650 * DAY)
    drop.refresh_from_db()
    assert drop.is_completed and drop.submissions.count() == 2 and drop.ranking_logs.exists()
    assert differences(drop) == [] and invariants.broken() == []
