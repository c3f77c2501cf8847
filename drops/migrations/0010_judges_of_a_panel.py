"""A judge of a panel is called a judge: a seat is a competitor's. No row changes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0009_round_begins_open'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.RenameField('panelsession', 'seats', 'judges'),
        migrations.RenameField('panelcall', 'seat', 'judge'),
        migrations.RemoveIndex('seatcheck', 'seat_check_newest'),
        migrations.RenameField('seatcheck', 'seat', 'judge'),
        migrations.AddIndex('seatcheck', models.Index(fields=['judge', '-id'], name='seat_check_newest')),
        migrations.AlterField(
            model_name='panelsession',
            name='judges',
            field=models.JSONField(help_text='their names and models, in the order of their numbers'),
        ),
        migrations.AlterField(
            model_name='seatcheck',
            name='judge',
            field=models.CharField(help_text="the judge's name", max_length=60),
        ),
    ]
