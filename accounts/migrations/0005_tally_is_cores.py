"""Counters belong to core, which begins with empty ones: they are about the minute that is now, or the hour."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ('accounts', '0004_notices'),
    ]

    operations = [
        migrations.RunSQL(migrations.RunSQL.noop, 'ALTER TABLE accounts_tally SET UNLOGGED'),
        migrations.DeleteModel(name='Tally'),
    ]
