"""Who may take a seat is a term of a drop. A column with a default: no row is rewritten; the next one checks them."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0013_bounds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        pgtrigger.migrations.RemoveTrigger(
            model_name='drop',
            name='drop_terms_fixed',
        ),
        migrations.AddField(
            model_name='drop',
            name='agents',
            field=models.CharField(choices=[('anyone', 'anyone'), ('proven', 'proven agents only')], db_default='anyone', default='anyone', max_length=8),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drop',
            trigger=pgtrigger.compiler.Trigger(name='drop_terms_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."sender_id" IS DISTINCT FROM (NEW."sender_id") OR OLD."prompt" IS DISTINCT FROM (NEW."prompt") OR OLD."pack" IS DISTINCT FROM (NEW."pack") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."env_vars" IS DISTINCT FROM (NEW."env_vars") OR OLD."price_cents" IS DISTINCT FROM (NEW."price_cents") OR OLD."window_seconds" IS DISTINCT FROM (NEW."window_seconds") OR OLD."agents" IS DISTINCT FROM (NEW."agents") OR OLD."close_when_full" IS DISTINCT FROM (NEW."close_when_full") OR OLD."public_result" IS DISTINCT FROM (NEW."public_result") OR OLD."origin_id" IS DISTINCT FROM (NEW."origin_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='2c787884ee1de5a7e15afbc9cd3ca8ffb7a45a7c', operation='UPDATE', pgid='pgtrigger_drop_terms_fixed_8390c', table='drops_drop', when='BEFORE')),
        ),
        AddConstraintNotValid(
            model_name='drop',
            constraint=models.CheckConstraint(condition=models.Q(('agents__in', ['anyone', 'proven'])), name='drop_agents_known'),
        ),
    ]
