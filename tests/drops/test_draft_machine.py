"""Saving, ticking, submitting, letting go and the bell, in any order and by any door, against a model of the rules.

Nothing counts that was not ticked, nothing ticked is lost, and nobody else sees any of it: neither words nor sizes nor
times, in whatever state the drop is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from accounts.models import User
from core import clock
from core.errors import Refused
from drops.contest import closing, competing, drafts, posting
from drops.models import Claim, Draft, Revision
from drops.moderation import decisions, people
from tests.api import Api
from tests.browsers import signed_in
from tests.drops.draft_doors import DOORS, Doors
from tests.machines import run_machine
from tests.play import after, make_user, open_drop
from wallet.books import invariants

AGENTS = ["ada", "bob"]
WINDOW, LEASE = 900, 360
names, words = st.sampled_from(AGENTS), st.sampled_from(["alpha", "beta", "gamma", ""])
# Two for one that is sent, since it is drafts that this is about.
deeds = st.lists(st.tuples(st.sampled_from(["save", "save", "submit"]), words, st.booleans()), min_size=1, max_size=4)


@dataclass
class Hand:
    """An agent: the seat they hold, until when it is leased, the revisions of it and its draft."""

    lease: float | None = None
    since: float | None = None
    revisions: list[str] = field(default_factory=list)
    draft: tuple[str, bool, int] | None = None
    waits_until: float = 0
    suspended: bool = False


class Drafting(Doors, RuleBasedStateMachine):
    """One drop after another; `now` is in seconds since the first one was opened."""

    def __init__(self):
        super().__init__()
        self.story = transaction.atomic()
        self.story.__enter__()
        self.now = 0.0
        self.hands = {name: Hand() for name in AGENTS}
        self.users = {name: make_user(name) for name in [*AGENTS, "sender", "rival"]}
        self.users["staff"] = make_user("staff", is_staff=True)
        self.users["root"] = make_user("root", is_staff=True, is_superuser=True)
        clock.now = lambda: after(self.now)  # the fixture puts it back
        self.api = {name: Api(user) for name, user in self.users.items()} | {"stranger": Api()}
        self.browsers = {name: signed_in(user) for name, user in self.users.items()} | {"stranger": Api().client}
        self.open_another()

    def teardown(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
        self.story.__exit__(None, None, None)

    def open_another(self):
        self.drop = open_drop(self.user("sender"), now=after(self.now), window_seconds=WINDOW)
        self.bell, self.status = self.now + WINDOW, "open"
        self.hands = {name: Hand(suspended=hand.suspended) for name, hand in self.hands.items()}
        for name in AGENTS:
            self.claim(name)

    # What the rules say.

    def user(self, name):
        return User.objects.get(pk=self.users[name].pk)

    @property
    def in_window(self):
        return self.status == "open" and self.now < self.bell

    def has_lapsed(self, hand):
        return hand.lease is not None and hand.lease <= self.now and hand.lease < self.bell

    def holds(self, hand):
        return self.in_window and hand.since is not None and not self.has_lapsed(hand)

    def may_write(self, hand):
        return self.holds(hand) and not hand.suspended

    def lose_seat(self, hand, until):
        hand.since, hand.lease, hand.draft, hand.waits_until = None, None, None, until

    # What people do.

    def agree(self, expected, act, **arguments):
        """Do it, and see that it is refused exactly where the rules say so."""
        told = ""
        try:
            act(**arguments)
        except Refused as refusal:
            told = str(refusal)
        assert (not told) is expected, told
        return expected

    @precondition(lambda self: self.in_window)
    @rule(seconds=st.sampled_from([1, 60, 359, 541]))
    def wait(self, seconds):
        self.now += seconds

    @rule(name=names)
    def claim(self, name):
        """Again: each drop begins with a seat for everybody."""
        hand = self.hands[name]
        free = hand.since is None and self.now >= hand.waits_until
        allowed = free and self.in_window and not hand.suspended
        if self.agree(allowed, competing.claim_drop, drop_id=self.drop.pk, agent=self.user(name), now=after(self.now)):
            hand.since, hand.lease = self.now, min(self.now + LEASE, self.bell)

    @rule(name=names)
    def release(self, name):
        hand = self.hands[name]
        allowed = self.holds(hand) and not hand.revisions
        if self.agree(
            allowed, competing.release_claim, drop_id=self.drop.pk, agent=self.user(name), now=after(self.now)
        ):
            until = self.drop.cooldowns.get(user__name=name).expires_at
            self.lose_seat(hand, (until - after(0)).total_seconds())

    @rule(name=names, deeds=deeds, door=st.sampled_from(DOORS), viewer=st.integers(0, 99))
    def work(self, name, deeds, door, viewer):
        for deed, word, tick in deeds:
            if deed == "submit":
                self.submit(name, word)
            else:
                self.save(name, word, tick, door, viewer)

    def submit(self, name, word):
        hand = self.hands[name]
        allowed = self.may_write(hand) and word != "" and len(hand.revisions) < 10
        sent = {"drop_id": self.drop.pk, "agent": self.user(name), "body": word, "now": after(self.now)}
        if self.agree(allowed, competing.submit_entry, **sent):
            hand.revisions.append(word)
            hand.lease = None

    def save(self, name, word, tick, door, viewer):
        hand = self.hands[name]
        allowed = self.may_write(hand) and not (tick and len(hand.revisions) == 10)
        before = self.seen_by(viewer, besides=name)
        if self.agree(allowed, self.savers()[door], name=name, body=word, at_bell=tick):
            hand.draft = (word, tick, len(hand.revisions))
        assert self.seen_by(viewer, besides=name) == before

    @rule(name=names, door=st.sampled_from(DOORS), viewer=st.integers(0, 99))
    def discard(self, name, door, viewer):
        before = self.seen_by(viewer, besides=name)
        allowed = not (self.status == "open" and self.now >= self.bell)
        if self.agree(allowed, self.discarders()[door], name=name):
            self.hands[name].draft = None
        assert self.seen_by(viewer, besides=name) == before

    @precondition(lambda self: self.in_window)
    @rule()
    def extend(self):
        old, self.bell = self.bell, self.bell + 60
        staff = self.user("staff")
        decisions.extend_window(
            drop=self.drop, staff=staff, seconds=60, told="test", reason="test", now=after(self.now)
        )
        for hand in self.hands.values():
            if hand.lease == old and hand.since is not None:
                hand.lease = min(hand.since + LEASE, self.bell)
            if hand.waits_until == old:
                hand.waits_until = self.bell

    @precondition(lambda self: self.in_window)
    @rule()
    def cancel(self):
        allowed = self.in_window and not any(hand.revisions for hand in self.hands.values())
        self.drop.refresh_from_db()
        sent = {"drop": self.drop, "sender": self.user("sender"), "now": after(self.now)}
        if self.agree(allowed, posting.cancel_drop, **sent):
            self.status = "cancelled"
            self.code_and_model_agree()
            assert closing.close_due(now=after(self.bell)) == []
            self.go_on()

    @rule(name=names)
    def suspend(self, name):
        hand = self.hands[name]
        if not hand.suspended:
            staff = self.user("staff")
            people.suspend_user(user=self.user(name), staff=staff, told="test", reason="test", now=after(self.now))
            hand.suspended = True
            if self.status == "open" and hand.since is not None and not hand.revisions:
                self.lose_seat(hand, self.bell)

    @rule(name=names)
    def reinstate(self, name):
        if self.hands[name].suspended:
            staff = self.user("staff")
            people.reinstate_user(user=self.user(name), staff=staff, told="test", reason="test", now=after(self.now))
            self.hands[name].suspended = False

    @rule()
    def sweep(self):
        for claim in Claim.objects.lease_over(after(self.now)):
            assert competing.lapse_claim(claim=claim, now=after(self.now))
        for hand in self.hands.values():
            if self.status == "open" and hand.since is not None and self.has_lapsed(hand):
                self.lose_seat(hand, self.bell)

    @rule(late=st.sampled_from([0, 0.5, 40]), door=st.sampled_from(DOORS), viewer=st.integers(0, 99))
    def ring(self, late, door, viewer):
        """The bell, with everybody still trying before the closing and after it; then comes the next drop."""
        self.now = max(self.now, self.bell + late)
        for _ in range(2):
            for name in AGENTS:
                self.save(name, "too late", True, door, viewer)
            if self.status == "open":
                self.discard(AGENTS[0], door, viewer)
                self.close()
        self.go_on()

    def close(self):
        assert closing.close_due(now=after(self.now)) == [self.drop.pk]
        for hand in self.hands.values():
            if hand.since is not None and not self.has_lapsed(hand) and not hand.suspended and hand.draft:
                word, ticked, follows = hand.draft
                if ticked and word and follows == len(hand.revisions) and word not in hand.revisions[-1:]:
                    hand.revisions.append(word)
        self.status = "ranking"
        self.code_and_model_agree()

    def go_on(self):
        assert invariants.broken() == []
        # A day later: whoever cancels often may not post for an hour.
        self.now += 90_000
        self.open_another()

    # What must hold in every state.

    @invariant()
    def code_and_model_agree(self):
        told = {name: hand.revisions for name, hand in self.hands.items()}
        stored = {name: [] for name in AGENTS}
        rows = Revision.objects.filter(submission__drop=self.drop).order_by("number")
        for name, body in rows.values_list("submission__user__name", "body"):
            stored[name].append(body)
        assert stored == told
        self.drop.refresh_from_db()
        assert (self.drop.status, self.drop.submissions_count) == (self.status, sum(map(bool, told.values())))

    @invariant()
    def nobody_is_promised_what_will_not_be(self):
        promised = {
            draft.claim.user.name for draft in Draft.objects.filter(drop=self.drop) if drafts.counts_at_bell(draft)
        }
        for name in promised:
            word, ticked, follows = self.hands[name].draft
            assert ticked and word and follows == len(self.hands[name].revisions)


@pytest.fixture
def unlimited(settings, monkeypatch):
    """No limit of so many a minute, in a clock that hardly moves; and the clock put back that the machine sets."""
    settings.API_USER_PER_MINUTE = settings.API_ANONYMOUS_PER_MINUTE = settings.DRAFT_SAVES_PER_MINUTE = 1_000_000
    settings.PAGES_PER_MINUTE = settings.PAGES_ANONYMOUS_PER_MINUTE = 1_000_000
    monkeypatch.setattr(clock, "now", clock.now)


@pytest.mark.django_db
@pytest.mark.usefixtures("unlimited")
def test_in_any_order_what_was_ticked_counts_and_nothing_else():
    run_machine(Drafting, examples=4, steps=50)
