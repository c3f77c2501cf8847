"""Drafts: kept for one seat, nothing until the bell, and then a revision if their author ticked them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from core.errors import Invalid, Suspended
from drops import tasks
from drops.contest import cleaning, closing, competing, drafts, posting, rules
from drops.contest.attachments import store_attachment
from drops.judging import steps
from drops.models import Attachment, Draft, Drop, Revision, Submission
from drops.models.draft import DraftFile
from drops.moderation import decisions, people
from tests.play import NOON, after, claim, judge, make_user, open_drop, submit
from wallet.books import invariants

pytestmark = pytest.mark.django_db
BELL = after(300)


@pytest.fixture
def drop(sender, agent):
    """One on which `agent` holds a seat on a lease of two minutes."""
    drop = open_drop(sender)
    claim(drop, agent)
    return drop


def save(drop, agent, body="From the draft", *, now=NOON, at_bell=True, **more):
    return drafts.save_draft(drop_id=drop.pk, agent=agent, body=body, at_bell=at_bell, now=now, **more)


def file_of(owner, name="plan.txt"):
    return store_attachment(owner=owner, upload=SimpleUploadedFile(name, name.encode()), now=NOON)


def ring(drop, *, now=BELL):
    closing.close_due(now=now)
    drop.refresh_from_db()
    return list(Revision.objects.filter(submission__drop=drop).order_by("submission", "number"))


def test_a_ticked_draft_becomes_the_counting_revision_at_the_bell(drop, agent):
    submit(drop, agent, "First")
    plan, sketch = file_of(agent), file_of(agent, "sketch.txt")
    save(drop, agent, "Better", now=after(200), attachments=[sketch, plan])
    first, second = ring(drop, now=after(309))
    assert (second.number, second.body, second.at_bell, first.at_bell) == (2, "Better", True, False)
    assert second.received_at == BELL and second.sha256 == competing.receipt_sha256("Better", [sketch, plan])
    assert set(second.attachments.all()) == {plan, sketch}
    assert Submission.objects.get().counting == second and not Draft.objects.exists()
    assert drop.submissions_count == 1 and invariants.broken() == []


def test_a_draft_alone_makes_an_entry_where_the_lease_lasts_until_the_bell(sender, agent):
    drop = open_drop(sender, window_seconds=60)
    seat = claim(drop, agent)
    save(drop, agent)
    (only,) = ring(drop, now=after(61))
    entry = only.submission
    assert (entry.claim, entry.user, entry.created_at, entry.reasons) == (seat, agent, after(60), [])
    assert (drop.submissions_count, drop.claims_count) == (1, 1) and invariants.broken() == []
    drop = judge(steps.rank_drop(drop=drop, now=after(61)), sender, now=after(61))
    assert drop.winning_submission == entry


def test_a_draft_holds_no_seat(drop, agent):
    save(drop, agent)
    assert competing.lapse_claim(claim=agent.claims.get(), now=after(120))
    assert ring(drop) == [] and drop.submissions_count == 0
    assert drafts.find_draft(drop=drop, reader=agent).body == "From the draft"


def test_whether_a_lapsed_seats_draft_counts_does_not_hang_on_the_sweep(drop, agent):
    save(drop, agent)
    assert ring(drop) == []


def test_what_was_not_ticked_counts_as_nothing(drop, agent):
    submit(drop, agent, "First")
    save(drop, agent, at_bell=True)
    save(drop, agent, at_bell=False)
    assert [revision.body for revision in ring(drop)] == ["First"]
    assert Draft.objects.get().body == "From the draft"


def test_a_draft_that_is_older_than_the_last_revision_counts_as_nothing(drop, agent):
    save(drop, agent)
    submit(drop, agent, "Sent after it")
    assert [revision.body for revision in ring(drop)] == ["Sent after it"]


@pytest.mark.parametrize("body", ["", "  \n", "\u2063"])
def test_a_draft_with_nothing_in_it_is_taken_and_counts_as_nothing(drop, agent, body):
    submit(drop, agent, "First")
    save(drop, agent, body)
    assert len(ring(drop)) == 1


def test_files_alone_are_something(drop, agent):
    submit(drop, agent, "First")
    save(drop, agent, "", attachments=[file_of(agent)])
    assert [revision.body for revision in ring(drop)] == ["First", ""]


def test_the_same_words_again_are_no_later_entry(drop, agent):
    first = submit(drop, agent, "The same")
    save(drop, agent, "The same")
    assert ring(drop) == [first]


def test_a_drop_that_closes_when_full_takes_its_drafts_in_then(sender):
    drop = open_drop(sender, close_when_full=True)
    agents = [make_user(f"agent{n}") for n in range(5)]
    for one in agents:
        claim(drop, one)
        submit(drop, one, f"by {one.name}")
    save(drop, agents[0], now=after(1))
    assert {(one.body, one.received_at) for one in ring(drop, now=after(2)) if one.at_bell} == {
        ("From the draft", after(2))
    }


def test_after_an_extension_a_draft_waits_for_the_new_bell(drop, agent, staff):
    submit(drop, agent, "First")
    save(drop, agent)
    decisions.extend_window(drop=drop, staff=staff, seconds=60, told="A fault.", reason="A fault.", now=NOON)
    assert closing.close_due(now=BELL) == []
    assert [revision.received_at for revision in ring(drop, now=after(360))] == [NOON, after(360)]


def test_a_draft_keeps_no_sender_from_cancelling(drop, sender, agent):
    save(drop, agent)
    posting.cancel_drop(drop=drop, sender=sender, now=after(9))
    assert closing.close_due(now=BELL) == [] and not Submission.objects.exists()
    assert drafts.find_draft(drop=drop, reader=agent).body == "From the draft"


def test_a_seat_let_go_takes_its_draft_out(drop, agent):
    save(drop, agent)
    competing.release_claim(drop_id=drop.pk, agent=agent, now=after(1))
    claim(drop, agent, now=after(290))
    assert ring(drop) == []


def test_whoever_is_suspended_at_the_bell_submits_nothing(drop, agent, staff):
    submit(drop, agent, "First")
    save(drop, agent)
    people.suspend_user(user=agent, staff=staff, told="Spam.", reason="Spam.", now=after(1))
    agent.refresh_from_db()
    with pytest.raises(Suspended):
        save(drop, agent, now=after(2))
    assert [revision.body for revision in ring(drop)] == ["First"]


def test_after_ten_revisions_a_draft_can_be_kept_but_not_ticked(drop, agent):
    for number in range(10):
        submit(drop, agent, f"No. {number}")
    with pytest.raises(competing.TooManyRevisions):
        save(drop, agent)
    assert not save(drop, agent, at_bell=False).at_bell
    assert len(ring(drop)) == 10


def test_the_tenth_revision_may_be_a_draft(drop, agent):
    for number in range(9):
        submit(drop, agent, f"No. {number}")
    save(drop, agent)
    assert ring(drop)[-1].number == 10


def test_a_draft_is_refused_where_an_entry_would_be(drop, agent, rival):
    with pytest.raises(rules.NoSeat):
        save(drop, rival)
    with pytest.raises(rules.SeatLapsed):
        save(drop, agent, now=after(120))
    with pytest.raises(rules.WindowOver):
        save(drop, agent, now=BELL)
    assert not Draft.objects.exists()


def test_a_draft_has_the_limits_of_an_entry(drop, agent, rival):
    with pytest.raises(Invalid) as refusal:
        save(drop, agent, "x" * 200_001, attachments=[file_of(rival)])
    assert set(refusal.value.errors) == {"body", "attachments"}
    assert not Draft.objects.exists()


def test_a_save_that_comes_after_a_revision_it_did_not_know_is_refused(drop, agent):
    save(drop, agent, follows=0)
    submit(drop, agent, "Sent meanwhile")
    with pytest.raises(drafts.DraftOutdated):
        save(drop, agent, "Typed before that", follows=0)
    assert Draft.objects.get().body == "From the draft"
    assert save(drop, agent, "Typed after that", follows=1).follows == 1


def test_so_many_saves_fit_into_a_minute(drop, agent, settings):
    settings.DRAFT_SAVES_PER_MINUTE = 2
    for body in ("one", "two"):
        save(drop, agent, body)
    with pytest.raises(drafts.TooManySaves) as refusal:
        save(drop, agent, "three")
    assert refusal.value.retry_at == after(60) and Draft.objects.get().body == "two"


def test_a_draft_that_was_thrown_away_counts_as_nothing(drop, agent):
    submit(drop, agent, "First")
    save(drop, agent, attachments=[file_of(agent)])
    for _ in range(2):
        drafts.discard_draft(drop_id=drop.pk, agent=agent, now=after(1))
    assert len(ring(drop)) == 1 and not DraftFile.objects.exists()


def test_from_the_bell_on_what_was_ticked_can_not_be_taken_back(drop, agent):
    submit(drop, agent, "First")
    save(drop, agent)
    with pytest.raises(rules.WindowOver):
        drafts.discard_draft(drop_id=drop.pk, agent=agent, now=BELL)
    assert len(ring(drop)) == 2


def test_saving_touches_nothing_that_others_see(drop, agent):
    before = Drop.objects.filter(pk=drop.pk).values().get()
    save(drop, agent, now=after(5))
    assert Drop.objects.filter(pk=drop.pk).values().get() == before


def test_many_drafts_of_many_drops_go_in_together(sender):
    made = [open_drop(sender, window_seconds=60) for _ in range(4)]
    for number, drop in enumerate(made):
        for seat in range(number):
            one = make_user(f"agent{number}{seat}")
            claim(drop, one)
            save(drop, one, f"by {one.name}")
    assert set(closing.close_due(now=after(60))) == {drop.pk for drop in made}
    assert [Drop.objects.get(pk=drop.pk).submissions_count for drop in made] == [0, 1, 2, 3]
    assert {(one.body, one.submission.user.name) for one in Revision.objects.all()} == {
        (f"by agent{number}{seat}", f"agent{number}{seat}") for number in range(4) for seat in range(number)
    }


def test_a_drop_whose_drafts_can_not_be_taken_in_keeps_no_other_open(sender, agent, rival):
    broken, sound = (open_drop(sender, window_seconds=60) for _ in range(2))
    for drop, one in ((broken, agent), (sound, rival)):
        claim(drop, one)
        save(drop, one)
    # A count that is not its rows: the entry would be one more than there are seats.
    Drop.objects.filter(pk=broken.pk).update(claims_count=0)
    assert closing.close_due(now=after(60)) == [sound.pk]
    assert Revision.objects.get().submission.drop == sound
    Drop.objects.filter(pk=broken.pk).update(claims_count=1)
    assert closing.close_due(now=after(61)) == [broken.pk]


def test_files_of_a_draft_are_no_orphans(drop, agent):
    save(drop, agent, attachments=[file_of(agent)])
    assert not Attachment.objects.unattached().exists()


def test_the_database_keeps_drafts_to_held_seats_and_to_own_files(drop, agent, rival):
    draft, anothers = save(drop, agent), file_of(rival)
    with pytest.raises(IntegrityError), transaction.atomic():
        DraftFile.objects.create(draft=draft, attachment=anothers)
    competing.release_claim(drop_id=drop.pk, agent=agent, now=after(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        draft.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.create(drop=drop, claim=draft.claim, saved_at=NOON)


def test_what_was_not_sent_is_kept_for_two_weeks_after_the_end(drop, sender, agent, at):
    save(drop, agent, attachments=[file_of(agent)])
    posting.cancel_drop(drop=drop, sender=sender, now=after(9))
    draft = Draft.objects.get()
    for days, gone in ((13, False), (15, True)):
        at(NOON + timedelta(days=days))
        tasks.clean_up()
        assert Draft.objects.exists() is not gone
    with pytest.raises(cleaning.StillNeeded):
        cleaning.purge_draft(draft_id=draft.pk, now=NOON)
    assert not Attachment.objects.exists()
