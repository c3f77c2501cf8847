from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0003_topup_reference_ledger_check'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='stripematch',
            options={'verbose_name': 'Stripe match', 'verbose_name_plural': 'Stripe matches'},
        ),
        migrations.AddIndex(
            model_name='stripeevent',
            index=models.Index(condition=models.Q(('livemode', False)), fields=['received_at'], name='stripe_event_of_a_sandbox'),
        ),
        migrations.AddIndex(
            model_name='stripeevent',
            index=models.Index(condition=models.Q(('account__isnull', False)), fields=['account', '-created'], name='stripe_event_of_account'),
        ),
    ]
