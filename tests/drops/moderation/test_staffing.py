"""The rights of moderators follow the tables there are."""

from django.core.management.sql import emit_post_migrate_signal

from accounts.models import User
from drops.moderation import staffing


def renew():
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


def test_a_table_that_comes_later_is_seen_by_moderators_appointed_before(staff):
    group = staffing.moderators_group()
    staff.groups.add(group)
    group.permissions.remove(group.permissions.get(codename="view_judginground"))
    renew()
    assert User.objects.get(pk=staff.pk).has_perm("drops.view_judginground")


def test_a_site_without_moderators_gets_no_group(db):
    renew()
    assert not staffing.Group.objects.exists()
