"""Web push. Of topics whose mails somebody chose, browsers show what was mailed to them at once, as without a choice."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def show_what_is_mailed_at_once(apps, schema_editor):
    apps.get_model("accounts", "Preference").objects.exclude(mail="at-once").update(push=False)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_one_address_checked'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.AddField(
            model_name='preference',
            name='push',
            field=models.BooleanField(db_default=True, default=True, help_text='Shown by their browsers.'),
        ),
        migrations.RunPython(show_what_is_mailed_at_once, migrations.RunPython.noop),
        migrations.CreateModel(
            name='PushSubscription',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('endpoint', models.CharField(max_length=1000, unique=True)),
                ('p256dh', models.CharField(max_length=87)),
                ('auth', models.CharField(max_length=22)),
                ('label', models.CharField(max_length=80)),
                ('session_key', models.CharField(blank=True, db_index=True, default='', max_length=40)),
                ('created_at', models.DateTimeField()),
                ('last_success_at', models.DateTimeField(null=True)),
                ('failing_since', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='push_subscriptions', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='PushDelivery',
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
                ('last_status', models.PositiveSmallIntegerField(help_text='What the push service last answered.', null=True)),
                ('notification', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.notification')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='accounts.pushsubscription')),
            ],
            options={
                'verbose_name_plural': 'push deliveries',
            },
        ),
        migrations.CreateModel(
            name='VapidKey',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('private_key', models.CharField(help_text='The secret number, in base64url.', max_length=43)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='vapid_key_is_one')],
            },
        ),
        migrations.AddConstraint(
            model_name='pushsubscription',
            constraint=models.CheckConstraint(condition=models.Q(('endpoint__startswith', 'http')), name='push_goes_by_http'),
        ),
        migrations.AddIndex(
            model_name='pushdelivery',
            index=models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='push_to_be_sent'),
        ),
    ]
