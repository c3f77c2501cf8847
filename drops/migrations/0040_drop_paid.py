"""The index by which drops are looked at in the order in which they were paid. Built beside whatever is being written."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('drops', '0039_risk_checked'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='drop',
            index=models.Index(condition=models.Q(('paid_at__isnull', False)), fields=['paid_at', 'id'], name='drop_paid'),
        ),
    ]
