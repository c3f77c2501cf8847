"""The language that somebody reads."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0017_desk")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.AddField("user", "language", models.CharField(max_length=16, blank=True, default="", db_default="")),
    ]
