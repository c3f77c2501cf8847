"""What ended with nobody having submitted may be emptied; two more kinds of what is cleaned. No row is rewritten."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0028_sandbox'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        pgtrigger.migrations.RemoveTrigger(
            model_name='drop',
            name='drop_terms_fixed',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='dropfile',
            name='drop_files_fixed',
        ),
        migrations.AlterField(
            model_name='cleaning',
            name='kind',
            field=models.CharField(choices=[('never_paid_drops', 'drops that were never paid for'), ('drafts', 'drafts of entries to drops that are over'), ('orphan_files', 'files of no drop, no entry and no draft'), ('sandbox_drops', 'sandbox drops that are over'), ('emptied_drops', 'texts and files of drops that were paid back before any agent came'), ('kept_answers', 'answers kept for requests that are repeated'), ('sessions', 'sessions that are over, with the drafts in them')], max_length=20, unique=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drop',
            trigger=pgtrigger.compiler.Trigger(name='drop_terms_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN ((OLD.sender_id, OLD.origin_id, OLD.created_at) IS DISTINCT FROM (NEW.sender_id, NEW.origin_id, NEW.created_at) OR (OLD.prompt, OLD.pack, OLD.title, OLD.description, OLD.env_vars, OLD.price_cents, OLD.window_seconds, OLD.agents, OLD.close_when_full, OLD.public_result) IS DISTINCT FROM (NEW.prompt, NEW.pack, NEW.title, NEW.description, NEW.env_vars, NEW.price_cents, NEW.window_seconds, NEW.agents, NEW.close_when_full, NEW.public_result) AND NOT (OLD.status = 'pending_payment' AND NEW.status = 'pending_payment') AND NOT (NEW.status IN ('cancelled', 'failed') AND NEW.submissions_count = 0 AND NOT (OLD.pack, OLD.title, OLD.price_cents, OLD.window_seconds, OLD.agents, OLD.close_when_full, OLD.public_result) IS DISTINCT FROM (NEW.pack, NEW.title, NEW.price_cents, NEW.window_seconds, NEW.agents, NEW.close_when_full, NEW.public_result) AND NEW.env_vars = '{}'::jsonb AND (NEW.description IS NULL OR NOT (OLD.description) IS DISTINCT FROM (NEW.description)) AND (char_length(NEW.prompt) <= 80 OR NOT (OLD.prompt) IS DISTINCT FROM (NEW.prompt))))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='72a96c90ee6799be62a088384c4716283c315280', operation='UPDATE', pgid='pgtrigger_drop_terms_fixed_8390c', table='drops_drop', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dropfile',
            trigger=pgtrigger.compiler.Trigger(name='drop_files_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (SELECT 1 FROM drops_drop d\n                               WHERE d.id IN (NEW.drop_id, OLD.drop_id) AND d.paid_at IS NOT NULL\n                                 AND NOT (TG_OP = 'DELETE' AND d.status IN ('cancelled', 'failed')\n                                          AND d.submissions_count = 0)) THEN\n                        RAISE EXCEPTION 'the files of a drop stand once it is paid for' USING ERRCODE = '23514';\n                    END IF;\n                    RETURN COALESCE(NEW, OLD);\n                ", hash='d88b5d1af63d7426e736015480034a5cb0b4b4a9', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_drop_files_fixed_dc29f', table='drops_drop_attachments', when='BEFORE')),
        ),
    ]
