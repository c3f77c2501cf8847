"""Have the database keep one canonical address for each account.

The checks hold for new rows at once; the next migration reads the old ones, which locks nobody out.
"""

import django.contrib.postgres.operations
from django.db import migrations, models

import accounts.models.addresses

CANONICAL = r"^[!-?\[-~]+@[a-z0-9.-]+$"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_one_address")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.RemoveConstraint(model_name="user", name="user_email_unique"),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=accounts.models.addresses.AddressField(
                help_text="In canonical form, by which it is compared, looked up and written to.", max_length=254
            ),
        ),
        migrations.AddConstraint(
            model_name="user", constraint=models.UniqueConstraint(fields=("email",), name="user_email_unique")
        ),
        django.contrib.postgres.operations.AddConstraintNotValid(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("email__regex", CANONICAL)), name="user_email_is_canonical"
            ),
        ),
        # allauth's table, which has no model of ours: its addresses are looked up by their exact text.
        migrations.RunSQL(
            f"""ALTER TABLE account_emailaddress ADD CONSTRAINT account_email_is_canonical
                CHECK (email ~ '{CANONICAL}') NOT VALID""",
            "ALTER TABLE account_emailaddress DROP CONSTRAINT account_email_is_canonical",
        ),
    ]
