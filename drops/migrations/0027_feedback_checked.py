"""Look at all answers and rounds once whether they keep the new constraints; nobody is kept from writing meanwhile."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0026_search_filled'),
    ]

    operations = [
        ValidateConstraint(model_name='judgeanswer', name='judge_answer_taken_back_by_somebody'),
        ValidateConstraint(model_name='judginground', name='judging_round_written_by_staff'),
    ]
