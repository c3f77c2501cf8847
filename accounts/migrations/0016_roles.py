from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0013_registration'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.AlterModelOptions(
            name='user',
            options={'permissions': [('moderate', 'Can moderate'), ('give_roles', 'Can give and take roles'), ('erase_user', 'Can erase an account')]},
        ),
    ]
