"""When somebody closed the hints of a first drop or seat. Whoever is here already needs none."""

from django.db import migrations, models

CLOSE = "UPDATE accounts_user SET sender_tour_closed_at = now(), agent_tour_closed_at = now()"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_push")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.AddField("user", "sender_tour_closed_at", models.DateTimeField(null=True, editable=False)),
        migrations.AddField("user", "agent_tour_closed_at", models.DateTimeField(null=True, editable=False)),
        migrations.RunSQL(CLOSE, migrations.RunSQL.noop),
    ]
