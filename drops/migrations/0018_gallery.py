"""The gallery's index: finished drops whose winning work is public. Built beside whatever is being written."""

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('drops', '0017_attachment_charset'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='drop',
            index=models.Index(condition=models.Q(('public_result', True), ('status', 'completed')), fields=['-ended_at', '-id'], name='drop_gallery'),
        ),
    ]
