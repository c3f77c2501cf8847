"""One more kind of what is cleaned."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0036_retention'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.AlterField(
            model_name='cleaning',
            name='kind',
            field=models.CharField(choices=[('never_paid_drops', 'drops that were never paid for'), ('drafts', 'drafts of entries to drops that are over'), ('orphan_files', 'files of no drop, no entry and no draft'), ('sandbox_drops', 'sandbox drops that are over'), ('emptied_drops', 'texts and files of drops that were paid back before any agent came'), ('kept_answers', 'answers kept for requests that are repeated'), ('sessions', 'sessions that are over'), ('kept_texts', 'what was typed before signing in'), ('notifications', 'notifications'), ('mails', 'mails that were sent'), ('webhook_messages', 'messages for webhooks'), ('browser_messages', 'messages for browsers'), ('push_browsers', 'browsers that nobody is signed in to'), ('signed_out_browsers', 'what was known of browsers whose session is over'), ('cooldowns', 'cooldowns on drops that are over'), ('event_texts', "texts of Stripe's events"), ('panel_texts', 'texts that panels were sent and answered'), ('exports', "records of copies of somebody's data"), ('programs', 'tokens that are over, and programs that were never let in')], max_length=20, unique=True),
        ),
    ]
