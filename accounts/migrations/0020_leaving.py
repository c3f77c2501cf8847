"""Copies of somebody's data, and wishes to be erased."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0019_finding'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('gives_up_rest', models.BooleanField(default=False, help_text="what is left in the wallet and can't be taken out is the house's then")),
                ('in_the_way_told_at', models.DateTimeField(help_text='when they were told that something is open still, though it was due', null=True)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='erasures', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('cancelled_at', None), ('done_at', None)), fields=['due_at'], name='erasure_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('cancelled_at', None), ('done_at', None)), fields=('user',), name='erasure_one_at_a_time'), models.CheckConstraint(condition=models.Q(('cancelled_at', None), ('done_at', None), _connector='OR'), name='erasure_has_one_end')],
            },
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('tries', models.PositiveIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, default='', max_length=200)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField()),
                ('built_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('gone_at', models.DateTimeField(help_text='when its file was deleted, or building it was given up', null=True)),
                ('size', models.PositiveBigIntegerField(default=0, help_text='bytes')),
                ('sha256', models.CharField(blank=True, default='', max_length=64)),
                ('downloads', models.PositiveIntegerField(default=0)),
                ('downloaded_at', models.DateTimeField(help_text='the last time', null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exports', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-asked_at'], name='export_newest'), models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='export_due'), models.Index(condition=models.Q(('gone_at', None)), fields=['expires_at'], name='export_kept')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('built_at', None), ('gone_at', None)), fields=('user',), name='export_one_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('built_at', None), ('expires_at', None)), models.Q(('built_at__isnull', False), ('expires_at__isnull', False)), _connector='OR'), name='export_expires_once_built')],
            },
        ),
    ]
