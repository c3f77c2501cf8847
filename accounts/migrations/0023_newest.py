"""The index along which staff's list of people goes. Built beside whatever is being written."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('accounts', '0022_kept_texts'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='user',
            index=models.Index(fields=['-created_at', '-id'], name='user_newest'),
        ),
    ]
