from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_moderate_right")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.AddField(
            model_name="user",
            name="email_as_written",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=320),
        ),
    ]
