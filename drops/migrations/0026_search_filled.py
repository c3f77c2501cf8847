"""The words of drops that were there before. In many small transactions: a row of words locks its drop until its end."""

from uuid import UUID

from django.db import migrations

FILL = """
WITH batch AS (SELECT id, title, prompt FROM drops_drop WHERE id > %s ORDER BY id LIMIT %s),
filled AS (
    INSERT INTO drops_dropwords (drop_id, vector)
    SELECT id, to_tsvector('simple', normalize(concat_ws(' ', title, prompt), NFC)) FROM batch
    ON CONFLICT (drop_id) DO NOTHING
)
SELECT id FROM batch ORDER BY id DESC LIMIT 1
"""
AT_ONCE = 500


def fill(apps, schema_editor):
    """Take some drops at a time, in the order of their ids. Those that have words already keep them."""
    last = UUID(int=0)
    while last is not None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(FILL, [last, AT_ONCE])
            last = next((row[0] for row in cursor), None)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('drops', '0025_search'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
