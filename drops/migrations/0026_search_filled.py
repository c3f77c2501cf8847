"""The words of drops that were there before. In a transaction of its own: nothing waits for it."""

from django.db import migrations

FILL = """
INSERT INTO drops_dropwords (drop_id, vector)
SELECT id, to_tsvector('simple', normalize(concat_ws(' ', title, prompt), NFC)) FROM drops_drop
ON CONFLICT (drop_id) DO NOTHING
"""


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0025_search'),
    ]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
