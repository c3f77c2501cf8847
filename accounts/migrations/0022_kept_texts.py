"""Keep what was typed before signing in out of the sessions: bounded, and cleaned by night."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0021_given_up'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.CreateModel(
            name='KeptText',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('whose', models.CharField(max_length=64)),
                ('fields', models.TextField()),
                ('size', models.PositiveIntegerField()),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['whose'], name='kept_text_whose'), models.Index(fields=['expires_at'], name='kept_text_expires')],
            },
        ),
    ]
