"""Who may do what: each verb of the moderators by each role, asked of the verb itself and of the door before it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db.models import Q
from django.test import override_settings

from accounts.models import AuditEvent, User
from core import clock
from core.admin_base import CHANGED_MEANWHILE
from core.errors import Forbidden
from core.models import Switch
from drops.desk.cases import open_case
from drops.models import Attachment, Case, Drop, PanelCall, Report, RiskMark
from drops.models.case import Category
from drops.moderation import roles
from tests.admin_site import confirm, grant, logged_in, verb_url
from tests.drops.admin import desk_doors
from tests.drops.admin.judging_doors import ACTS, Waiting, waiting_for_staff
from tests.drops.admin.verb_cases import VERBS, WHY, asked_of, cases, verb_named
from tests.play import NOON, after, make_user, undone
from tests.wallet.rows import topup

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("past_noon")]
ROLES = (
    *("player", "staff without rights", "viewer", "moderator", "judge", "finance", "lead"),
    *("suspended moderator", "without second factor", "superuser"),
)
# What may be done again, and then is another act with another reason.
AGAIN = {"read", "read-panel", "read-appealed", "note", "warn", "limit", "rename", "adjust", "extend", "pause"}
# Which role, and to whom, is asked on the page.
AGAIN |= {"give-role", "assign-case"}
GUIDE = Path(__file__).parents[3] / "docs" / "staff.md"


class Site(NamedTuple):
    """A row for each verb, and drops that wait for staff, with their files in `folder`."""

    rows: dict[str, Any]
    waiting: Waiting
    folder: Path

    def row(self, name):
        """Return the row of a verb as it was written, whatever another test did to it."""
        row = self.rows[name]
        return type(row).objects.get(pk=row.pk)


@pytest.fixture(scope="module")
def site(shared_db, tmp_path_factory):
    """Written once: it takes longer than most tests of it."""
    folder = tmp_path_factory.mktemp("files")
    with (
        shared_db(),
        override_settings(MEDIA_ROOT=folder, STAFF_SECOND_FACTOR=False),
        pytest.MonkeyPatch.context() as at,
    ):
        at.setattr(clock, "now", lambda: after(60))
        people = [make_user(name) for name in ("Sender", "Agent", "Rival")]
        # What waits rings its bells first, and would ring those of the rows.
        with override_settings(JUDGE="staff"):
            waiting = waiting_for_staff(*people)
        # Whoever decides about money alone has something to take too.
        open_case(topup(people[0], NOON), category=Category.TOPUP, now=NOON)
        return Site(cases(*people), waiting, folder)


def somebody(role):
    user = make_user(role.replace(" ", "-"), is_staff=role != "player", is_superuser=role == "superuser")
    if role == "suspended moderator":
        user.suspended_at, user.suspended_reason = after(1), "Gone."
        user.save()
    if role == "staff without rights":
        user.groups.clear()
    if role in roles.ROLES:
        user.groups.set([roles.group_of(role)])
    user = User.objects.get(pk=user.pk)
    # As the middleware says it of a request; a door finds out by itself.
    user.rights_withheld = role == "without second factor"
    return user


def by_verb(verb, row, staff):
    """Whether the verb itself lets `staff` act."""
    try:
        verb.call(**{verb.subject: row}, staff=staff, reason=WHY, now=after(60), **asked_of(verb.name, row))
    except Forbidden:
        return False
    return True


def by_admin(verb, row, client):
    """Whether the moderators' site lets the client act."""
    before = AuditEvent.objects.count()
    confirm(client, verb_url(verb.name, row), follow=False, reason=WHY, **asked_of(verb.name, row))
    return AuditEvent.objects.count() > before


def concerned(row):
    """Return whom a row is about: whose it is, and who plays in its contest."""
    if isinstance(row, User):
        return [row]
    if isinstance(row, Attachment):
        return [row.owner]
    if isinstance(row, Switch):
        return []  # It is about everybody.
    if isinstance(row, RiskMark):
        return list(User.objects.filter(pk__in=row.people))
    row = row.session.round if isinstance(row, PanelCall) else row
    drop = row if isinstance(row, Drop) else row.drop
    if isinstance(row, Case):
        return [drop.sender, *User.objects.filter(Q(claims__drop=drop) | Q(reports__case=row)).distinct()]
    written_by = [row.feedback.written_by] if isinstance(row, Report) and row.feedback else []
    return [*written_by, drop.sender, *User.objects.filter(claims__drop=drop).distinct()]


