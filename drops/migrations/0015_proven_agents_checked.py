"""Look at all drops once whether they keep the new constraint, without keeping anybody from writing meanwhile."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0014_proven_agents'),
    ]

    operations = [
        ValidateConstraint(model_name='drop', name='drop_agents_known'),
    ]
