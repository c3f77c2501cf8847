"""The indexes along which staff's lists go. Built beside whatever is being written."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('drops', '0040_drop_paid'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='drop',
            index=models.Index(fields=['-created_at', '-id'], name='drop_newest'),
        ),
        AddIndexConcurrently(
            model_name='claim',
            index=models.Index(fields=['-created_at', '-id'], name='claim_newest'),
        ),
        AddIndexConcurrently(
            model_name='submission',
            index=models.Index(fields=['-created_at', '-id'], name='submission_newest'),
        ),
        AddIndexConcurrently(
            model_name='revision',
            index=models.Index(fields=['-received_at', '-id'], name='revision_newest'),
        ),
        AddIndexConcurrently(
            model_name='attachment',
            index=models.Index(fields=['-created_at', '-id'], name='attachment_newest'),
        ),
    ]
