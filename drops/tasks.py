"""The periodic tasks: each reads the clock, asks the table what is due and calls one verb per row or batch.

Running twice, late or never costs seconds, not money. The same functions serve the recovery commands.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import cache
from itertools import repeat
from uuid import UUID

from celery import shared_task
from celery.signals import worker_init, worker_ready, worker_shutting_down
from django.conf import settings

from accounts import outbound
from accounts.models import Erasure, Export
from core import clock
from core.live.waker import Waker
from core.periodic import RUN_SECONDS_MAX, each, in_time, one_at_a_time, taking_turns
from drops import retention
from drops.alerts import telling
from drops.contest import cleaning, closing, competing, funding, posting
from drops.desk import money
from drops.judging import steps
from drops.judging.panel import client
from drops.judging.panel.checking import judges_due, try_judges, within_budget
from drops.judging.panel.worker_pool import worker_pool
from drops.models import Attachment, Claim, Draft, Drop, JudgingRound, Opening
from drops.models.risk import Stage
from drops.moderation import staffing
from drops.notifications import ALERTS
from drops.privacy import erasing, exporting
from drops.risk import drift, looking
from drops.sandbox.playing import purge_sandbox_drops
from drops.standings import records

# A ceiling on one ring, so that a backlog is worked off over several beats instead of holding one worker.
ROWS_MAX = 500
CLOSE_BATCHES_MAX = 40
EXPORTS_MAX = 10
# Of those that may take minutes one runs at a time, so that a worker's other threads close windows.
MINUTES = threading.Lock()
# A night takes away no more than this of each kind; the next one goes on.
CLEANED_MAX = 20_000
# A seat takes minutes. Those that are not begun within this are tried the next night.
CHECK_SECONDS_MAX = 600.0


@shared_task(name="drops.tasks.close_windows")
def close_windows() -> int:
    """Close what is due, batch by batch, each with a fresh look at the clock. Returns how many."""
    total = 0
    for _ in range(CLOSE_BATCHES_MAX):
        closed = closing.close_due(now=clock.now())
        total += len(closed)
        _offer_to_panel(closed)
        if not closed:
            break
    return total


@shared_task(name="drops.tasks.rank_waiting")
def rank_waiting() -> int:
    """Move every drop in ranking on by one step, oldest first; a panel is asked in threads that outlast the ring."""
    now = clock.now()
    waiting = Drop.objects.due_in_ranking(now).order_by("closed_at")
    if settings.JUDGE_SEATS:
        begun = _offer_to_panel(waiting.filter(current_round=None).values_list("pk", flat=True)[:ROWS_MAX])
        left = JudgingRound.objects.needs_worker(now).order_by("drop__closed_at")
        begun += _offer_to_panel(left.values_list("drop", flat=True))
        waiting = waiting.exclude(current_round=None)
    else:
        begun = 0
    return begun + each(waiting[:ROWS_MAX], lambda drop: steps.rank_drop(drop=drop, now=clock.now()))


def _offer_to_panel(drop_ids: Iterable[UUID]) -> int:
    """Where a panel may judge, its workers choose the judge too: that takes longer than a periodic task may."""
    return worker_pool().offer(drop_ids, clock=clock.now) if settings.JUDGE_SEATS else 0


@worker_init.connect
def load_library(**unused: object) -> None:
    """Before the pool is made, so that its processes share it and the first drop does not wait for it."""
    if settings.JUDGE_SEATS:
        client.load_library()


@worker_shutting_down.connect
def send_crew_home(**unused: object) -> None:
    if settings.JUDGE_SEATS:
        worker_pool().go_home()


@shared_task(name="drops.tasks.lapse_leases")
def lapse_leases() -> int:
    """Free seats whose lease ran out with nothing submitted."""
    overdue = Claim.objects.lease_over(clock.now()).order_by("lease_expires_at")[:ROWS_MAX]
    return each(overdue, lambda claim: competing.lapse_claim(claim=claim, now=clock.now()))


@shared_task(name="drops.tasks.open_funded")
def open_funded() -> int:
    """Open the drops whose money has arrived, where nobody heard of it when it did."""
    waiting = Drop.objects.paid_in_advance().order_by("created_at").select_related("sender")[:ROWS_MAX]
    return each(waiting, lambda drop: funding.open_funded(drop=drop, now=clock.now()))


@shared_task(name="drops.tasks.tell_followers")
def tell_followers() -> int:
    """Tell the followers of what has opened, where no announcement had that done at once; others send it."""
    told = _tell_due()
    if told:
        waker().wake()
    return told


def _tell_due() -> int:
    due = Opening.objects.due(clock.now()).order_by("opened_at", "pk").values_list("pk", flat=True)[:ROWS_MAX]
    return each(due, lambda pk: telling.tell_followers(drop_id=pk, now=clock.now()), seconds_max=RUN_SECONDS_MAX)


def pass_on_alerts() -> int:
    """Tell followers of what has opened, and send it to their webhooks. Returns how many rows were worked on."""
    return _tell_due() + outbound.send_at_once(topic=ALERTS, clock=clock.now)


@cache
def waker() -> Waker:
    """Return what has alerts passed on as soon as a drop is announced; it has a thread of its own in each worker."""
    return Waker(pass_on_alerts)


@worker_ready.connect
def listen_for_openings(**unused: object) -> None:
    waker().start()


@shared_task(name="drops.tasks.abandon_unpaid")
def abandon_unpaid() -> int:
    """Clear away drops that nobody paid for in time."""
    unpaid = posting.unpaid_too_long(clock.now()).order_by("created_at")[:ROWS_MAX]
    return each(unpaid, lambda drop: posting.abandon_unpaid_drop(drop=drop, now=clock.now()))


@shared_task(name="drops.tasks.clean_up")
@taking_turns(MINUTES)
def clean_up() -> int:
    """Take away, by night, drops without an agent, drafts of old ones, files of nothing, sandbox drops, kept answers,
    sessions."""
    now = clock.now()
    # Newest first: what was posted again goes after all that was posted from it.
    drops = Drop.objects.purgeable(before=cleaning.purge_drops_before(now)).order_by("-created_at", "-pk")
    done = each(drops.values_list("pk", flat=True)[:CLEANED_MAX], lambda pk: cleaning.purge_drop(drop_id=pk, now=now))
    drafts = Draft.objects.purgeable(before=cleaning.purge_drafts_before(now)).order_by("pk")
    done += each(
        drafts.values_list("pk", flat=True)[:CLEANED_MAX], lambda pk: cleaning.purge_draft(draft_id=pk, now=now)
    )
    files = Attachment.objects.unattached().filter(created_at__lte=cleaning.purge_files_before(now)).order_by("pk")
    done += each(
        files.values_list("pk", flat=True)[:CLEANED_MAX], lambda pk: cleaning.purge_file(attachment_id=pk, now=now)
    )
    cleaning.note_night(now=now)
    done += cleaning.purge_litter(now=now, files_max=CLEANED_MAX)
    done += purge_sandbox_drops(now=now) + cleaning.purge_kept_answers(now=now)
    return done + cleaning.purge_sessions(now=now)


@shared_task(name="drops.tasks.build_exports")
@taking_turns(MINUTES)
def build_exports() -> int:
    """Build the copies of people's data that wait, oldest first; each may take minutes."""
    due = Export.objects.oldest_due(clock.now(), EXPORTS_MAX)
    return each(due, lambda pk: exporting.build_export(export_id=pk, clock=clock.now), seconds_max=RUN_SECONDS_MAX)