def rights_of(role, site, settings):
    """Return what the role may do, by label and doors, having seen that every door answers as the verb does."""
    settings.STAFF_SECOND_FACTOR = role == "without second factor"
    staff, rights = somebody(role), {}
    client = logged_in(staff)
    for name in site.rows:
        verb, row = verb_named(name), site.row(name)
        rights[verb.label, "verb, admin"] = undone(by_verb, verb, row, staff)
        assert undone(by_admin, verb, row, client) == rights[verb.label, "verb, admin"], (role, name)
    entry = client.get(f"/api/submissions/{site.waiting.entry.pk}?reason=A+report")
    reads = entry.status_code == 200 and entry.json()["body"] is not None
    assert reads == rights["Read this entry", "verb, admin"], role
    for label, doors in ACTS.items():
        opened = {door: undone(does, site.waiting, staff, client) for door, does in doors.items()}
        assert len(set(opened.values())) == 1, (role, label, opened)
        rights[label, ", ".join(doors)] = opened.popitem()[1]
    for label, desk in desk_doors.ACTS.items():
        case = site.row("dismiss-case")
        opened = {door: undone(does, case, site.waiting, staff, client) for door, does in desk.items()}
        assert len(set(opened.values())) == 1, (role, label, opened)
        rights[label, ", ".join(desk)] = opened.popitem()[1]
    return rights


def test_every_door_lets_through_whom_the_verb_lets_and_the_guide_says_whom(site, settings):
    settings.MEDIA_ROOT = site.folder
    columns = [rights_of(role, site, settings) for role in ROLES]
    table = ["| | doors | " + " | ".join(ROLES) + " |", "|---" * (len(ROLES) + 2) + "|"]
    for label, doors in columns[0]:
        may = " | ".join("yes" if rights[label, doors] else "no" for rights in columns)
        table.append(f"| {label} | {doors} | {may} |")
    assert "\n".join(table) in GUIDE.read_text(encoding="utf-8"), "\n".join(table)


def test_every_verb_of_the_game_is_among_the_cases(site):
    assert set(site.rows) == set(VERBS) and len(VERBS) == len(set(VERBS)) > 20


@pytest.mark.turns(2)
@pytest.mark.parametrize("name", VERBS)
def test_a_confirmation_that_is_sent_three_times_does_it_once(name, site):
    chief = logged_in(User.objects.create_superuser("chief@example.com"))
    row, before = site.row(name), AuditEvent.objects.count()
    page = chief.get(verb_url(name, row))
    sent = {"reason": WHY, "version": page.context["form"]["version"].value(), **asked_of(name, row)}
    for _ in range(3):
        chief.post(verb_url(name, row), sent)
    assert AuditEvent.objects.count() == before + 1


@pytest.mark.turns(2)
@pytest.mark.parametrize("name", VERBS)
def test_a_confirmation_of_something_else_than_is_there_does_nothing(name, site):
    chief, row = logged_in(User.objects.create_superuser("chief@example.com")), site.row(name)
    before = AuditEvent.objects.count()
    for version in ("", "of another moment"):
        asked = chief.post(verb_url(name, row), {"reason": WHY, "version": version, **asked_of(name, row)})
        assert str(CHANGED_MEANWHILE) in map(str, asked.context["messages"])
    assert AuditEvent.objects.count() == before


@pytest.mark.turns(2)
@pytest.mark.parametrize("name", [name for name in VERBS if name not in AGAIN])
def test_what_is_done_is_not_asked_about_again(name, site):
    chief, row = logged_in(User.objects.create_superuser("chief@example.com")), site.row(name)
    confirm(chief, verb_url(name, row), reason=WHY, **asked_of(name, row))
    for page in (chief.get(verb_url(name, row)), chief.post(verb_url(name, row), {"reason": WHY})):
        assert page.status_code == 302, page.context["form"].errors


@pytest.mark.turns(2)
@pytest.mark.parametrize("name", VERBS)
def test_whoever_a_row_is_about_does_not_act_on_it(name, site):
    row = site.row(name)
    for user in concerned(row):
        user.is_staff = user.is_superuser = True
        user.suspended_at, user.suspended_reason = None, ""
        user.save()
        assert not undone(by_verb, verb_named(name), row, User.objects.get(pk=user.pk)), user


@pytest.mark.parametrize("name", VERBS)
@pytest.mark.parametrize("flaw", ["suspended", "without second factor", "inactive"])
def test_a_superuser_is_spared_nothing(flaw, name, site):
    row = site.row(name)
    chief = somebody("superuser")
    chief.is_active = flaw != "inactive"
    if flaw == "suspended":
        chief.suspended_at, chief.suspended_reason = after(1), "Gone."
    chief.save()
    chief = User.objects.get(pk=chief.pk)
    chief.rights_withheld = flaw == "without second factor"
    assert not undone(by_verb, verb_named(name), row, chief)


def test_nobody_acts_on_themselves(site):
    moderator = somebody("moderator")
    User.objects.filter(pk=moderator.pk).update(handle="mine")
    client = logged_in(moderator)
    for name in ("verify-sender", "take-handle", "rename"):
        confirm(client, verb_url(name, moderator), reason=WHY, **asked_of(name))
    assert not AuditEvent.objects.filter(actor=moderator).exists()


def test_what_is_changed_is_on_record_before_and_after():
    staff, ferryman = make_user("Staff", is_staff=True), make_user("Ferryman")
    client = logged_in(grant(staff, "accounts.view_user", "accounts.change_user"))
    confirm(client, verb_url("rename", ferryman), reason=WHY, told="Rude.", name="Ann")
    assert AuditEvent.objects.get(actor=staff).changes == {"name": ["Ferryman", "Ann"], "told": ["", "Rude."]}
