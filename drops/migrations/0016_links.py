"""Signs by which accounts are linked, and drops whose sender and winner are. No row is rewritten."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0015_proven_agents_checked'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='drop',
            name='is_linked',
            field=models.BooleanField(db_default=False, default=False, help_text='sender and winner seem to belong together: it proves nothing'),
        ),
        migrations.CreateModel(
            name='LinkEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('mailbox', 'the same mailbox'), ('device', 'the same device'), ('card', 'the same card'), ('payout', 'the same payout account')], max_length=8)),
                ('digest', models.CharField(help_text='HMAC-SHA-256 in hex; the sign itself is not kept here', max_length=64)),
                ('created_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'link evidence',
                'indexes': [models.Index(fields=['digest', 'kind'], name='link_evidence_shared')],
                'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'digest'), name='link_evidence_once')],
            },
        ),
    ]
