"""In which encoding a text file was saved; of older files nothing is known. No row is rewritten."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0016_links'),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='charset',
            field=models.CharField(blank=True, db_default='', default='', help_text='of text: how it was saved; none in older rows', max_length=20),
        ),
    ]
