"""The leaderboard's order, winners first, as an index: its pages are read along it. Built beside whoever is rating."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import BooleanField, ExpressionWrapper, F, Q


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('drops', '0041_newest'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='rating',
            index=models.Index(
                'pack',
                ExpressionWrapper(Q(wins=0), output_field=BooleanField()),
                F('score').desc(),
                F('wins').desc(),
                'id',
                name='rating_winners_first',
            ),
        ),
        RemoveIndexConcurrently(model_name='rating', name='rating_best_first'),
    ]
