"""Indexes by which staff find people. Built beside whatever is being written."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('accounts', '0018_language'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='user',
            index=models.Index(fields=['email'], name='user_email_begins', opclasses=['varchar_pattern_ops']),
        ),
        AddIndexConcurrently(
            model_name='user',
            index=models.Index(fields=['handle'], name='user_handle_begins', opclasses=['varchar_pattern_ops']),
        ),
        AddIndexConcurrently(
            model_name='user',
            index=GinIndex(
                models.Func('name', output_field=SearchVectorField(), template="to_tsvector('simple', coalesce(%(expressions)s, ''))"),
                name='user_name_words',
            ),
        ),
    ]
