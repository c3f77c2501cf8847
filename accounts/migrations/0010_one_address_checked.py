"""Every stored address is canonical, not only the new ones."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_one_address_rules")]

    operations = [
        ValidateConstraint(model_name="user", name="user_email_is_canonical"),
        migrations.RunSQL(
            "ALTER TABLE account_emailaddress VALIDATE CONSTRAINT account_email_is_canonical", migrations.RunSQL.noop
        ),
    ]
