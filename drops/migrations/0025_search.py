"""The words of each drop, for searching. New drops have them from here on; the next migration adds the others'."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0024_changing_terms'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.CreateModel(
            name='DropWords',
            fields=[
                ('drop', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='words', serialize=False, to='drops.drop')),
                ('vector', django.contrib.postgres.search.SearchVectorField()),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drop',
            trigger=pgtrigger.compiler.Trigger(name='drop_words', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        INSERT INTO drops_dropwords (drop_id, vector)\n        VALUES (NEW.id, to_tsvector('simple', normalize(concat_ws(' ', NEW.title, NEW.prompt), NFC)))\n        ON CONFLICT (drop_id) DO UPDATE SET vector = excluded.vector;\n        RETURN NULL;\n    ", hash='7bdc05a81d38b330975446f18bea1c8831623eb0', operation='INSERT OR UPDATE OF "title", "prompt"', pgid='pgtrigger_drop_words_6aeb1', table='drops_drop', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='dropwords',
            index=django.contrib.postgres.indexes.GinIndex(fields=['vector'], name='drop_words'),
        ),
    ]
