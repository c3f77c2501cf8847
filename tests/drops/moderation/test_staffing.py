"""Roles: what the upgrade carries over, what each may, and that nothing but two verbs gives or takes one."""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management.sql import emit_post_migrate_signal

from accounts.models import AuditEvent, Notification, User
from accounts.permissions import moderators
from core.errors import Forbidden, Invalid
from drops.contest.links import note_evidence
from drops.moderation import roles, staffing
from drops.moderation.acts import AlreadyDone
from tests.admin_site import admin_pages, change_url, grant, list_url, logged_in
from tests.drops.admin.verb_cases import VERBS, WHY, asked_of, cases, verb_named
from tests.play import NOON, after, make_user, staff_as

pytestmark = pytest.mark.django_db
migration = import_module("drops.migrations.0034_roles")


@pytest.fixture
def lead(db):
    return staff_as("lead")


def renew():
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


def rights(user):
    return User.objects.get(pk=user.pk).get_all_permissions()


def act(verb, user, role, staff):
    return verb(user=user, role=role, staff=staff, told="Welcome.", reason=WHY, now=NOON)


def test_a_table_that_comes_later_is_seen_by_moderators_appointed_before(staff):
    group = roles.group_of("moderator")
    group.permissions.remove(group.permissions.get(codename="view_judginground"))
    renew()
    assert "drops.view_judginground" in rights(staff)


def test_by_the_upgrade_nobody_gains_or_loses_a_right(staff, agent):
    before = rights(staff)
    Group.objects.exclude(name="moderator").delete()
    Group.objects.update(name="Moderators")
    foreign = Group.objects.create(name="lead")
    foreign.permissions.add(Permission.objects.get(codename="view_topup"))
    agent.groups.add(foreign)
    migration.make_roles(apps, None)
    renew()
    assert [role.name for role in roles.roles_of(staff)] == ["moderator"] and rights(staff) == before
    assert roles.roles_of(agent) == [] and rights(agent) == {"wallet.view_topup"}
    assert set(roles.ROLES) < set(Group.objects.values_list("name", flat=True))


def test_what_moderators_may_is_what_they_could_before_there_were_roles(staff):
    acts = {right for right in rights(staff) if ".view_" not in right}
    # The right to approve opens a page; what may be approved there, the rights above decide.
    assert acts == {*roles.ACTS, *roles.WORKS, "accounts.moderate"}


def test_a_role_is_given_and_taken_by_a_lead_on_record(lead, agent):
    act(staffing.give_role, agent, "judge", lead)
    assert User.objects.get(pk=agent.pk).is_staff and "drops.judge_drop" in rights(agent)
    act(staffing.give_role, agent, "viewer", lead)
    act(staffing.take_role, agent, "judge", lead)
    assert User.objects.get(pk=agent.pk).is_staff and "drops.judge_drop" not in rights(agent)
    act(staffing.take_role, agent, "viewer", lead)
    assert not User.objects.get(pk=agent.pk).is_staff and rights(agent) == set()
    changes = [event.changes["roles"] for event in AuditEvent.objects.order_by("id")]
    states = [[], ["judge"], ["judge", "viewer"], ["viewer"], []]
    assert changes == [list(pair) for pair in pairwise(states)]
    assert Notification.objects.filter(user=agent).count() == 4


def test_the_last_role_takes_rights_with_it_that_were_given_by_name(lead, agent):
    act(staffing.give_role, agent, "viewer", lead)
    agent.user_permissions.add(Permission.objects.get(codename="change_topup"))
    act(staffing.take_role, agent, "viewer", lead)
    assert rights(agent) == set() and AuditEvent.objects.latest("id").changes["rights"] == [["change_topup"], []]


@pytest.mark.parametrize("role", ["viewer", "moderator", "judge", "finance"])
def test_only_a_lead_gives_roles(role, staff, agent):
    staff.groups.set([roles.group_of(role)])
    with pytest.raises(Forbidden, match="lead"):
        act(staffing.give_role, agent, "viewer", User.objects.get(pk=staff.pk))
    assert not User.objects.get(pk=agent.pk).is_staff


