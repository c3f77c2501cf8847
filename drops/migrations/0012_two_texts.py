"""What moderators tell the sender of a drop that they ended. A column with a default: no row is rewritten."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0011_takedown'),
    ]

    operations = [
        migrations.AddField(
            model_name='drop',
            name='moderators_told',
            field=models.TextField(blank=True, db_default='', default='', help_text='why, where they ended it'),
        ),
    ]
