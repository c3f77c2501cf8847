"""Up to how much of their wallet whoever leaves gives up. Who agreed before it was kept is asked again."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0020_leaving'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.AddField(
            model_name='erasure',
            name='gives_up_cents',
            field=models.PositiveBigIntegerField(db_default=0, default=0, help_text='up to how much of it they agreed to: what they were shown when they asked'),
        ),
    ]