@pytest.mark.parametrize("verb", [staffing.give_role, staffing.take_role])
def test_nobody_changes_their_own_role_nor_that_of_a_linked_account(verb, lead):
    second = make_user("lead+second", is_staff=True)
    for one in (lead, second):
        note_evidence(one, NOON)
    for user in (lead, second):
        with pytest.raises(Forbidden, match="yourself"):
            act(verb, user, "moderator", lead)


def test_what_makes_no_sense_is_refused(lead, agent):
    with pytest.raises(Invalid):
        act(staffing.give_role, agent, "king", lead)
    with pytest.raises(AlreadyDone):
        act(staffing.take_role, agent, "judge", lead)
    User.objects.filter(pk=agent.pk).update(suspended_at=NOON, suspended_reason="Rude.")
    with pytest.raises(Forbidden, match="suspended"):
        act(staffing.give_role, agent, "judge", lead)
    with pytest.raises(Forbidden, match="superuser"):
        act(staffing.take_role, User.objects.create_superuser("chief@example.com"), "judge", lead)
    assert not AuditEvent.objects.filter(action="give-role", target=f"user:{agent.pk}").exists()


def standing():
    """Return who has which rights, and what each group may."""
    people = User.objects.order_by("pk").values_list("pk", "is_staff", "is_superuser", "groups", "user_permissions")
    return list(people), list(Group.objects.order_by("pk").values_list("pk", "name", "permissions"))


def test_nothing_else_in_the_admin_changes_groups_or_rights(sender, agent, rival):
    chief = User.objects.create_superuser("chief@example.com")
    rows, before = cases(sender, agent, rival), standing()
    # Once somebody else has the case its reports are theirs to handle.
    for name in sorted(set(VERBS) - {"give-role", "take-role"}, key=lambda name: (name == "assign-case", name)):
        verb = verb_named(name)
        row = type(rows[name]).objects.filter(pk=rows[name].pk).first()
        if row is not None and verb.fits(row):
            verb.call(**{verb.subject: row}, staff=chief, reason=WHY, now=after(60), **asked_of(name, row))
        assert standing() == before, name


def test_no_page_of_the_admin_takes_groups_or_rights_by_post(agent, staff):
    chief, before = logged_in(User.objects.create_superuser("chief@example.com")), standing()
    sent = {"groups": Group.objects.first().pk, "user_permissions": 1, "is_superuser": "on", "is_staff": "on"}
    for model in admin_pages():
        add = list_url(model) + "add/"
        rows = [change_url(row) for row in model.objects.order_by("pk")[:3]]
        for url in (add, *rows, *(row.replace("change", "delete") for row in rows)):
            assert chief.post(url, {**sent, "name": "Others", "permissions": [], "post": "yes"}).status_code == 403, url
        ticked = [row.pk for row in model.objects.all()[:3]]
        chief.post(list_url(model), {"action": "delete_selected", "_selected_action": ticked})
    assert standing() == before


def test_the_page_of_roles_says_who_may_do_what_and_who_has_which(staff):
    page = logged_in(User.objects.create_superuser("chief@example.com")).get(list_url(Group))
    lines = {str(line.label): line.may for chapter in page.context["chapters"] for line in chapter.lines}
    assert lines["Suspend"] == [False, True, False, False, True]
    assert lines["Credit what was paid"] == [False, False, False, True, True]
    assert lines["Give a role"] == [False, False, False, False, True]
    assert lines["Give the verdict on drops that wait for staff"] == [False, True, True, False, True]
    assert staff.email in page.content.decode()
    assert logged_in(grant(staff)).get(list_url(Group)).status_code == 403


def test_whoever_is_suspended_is_told_nothing_as_a_moderator_and_handed_no_case(staff):
    assert staff in moderators()
    User.objects.filter(pk=staff.pk).update(suspended_at=NOON, suspended_reason="Spam.")
    assert staff not in moderators()
