"""Signs of life of workers, with how far the clocks of their machines are off."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0001_tally'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.CreateModel(
            name='Pulse',
            fields=[
                ('host', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('clock_ahead_seconds', models.FloatField(null=True)),
            ],
        ),
    ]
