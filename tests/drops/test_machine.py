"""All verbs, in any order, against a model of the rules; the books and the counts are checked after each step."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from accounts.models import User
from core.errors import Refused
from drops.contest import closing, competing, posting
from drops.contest.terms import Terms
from drops.judging import by_hand, steps
from drops.models import Claim, Drop
from drops.moderation import decisions, disqualifying, people
from drops.ranking import Pair
from tests.drops.model import Model, ModelDrop
from tests.machines import run_machine
from tests.play import after, fund, make_user
from wallet.books import invariants, ledger

SENDERS = ["ada", "bob"]
PEOPLE = [*SENDERS, "cleo", "dan", "eve", "finn", "gus", "hal"]
WEALTH = 3_000
which, names = st.integers(0, 99), st.sampled_from(PEOPLE)


class Game(RuleBasedStateMachine):
    """`which` picks a drop: mostly one on which the step may go through, now and then any at all."""

    def __init__(self):
        super().__init__()
        self.story = transaction.atomic()
        self.story.__enter__()
        self.staff = make_user("staff", is_staff=True)
        self.users = {name: make_user(name) for name in PEOPLE}
        for name in SENDERS:
            fund(self.users[name], WEALTH)
        self.model = Model({name: WEALTH if name in SENDERS else 0 for name in PEOPLE})
        self.rows: dict[int, Drop] = {}

    def teardown(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
        self.story.__exit__(None, None, None)

    @property
    def now(self):
        return after(self.model.now)

    def user(self, name):
        return User.objects.get(pk=self.users[name].pk)

    def row(self, drop: ModelDrop) -> Drop:
        return Drop.objects.get(pk=self.rows[id(drop)].pk)

    def pick(self, which: int, *statuses: str) -> ModelDrop:
        likely = [drop for drop in self.model.drops if drop.status in statuses]
        among = likely if likely and which % 10 else self.model.drops
        return among[which % len(among)]

    def agree(self, expected: bool, verb, **arguments) -> bool:
        """Call the verb and see that it is refused exactly where the model says so."""
        refused = None
        try:
            verb(**arguments, now=self.now)
        except Refused as refusal:
            refused = refusal.code
        assert (refused is None) is expected, (verb.__name__, refused)
        return expected

    def remember(self, drop: ModelDrop, row: Drop) -> None:
        self.model.drops.append(drop)
        self.rows[id(drop)] = row

    @initialize()
    def begin(self):
        self.post("ada", 500, full=False)
        self.post("bob", 100, full=True)
        for drop in self.model.drops:
            self.pay_for(drop)

    @rule(sender=st.sampled_from(SENDERS), price=st.sampled_from([100, 500, 1500]), full=st.booleans())
    def post(self, sender, price, full):
        user = self.user(sender)
        terms = Terms(prompt="Name my ferry.", price_cents=price, window_seconds=300, close_when_full=full)
        if self.agree(self.model.may_post(sender), posting.create_drop, sender=user, terms=terms):
            row = Drop.objects.exclude(pk__in=[known.pk for known in self.rows.values()]).get()
            self.remember(ModelDrop(sender, price, 300, closes_when_full=full), row)

    @rule(which=which, price=st.sampled_from([100, 700]), window=st.sampled_from([300, 600]))
    def change_terms(self, which, price, window):
        drop = self.pick(which, "pending_payment", "open", "cancelled")
        allowed = drop.status == "pending_payment" and drop.sender not in self.model.suspended
        changes, row = {"price_cents": price, "window_seconds": window}, self.row(drop)
        if self.agree(allowed, posting.change_terms, drop=row, sender=self.user(drop.sender), changes=changes):
            drop.price, drop.window = price, window

    @rule(which=which)
    def pay(self, which):
        self.pay_for(self.pick(which, "pending_payment"))

    def pay_for(self, drop):
        allowed = self.model.may_pay(drop)
        if self.agree(allowed, posting.pay_for_drop, drop=self.row(drop), sender=self.user(drop.sender)):
            self.model.pay(drop)

    @rule(seconds=st.sampled_from([0.000001, 29, 60, 120, 300]))
    def wait(self, seconds):
        self.model.now = round(self.model.now + seconds, 6)

    @rule(which=which)
    def abandon(self, which):
        drop = self.pick(which, "pending_payment")
        allowed = drop.status == "pending_payment"
        if self.agree(allowed, posting.abandon_drop, drop=self.row(drop), sender=self.user(drop.sender)):
            drop.status = "cancelled"

    @rule(which=which)
    def cancel(self, which):
        drop = self.pick(which, *(["open"] if which % 2 else []))
        allowed = self.model.may_cancel(drop)
        if drop.status != "pending_payment" and self.agree(
            allowed, posting.cancel_drop, drop=self.row(drop), sender=self.user(drop.sender)
        ):
            self.model.cancel(drop)

    @rule(which=which, name=names)
    def claim(self, which, name):
        self.claim_on(self.pick(which, "open"), name)

    def claim_on(self, drop, name):
        allowed = self.model.may_claim(drop, name)
        if self.agree(allowed, competing.claim_drop, drop_id=self.row(drop).pk, agent=self.user(name)):
            self.model.claim(drop, name)

    @rule(which=which, name=names)
    def release(self, which, name):
        drop = self.pick(which, "open")
        allowed = self.model.may_release(drop, name)
        if self.agree(allowed, competing.release_claim, drop_id=self.row(drop).pk, agent=self.user(name)):
            self.model.release(drop, name)

    @rule(which=which, name=names)
    def submit(self, which, name):
        self.submit_to(self.pick(which, "open"), name)

    def submit_to(self, drop, name):
        allowed = self.model.may_submit(drop, name)
        entry = {"drop_id": self.row(drop).pk, "agent": self.user(name), "body": f"by {name}"}
        if self.agree(allowed, competing.submit_entry, **entry):
            self.model.submit(drop, name)

    @rule(which=which, names=st.sets(names, min_size=3))
    def crowd(self, which, names):
        drop = self.pick(which, "open")
        for name in sorted(names):
            self.claim_on(drop, name)
            self.submit_to(drop, name)

    @rule()
    def lapse(self):
        for claim in Claim.objects.lease_over(self.now):
            assert competing.lapse_claim(claim=claim, now=self.now)
        for drop in self.model.drops:
            self.model.sweep(drop)

    @rule(which=which)
    def strike(self, which):
        """Time passes to a bell, and the whole field of that drop is closed and ranked."""
        drop = self.pick(which, "open")
        self.model.now = max(self.model.now, drop.bell or 0)
        self.bell(ranked=True)

    @rule(ranked=st.booleans())
    def bell(self, ranked):
        """The sweep closes what is due, and most times the next bell chooses the judges."""
        due = [drop for drop in self.model.drops if drop.is_due(self.model.now)]
        assert set(closing.close_due(now=self.now)) == {self.row(drop).pk for drop in due}
        for drop in due:
            self.model.close(drop)
        for drop in self.model.drops if ranked else []:
            if drop.status == "ranking":
                steps.rank_drop(drop=self.row(drop), now=self.now)
                self.model.ring(drop)

    def judged(self):
        return [drop for drop in self.model.drops if drop.status == "ranking" and drop.judge]

    @precondition(judged)
    @rule(which=which, side=st.sampled_from(["left", "right", "equal"]), grade=st.sampled_from("SABCDF"))
    def judge(self, which, side, grade):
        """Answer all of one drop's questions the same way, up to the grade."""
        drop = self.judged()[which % len(self.judged())]
        judge = self.staff if drop.judge == "staff" else self.user(drop.sender)
        row = self.row(drop)
        while isinstance(asked := steps.question_for(drop=row, judge=judge, now=self.now).question, Pair):
            pick = steps.Pick(left=asked.left, right=asked.right, pick=side)
            row = steps.answer_question(drop=row, judge=judge, pick=pick, now=self.now)
        pick = steps.Pick(left=asked.slot, grade=grade, reason="Judged by the rubric.")
        row = steps.answer_question(drop=row, judge=judge, pick=pick, now=self.now)
        if grade != "F":
            self.model.win(drop, row.submissions.get(pk=asked.slot).user.name)
            graded = row.submissions.filter(disqualified_at=None).exclude(grade="F")
            self.model.proven.update(graded.values_list("user__name", flat=True))
        elif drop.judge == "staff":
            self.model.refund(drop, "failed")
        else:
            drop.judge = "staff"

    @precondition(judged)
    @rule(which=which, side=st.sampled_from(["left", "right", "equal"]))
    def waver(self, which, side):
        """Answer one drop's question and take that back: it stands where it stood."""
        drop = self.judged()[which % len(self.judged())]
        judge = self.staff if drop.judge == "staff" else self.user(drop.sender)
        row = self.row(drop)
        before = steps.question_for(drop=row, judge=judge, now=self.now)
        if isinstance(before.question, Pair):
            pick = steps.Pick(left=before.question.left, right=before.question.right, pick=side)
            row = steps.answer_question(drop=row, judge=judge, pick=pick, now=self.now)
            last = by_hand.last_answer(row).pk
            row = by_hand.take_back_answer(drop=row, judge=judge, answer_id=last, now=self.now)
            assert steps.question_for(drop=row, judge=judge, now=self.now) == before

    @precondition(lambda self: len(self.model.drops) > 3)
    @rule(which=which, verb=st.sampled_from([decisions.remove_drop, decisions.stop_drop]))
    def intervene(self, which, verb):
        drop = self.pick(which)
        start, end = ("open", "cancelled") if verb is decisions.remove_drop else ("ranking", "failed")
        if self.agree(drop.status == start, verb, drop=self.row(drop), staff=self.staff, told="test", reason="test"):
            self.model.refund(drop, end)

    @rule(which=which)
    def extend(self, which):
        drop = self.pick(which, "open")
        allowed = drop.in_window(self.model.now)
        verb = decisions.extend_window
        if self.agree(allowed, verb, drop=self.row(drop), staff=self.staff, told="test", reason="test", seconds=60):
            self.model.extend(drop, 60)

    @rule(which=which, name=names)
    def disqualify(self, which, name):
        drop = self.pick(which, "open", "ranking")
        if name not in drop.entries:
            return
        entry = self.row(drop).submissions.get(user=self.users[name])
        allowed = drop.status in {"open", "ranking"} and name not in drop.out
        if self.agree(
            allowed, disqualifying.disqualify_entry, submission=entry, staff=self.staff, told="test", reason="test"
        ):
            drop.out.add(name)
            if drop.status == "ranking" and not drop.standing:
                self.model.refund(drop, "failed")

    @rule(name=names)
    def suspend(self, name):
        if name not in self.model.suspended:
            people.suspend_user(user=self.users[name], staff=self.staff, told="test", reason="test", now=self.now)
            self.model.suspend(name)

    @rule()
    def reinstate_all(self):
        for name in sorted(self.model.suspended):
            people.reinstate_user(user=self.users[name], staff=self.staff, told="test", reason="test", now=self.now)
        self.model.suspended.clear()

    @rule(which=which)
    def reroll(self, which):
        drop = self.pick(which, "completed", "failed", "cancelled")
        row, sender = self.row(drop), self.user(drop.sender)
        allowed = drop.status in {"completed", "failed", "cancelled"} and self.model.may_post(drop.sender)
        if self.agree(allowed, posting.reroll_drop, drop=row, sender=sender):
            copy = ModelDrop(drop.sender, drop.price, drop.window, drop.closes_when_full, origin=drop)
            self.remember(copy, Drop.objects.get(origin=row, pk__in=self.unknown(row)))

    def unknown(self, origin):
        known = {row.pk for row in self.rows.values()}
        return set(Drop.objects.filter(origin=origin).values_list("pk", flat=True)) - known

    @invariant()
    def code_and_model_agree(self):
        expected = {
            self.rows[id(drop)].pk: (drop.status, len(drop.seats), len(drop.entries)) for drop in self.model.drops
        }
        rows = Drop.objects.values_list("pk", "status", "claims_count", "submissions_count")
        assert {row[0]: row[1:] for row in rows} == expected
        assert {name: ledger.balance_cents(user) for name, user in self.users.items()} == self.model.wallets
        assert self.model.total == WEALTH * len(SENDERS)
        assert invariants.broken() == []


@pytest.mark.django_db
def test_any_order_of_verbs_agrees_with_the_rules():
    run_machine(Game, examples=8, steps=50)
