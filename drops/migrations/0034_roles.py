"""Roles in place of the one group of moderators, whose members are moderators still, with the rights they had.

What a role may is set after the last migration, as the rights of the group were (`drops.moderation.roles`).
"""

from django.db import migrations

BEFORE = 'Moderators'
ROLES = ('viewer', 'moderator', 'judge', 'finance', 'lead')


def make_roles(apps, schema_editor):
    groups = apps.get_model('auth', 'Group').objects
    for role in ROLES:
        # A group that an operator made by that name is none of ours: it keeps its rights, under another name.
        groups.filter(name=role).update(name=f'{role} (before there were roles)')
    groups.filter(name=BEFORE).update(name='moderator')
    for role in ROLES:
        groups.get_or_create(name=role)


def make_group(apps, schema_editor):
    groups = apps.get_model('auth', 'Group').objects
    groups.filter(name='moderator').update(name=BEFORE)
    groups.filter(name__in=ROLES, user=None).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0032_appeals'),
        ('accounts', '0016_roles'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.AlterModelOptions(
            name='drop',
            options={'permissions': [('judge_drop', 'Can judge drops that wait for staff')]},
        ),
        migrations.RunPython(make_roles, make_group),
    ]
