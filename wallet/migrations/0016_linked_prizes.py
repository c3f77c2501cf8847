import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0015_doubts'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.AddField(
            model_name='heldpayout',
            name='is_linked',
            field=models.BooleanField(db_default=False, default=False, help_text='its sender and its winner were found to be linked after it was paid: staff alone let it go'),
        ),
        migrations.AlterField(
            model_name='heldpayout',
            name='topup',
            field=models.ForeignKey(help_text='in doubt', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='held_payouts', to='wallet.topup'),
        ),
        migrations.AddConstraint(
            model_name='heldpayout',
            constraint=models.CheckConstraint(condition=models.Q(('topup__isnull', False), ('is_linked', True), _connector='OR'), name='held_payout_has_a_why'),
        ),
    ]
