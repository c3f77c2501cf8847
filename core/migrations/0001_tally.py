from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('key', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('count', models.PositiveIntegerField()),
                ('until', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['until'], name='tally_until')],
            },
        ),
        # Counts of a minute need no write-ahead log, which would make every request wait for the disk.
        migrations.RunSQL('ALTER TABLE core_tally SET UNLOGGED', 'ALTER TABLE core_tally SET LOGGED'),
    ]
