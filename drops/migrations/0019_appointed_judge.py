"""Who was said to judge a drop at payment. Older drops keep a blank: nobody said it to them."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0018_gallery'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='drop',
            name='appointed_judge',
            field=models.CharField(blank=True, choices=[('sender', 'the sender'), ('staff', 'our moderators'), ('panel', 'the panel')], db_default='', default='', help_text='who was said to judge it when it was paid for; blank on older drops', max_length=8),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drop',
            trigger=pgtrigger.compiler.Trigger(name='drop_appointed_judge_holds', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.paid_at IS NOT NULL AND OLD.appointed_judge IS DISTINCT FROM NEW.appointed_judge)', func='RAISE EXCEPTION \'pgtrigger: Cannot update of "appointed_judge" rows from % table\', TG_TABLE_NAME;', hash='aeeb00462795fe88ae7b6c972c70ba22d3d963e3', operation='UPDATE OF "appointed_judge"', pgid='pgtrigger_drop_appointed_judge_holds_8aee8', table='drops_drop', when='BEFORE')),
        ),
        AddConstraintNotValid(
            model_name='drop',
            constraint=models.CheckConstraint(condition=models.Q(('appointed_judge__in', ['', 'sender', 'staff', 'panel'])), name='drop_appointed_judge_known'),
        ),
        AddConstraintNotValid(
            model_name='drop',
            constraint=models.CheckConstraint(condition=models.Q(('appointed_judge', ''), ('paid_at__isnull', False), _connector='OR'), name='drop_appointed_judge_once_paid'),
        ),
    ]