@shared_task(name="drops.tasks.tend_people")
@one_at_a_time
def tend_people() -> int:
    """Erase whoever asked for it long enough ago, and delete copies of people's data that have had their time."""
    now = clock.now()
    due = Erasure.objects.due(now).order_by("due_at").values_list("pk", flat=True)[:ROWS_MAX]
    over = Export.objects.over(now).order_by("expires_at").values_list("pk", flat=True)[:ROWS_MAX]
    done = each(due, lambda pk: erasing.carry_out(erasure_id=pk, now=now))
    return done + each(over, lambda pk: exporting.take_away_export(export_id=pk, now=now))


@shared_task(name="drops.tasks.forget_old")
@taking_turns(MINUTES)
def forget_old() -> int:
    """Forget, by night, what grows with every drop and has had its time: notes, mails, messages, texts of events."""
    return retention.forget_old(now=clock.now())


@shared_task(name="drops.tasks.rate_ended")
def rate_ended() -> int:
    """Take the places of a day that is over into the agents' ratings."""
    return records.rate_ended(now=clock.now())


@shared_task(name="drops.tasks.name_late")
def name_late() -> int:
    """Name the drops that have waited for moderators, or for a worker to ask their panel, longer than they may."""
    now = clock.now()
    late = Drop.objects.late_with_staff(now).order_by("current_round__deadline_at")[:ROWS_MAX]
    left = JudgingRound.objects.left_alone(now).order_by("drop__closed_at").select_related("drop")[:ROWS_MAX]
    named = each(late, lambda drop: staffing.name_late(drop=drop, now=now))
    return named + each(left, lambda left_round: staffing.name_left(drop=left_round.drop, now=now))


@shared_task(name="drops.tasks.tend_cases")
def tend_cases() -> int:
    """Close the cases of money that waits no longer, and open those that were missed."""
    return money.tend_money_cases(now=clock.now())


@shared_task(name="drops.tasks.mark_risks")
@one_at_a_time
def mark_risks() -> int:
    """Let the rules look at drops that were paid for, closed or ended since they last did; how many. It never waits
    for anybody, and a backlog is worked off in seconds at a time."""
    done = 0
    for stage in Stage:
        for _turn in in_time(repeat(stage), RUN_SECONDS_MAX / len(Stage)):
            looked = looking.look_at_next(stage=stage, now=clock.now())
            done += looked
            if not looked:
                break
    return done


@shared_task(name="drops.tasks.mark_drift")
@one_at_a_time
def mark_drift() -> int:
    """Mark judges that no longer judge as they did."""
    return drift.mark_drift(now=clock.now())


@shared_task(name="drops.tasks.check_judges")
@one_at_a_time
def check_judges() -> int:
    """Try the judges whose last check is old, or who were never tried, while the day's budget reaches; how many."""
    now = clock.now()
    due = within_budget(judges_due(now), now)
    return len(try_judges(judges=due, now=now, seconds_max=CHECK_SECONDS_MAX)) if due else 0
