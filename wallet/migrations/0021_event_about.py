"""Finding Stripe's events by what they are about. Built beside whatever is being written."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('wallet', '0020_desk_names'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='stripeevent',
            index=models.Index(fields=['object_id'], name='stripe_event_about'),
        ),
    ]
