"""Look at all drops once whether they keep the new constraints, without keeping anybody from writing meanwhile."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0019_appointed_judge'),
    ]

    operations = [
        ValidateConstraint(model_name='drop', name='drop_appointed_judge_known'),
        ValidateConstraint(model_name='drop', name='drop_appointed_judge_once_paid'),
    ]
