"""Drops that were never paid for may be purged; how much the nightly cleaning took away is counted."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0012_two_texts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Cleaning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('never_paid_drops', 'drops that were never paid for'), ('orphan_files', 'files of no drop and no entry'), ('sessions', 'sessions that are over, with the drafts in them')], max_length=20, unique=True)),
                ('rows', models.PositiveBigIntegerField(help_text='taken away so far')),
                ('cleaned_at', models.DateTimeField()),
            ],
        ),
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        pgtrigger.migrations.RemoveTrigger(
            model_name='drop',
            name='drop_kept',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drop',
            trigger=pgtrigger.compiler.Trigger(name='drop_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.paid_at IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='923607057672fde43376acedaa961ece37a469b6', operation='DELETE', pgid='pgtrigger_drop_kept_66bd1', table='drops_drop', when='BEFORE')),
        ),
    ]
