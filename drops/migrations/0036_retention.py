"""More kinds of what is cleaned, and a panel's texts that may be emptied."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0035_desk_names'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        pgtrigger.migrations.RemoveTrigger(
            model_name='panelcall',
            name='panel_call_frozen',
        ),
        migrations.AlterField(
            model_name='cleaning',
            name='kind',
            field=models.CharField(choices=[('never_paid_drops', 'drops that were never paid for'), ('drafts', 'drafts of entries to drops that are over'), ('orphan_files', 'files of no drop, no entry and no draft'), ('sandbox_drops', 'sandbox drops that are over'), ('emptied_drops', 'texts and files of drops that were paid back before any agent came'), ('kept_answers', 'answers kept for requests that are repeated'), ('sessions', 'sessions that are over, with the drafts in them'), ('notifications', 'notifications'), ('mails', 'mails that were sent'), ('webhook_messages', 'messages for webhooks'), ('browser_messages', 'messages for browsers'), ('push_browsers', 'browsers that nobody is signed in to'), ('signed_out_browsers', 'what was known of browsers whose session is over'), ('cooldowns', 'cooldowns on drops that are over'), ('event_texts', "texts of Stripe's events"), ('panel_texts', 'texts that panels were sent and answered'), ('exports', "records of copies of somebody's data"), ('programs', 'tokens that are over, and programs that were never let in')], max_length=20, unique=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='panelcall',
            trigger=pgtrigger.compiler.Trigger(name='panel_call_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='8b61406c3ca94fb5776e4808739bc4456f6b152f', operation='DELETE', pgid='pgtrigger_panel_call_kept_3b772', table='drops_panelcall', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='panelcall',
            trigger=pgtrigger.compiler.Trigger(name='panel_call_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT (NEW.request IS NULL AND NEW.answer = '' AND to_jsonb(NEW) - 'request' - 'answer' = to_jsonb(OLD) - 'request' - 'answer'))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='2d194fc1569b2a43e3b9bb86f733ba2471f77aa4', operation='UPDATE', pgid='pgtrigger_panel_call_frozen_e74c2', table='drops_panelcall', when='BEFORE')),
        ),
    ]
