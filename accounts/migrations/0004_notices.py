import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


def leave_old_ones_alone(apps, schema_editor):
    """Mark notifications from before there were channels as routed, so that they are not mailed now."""
    apps.get_model('accounts', 'Notification').objects.update(routed_at=F('created_at'))


class Migration(migrations.Migration):
    dependencies = [
        ('accounts', '0003_handle'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('tries', models.PositiveIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, default='', max_length=200)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('is_digest', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='mail_to_be_sent')],
            },
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.SlugField(max_length=40)),
                ('bell', models.BooleanField(default=True, help_text='Counted in the header until it is read.')),
                ('mail', models.CharField(choices=[('at-once', 'at once'), ('daily', 'once a day'), ('never', 'never')], max_length=10)),
                ('webhook', models.BooleanField(default=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('user', 'topic'), name='preference_once_per_topic'),
                    models.CheckConstraint(condition=Q(('mail__in', ['at-once', 'daily', 'never'])), name='preference_mail_is_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('url', models.CharField(max_length=500)),
                ('secret_id', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('old_secret_id', models.UUIDField(editable=False, null=True)),
                ('old_secret_until', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField()),
                ('failures', models.PositiveIntegerField(default=0)),
                ('failing_since', models.DateTimeField(null=True)),
                ('disabled_at', models.DateTimeField(null=True)),
                ('disabled_reason', models.CharField(blank=True, default='', max_length=200)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhooks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('user', 'url'), name='webhook_once_per_address'),
                    models.CheckConstraint(condition=Q(Q(('failing_since__isnull', True), ('failures', 0)), Q(('failing_since__isnull', False), ('failures__gt', 0)), _connector='OR'), name='webhook_fails_since_then'),
                ],
            },
        ),
        migrations.AddField('notification', 'subject', models.CharField(blank=True, default='', max_length=120)),
        migrations.AddField('notification', 'data', models.JSONField(blank=True, default=dict, help_text='What it is about, for programs: ids and plain facts.')),
        migrations.AddField('notification', 'routed_at', models.DateTimeField(null=True)),
        migrations.AddField('notification', 'digest_at', models.DateTimeField(null=True)),
        migrations.AddField('notification', 'mail', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='notes', to='accounts.mail')),
        migrations.AlterField('notification', 'text', models.TextField(max_length=4000)),
        migrations.RunPython(leave_old_ones_alone, migrations.RunPython.noop),
        migrations.AddIndex('notification', models.Index(condition=Q(('read_at__isnull', True)), fields=['user'], name='notification_unread')),
        migrations.AddIndex('notification', models.Index(condition=Q(('routed_at__isnull', True)), fields=['id'], name='notification_to_be_routed')),
        migrations.AddIndex('notification', models.Index(condition=Q(('digest_at__isnull', False)), fields=['digest_at'], name='notification_for_digest')),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('tries', models.PositiveIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, default='', max_length=200)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.SlugField(max_length=40)),
                ('body', models.TextField()),
                ('created_at', models.DateTimeField()),
                ('delivered_at', models.DateTimeField(null=True)),
                ('last_status', models.PositiveSmallIntegerField(help_text='What the address last answered.', null=True)),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='accounts.webhookendpoint')),
                ('notification', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.notification')),
            ],
            options={
                'verbose_name_plural': 'webhook deliveries',
                'indexes': [
                    models.Index(condition=Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='delivery_to_be_made'),
                    models.Index(fields=['endpoint', '-created_at'], name='delivery_newest'),
                ],
            },
        ),
    ]
