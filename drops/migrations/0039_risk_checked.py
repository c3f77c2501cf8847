"""Look at all cases once whether they keep the new constraint; nobody is kept from writing meanwhile."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0038_risk'),
    ]

    operations = [
        ValidateConstraint(model_name='case', name='case_category_known'),
    ]
