"""Which keys and webhooks end with what a program was allowed."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0023_newest'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.AddField(
            model_name='apikey',
            name='program',
            field=models.CharField(blank=True, db_default='', default='', editable=False, help_text='The program that made it, by itself or by a key of its own; it ends with what that was allowed.', max_length=100),
        ),
        migrations.AddField(
            model_name='webhookendpoint',
            name='program',
            field=models.CharField(blank=True, db_default='', default='', editable=False, help_text='The program that made it, by itself or by a key of its own; it ends with what that was allowed.', max_length=100),
        ),
    ]
