"""Terms and files hold from payment on, not before it; thanks to winners, invitations. No row is rewritten."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0023_feedback'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        pgtrigger.migrations.RemoveTrigger(
            model_name='drop',
            name='drop_terms_fixed',
        ),
        migrations.AddField(
            model_name='drop',
            name='thanks',
            field=models.CharField(blank=True, choices=[('thank_you', 'Thank you!'), ('beyond', 'Better than I hoped.'), ('in_use', "I'm using it already."), ('again', 'I hope you compete for me again.')], db_default='', default='', help_text='to whoever won', max_length=16),
        ),
        migrations.AddField(
            model_name='drop',
            name='winner_invited_at',
            field=models.DateTimeField(blank=True, help_text='when they were asked to a rematch', null=True),
        ),
        migrations.AddField(
            model_name='drop',
            name='winner_told_at',
            field=models.DateTimeField(blank=True, help_text='when that rematch was open', null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drop',
            trigger=pgtrigger.compiler.Trigger(name='drop_terms_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN ((OLD.sender_id, OLD.origin_id, OLD.created_at) IS DISTINCT FROM (NEW.sender_id, NEW.origin_id, NEW.created_at) OR (OLD.prompt, OLD.pack, OLD.title, OLD.description, OLD.env_vars, OLD.price_cents, OLD.window_seconds, OLD.agents, OLD.close_when_full, OLD.public_result) IS DISTINCT FROM (NEW.prompt, NEW.pack, NEW.title, NEW.description, NEW.env_vars, NEW.price_cents, NEW.window_seconds, NEW.agents, NEW.close_when_full, NEW.public_result) AND NOT (OLD.status = 'pending_payment' AND NEW.status = 'pending_payment'))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='1e733b843420593609a60d1d274ab5f7ed33da67', operation='UPDATE', pgid='pgtrigger_drop_terms_fixed_8390c', table='drops_drop', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drop',
            trigger=pgtrigger.compiler.Trigger(name='drop_courtesies_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.thanks <> '' AND NEW.thanks <> OLD.thanks OR OLD.winner_invited_at IS NOT NULL AND (OLD.winner_invited_at) IS DISTINCT FROM (NEW.winner_invited_at) OR OLD.winner_told_at IS NOT NULL AND (OLD.winner_told_at) IS DISTINCT FROM (NEW.winner_told_at) OR NEW.winner_told_at IS NOT NULL AND NEW.winner_invited_at IS NULL OR NEW.status <> 'completed' AND (NEW.thanks <> '' OR NEW.winner_invited_at IS NOT NULL))", func='RAISE EXCEPTION \'pgtrigger: Cannot update of "thanks", "winner_invited_at", "winner_told_at" rows from % table\', TG_TABLE_NAME;', hash='de73b5b0612cfd136d61606b70efecd6ac6009db', operation='UPDATE OF "thanks", "winner_invited_at", "winner_told_at"', pgid='pgtrigger_drop_courtesies_once_92a81', table='drops_drop', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='DropFile',
            fields=[],
            options={
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('drops.drop_attachments',),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dropfile',
            trigger=pgtrigger.compiler.Trigger(name='drop_files_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (SELECT 1 FROM drops_drop d\n                               WHERE d.id IN (NEW.drop_id, OLD.drop_id) AND d.paid_at IS NOT NULL) THEN\n                        RAISE EXCEPTION 'the files of a drop stand once it is paid for' USING ERRCODE = '23514';\n                    END IF;\n                    RETURN COALESCE(NEW, OLD);\n                ", hash='f17af79931d606b7e249d8b3f7c698dcdc582e73', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_drop_files_fixed_dc29f', table='drops_drop_attachments', when='BEFORE')),
        ),
    ]
