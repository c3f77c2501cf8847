"""Who works on which case: taken for a quarter of an hour, kept while its page is worked on, given back, assigned."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEvent, User, record_audit
from accounts.permissions import moderators, require_moderator
from core.errors import Forbidden, Invalid, Refused
from drops.desk.cases import lock_case
from drops.desk.deciders import WORK, kinds_for, may_decide
from drops.desk.reasons import GIVEN_BACK, TAKEN
from drops.desk.waiting import without_asked_by
from drops.models import Case
from drops.moderation.acts import AlreadyDone, record_act
from wallet.books.links import same_person
from wallet.decisions import is_about

LEASE = timedelta(minutes=15)
# Somebody was asked to see to it: a shift, not a look.
ASSIGNED = timedelta(hours=8)
# A page that is read renews it no more often than this.
RENEWED_AFTER = timedelta(minutes=1)


class HeldByAnother(Refused):
    code = "held_by_another"
    message = gettext_lazy("Another moderator is working on this case.")
    next_step = gettext_lazy("Take another one, or wait until they give it back or their time runs out.")


class NothingToTake(Refused):
    code = "nothing_to_take"
    status = 404
    message = gettext_lazy(
        "No case for you right now: the open ones are taken, are for others to decide, or concern you."
    )
    next_step = gettext_lazy("Come back later, or look at the queue for one to read.")


def require_own_hands_clean(case: Case, staff: User) -> None:
    """Raise Forbidden where the case is about `staff`, or about an account that seems to be theirs."""
    if not _fits(case, staff, same_person(staff)):
        raise Forbidden(_("This case is about you, or a contest or money of yours: another moderator must act here."))


def _fits(case: Case, staff: User, people: Set[UUID]) -> bool:
    """Whether nothing in a case is the moderator's own; what a payment has paid for, the wallet alone can tell."""
    of_wallet = case.withdrawal or case.topup or case.payout
    own = of_wallet is not None and is_about(staff, of_wallet)
    return not own and Case.objects.not_about(people).filter(pk=case.pk).exists()


def require_free(case: Case, staff: User, now: datetime) -> None:
    """Raise AlreadyDone where a case is closed, HeldByAnother where somebody else holds it."""
    if not case.is_open:
        raise AlreadyDone(_("This case is closed already."))
    if case.is_held(now) and case.assignee_id != staff.pk:
        raise HeldByAnother(retry_at=case.lease_until)


@transaction.atomic
def take_next(*, staff: User, now: datetime) -> Case:
    """Take the most urgent case that nobody holds, that `staff` may decide and that is not about them.

    Raises NothingToTake.
    """
    require_moderator(staff, TAKEN, right=WORK)
    people, left_out = same_person(staff), list[int]()
    waiting = Case.objects.open().about(kinds_for(staff)).free(now).not_about(people).by_urgency()
    waiting = without_asked_by(waiting, staff, now)
    # Two who ask at once get two: what the other has in hand is skipped.
    waiting = waiting.select_for_update(of=("self",), skip_locked=True, no_key=True)
    while (case := waiting.exclude(pk__in=left_out).first()) is not None:
        if _fits(case, staff, people):
            return _give(case, staff, now)
        left_out.append(case.pk)
    raise NothingToTake


@transaction.atomic
def take_case(*, case: Case, staff: User, now: datetime) -> Case:
    """Take this case. Whoever has it already keeps it. Raises AlreadyDone, HeldByAnother, Forbidden."""
    require_moderator(staff, TAKEN, right=WORK)
    case = lock_case(case)
    require_own_hands_clean(case, staff)
    _require_may_decide(case, staff)
    require_free(case, staff, now)
    if case.is_held_by(staff, now):
        raise AlreadyDone(_("You have this case already."))
    return _give(case, staff, now)


def _require_may_decide(case: Case, staff: User) -> None:
    if not may_decide(staff, case):
        raise Forbidden(_("You can't decide this case. Leave it to somebody who can."))


def _give(case: Case, staff: User, now: datetime) -> Case:
    _hold(case, staff, now + LEASE)
    _note(case, staff, "take-case", TAKEN, now)
    return case


def _hold(case: Case, by: User, until: datetime) -> None:
    case.assignee, case.lease_until = by, until
    case.save(update_fields=["assignee", "lease_until"])


@transaction.atomic
def give_back(*, case: Case, staff: User, now: datetime) -> Case:
    """Let somebody else have a case before one's time has run out. Raises AlreadyDone where one does not hold it."""
    require_moderator(staff, GIVEN_BACK, right=WORK)
    case = lock_case(case)
    if case.assignee_id != staff.pk:
        raise AlreadyDone(_("You do not have this case."))
    case.assignee, case.lease_until = None, None
    case.save(update_fields=["assignee", "lease_until"])
    _note(case, staff, "give-back-case", GIVEN_BACK, now)
    return case


def renew_lease(*, case: Case, staff: User, now: datetime) -> bool:
    """Let whoever works on a case keep it; says whether it is theirs. It is on record that they took it."""
    mine = Case.objects.open().held(now).filter(pk=case.pk, assignee=staff)
    mine.filter(lease_until__lt=now + LEASE - RENEWED_AFTER).update(lease_until=now + LEASE)
    return mine.exists()


@transaction.atomic
def note_on_case(*, case: Case, staff: User, reason: str, now: datetime) -> AuditEvent:
    """Write a note for the moderators who see this case after us; nobody else reads it, and it is never changed."""
    require_moderator(staff, reason, right=WORK)
    require_own_hands_clean(case, staff)
    lock_case(case)
    same: dict[str, Any] = {"actor": staff, "action": "note-case", "target": f"case:{case.pk}", "reason": reason}
    if (known := AuditEvent.objects.filter(**same).first()) is not None:
        return known
    return record_audit(**same, now=now)


@transaction.atomic
def assign_case(*, case: Case, to: str, staff: User, reason: str, now: datetime) -> Case:
    """Give a case to a moderator, named by their address, for a shift. Raises Invalid, AlreadyDone, HeldByAnother."""
    case = lock_case(case)
    record_act(staff, "assign-case", case, reason, now, changes={"assignee": [None, to]})
    require_own_hands_clean(case, staff)
    _require_may_decide(case, staff)
    require_free(case, staff, now)
    chosen = moderators().filter(email=to).first()
    if chosen is None or not may_decide(chosen, case):
        raise Invalid({"to": _("Choose somebody who may decide this case.")})
    if not _fits(case, chosen, same_person(chosen)):
        raise Invalid({"to": _("This case is about them: choose somebody else.")})
    _hold(case, chosen, now + ASSIGNED)
    return case


def history_of(case: Case) -> Any:
    """Return what moderators did about a case and noted on it, oldest first."""
    return AuditEvent.objects.filter(target=f"case:{case.pk}").select_related("actor").order_by("pk")


def _note(case: Case, staff: User, action: str, reason: str, now: datetime) -> None:
    record_audit(actor=staff, action=action, target=f"case:{case.pk}", reason=reason, now=now)
