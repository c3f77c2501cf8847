"""A panel's sitting is called its session: the table, what points at it, and the names of its rules. No row changes."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0007_open_rounds'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        pgtrigger.migrations.RemoveTrigger(model_name='panelsitting', name='panel_sitting_frozen'),
        pgtrigger.migrations.RemoveTrigger(model_name='panelsitting', name='panel_sitting_in_open_round'),
        migrations.RemoveConstraint(model_name='panelsitting', name='panel_sitting_reserves'),
        migrations.RemoveConstraint(model_name='panelcall', name='panel_call_once'),
        migrations.RenameModel('PanelSitting', 'PanelSession'),
        migrations.RenameField('panelcall', 'sitting', 'session'),
        migrations.RenameIndex('panelsession', new_name='panel_session_by_day', old_name='panel_sitting_by_day'),
        migrations.AlterField(
            model_name='panelsession',
            name='round',
            field=models.OneToOneField(on_delete=models.PROTECT, related_name='session', to='drops.judginground'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='panelsession',
            trigger=pgtrigger.compiler.Trigger(name='panel_session_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='667fb291acaafa3d3a266200c274d586a9598d70', operation='UPDATE OR DELETE', pgid='pgtrigger_panel_session_frozen_27d3d', table='drops_panelsession', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='panelsession',
            trigger=pgtrigger.compiler.Trigger(name='panel_session_in_open_round', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.round_id IS NOT NULL)', func="\n            PERFORM 1 FROM drops_judginground r WHERE r.id = NEW.round_id AND r.is_open FOR SHARE;\n            IF NOT FOUND THEN\n                RAISE EXCEPTION 'the round is over' USING ERRCODE = '23514';\n            END IF;\n            RETURN NEW;\n        ", hash='7a58d6784d61fda03976ee9cc9afe3a2d12020bf', operation='INSERT', pgid='pgtrigger_panel_session_in_open_round_5e304', table='drops_panelsession', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='panelcall',
            constraint=models.UniqueConstraint(fields=('session', 'key', 'fence', 'attempt'), name='panel_call_once'),
        ),
        migrations.AddConstraint(
            model_name='panelsession',
            constraint=models.CheckConstraint(condition=models.Q(('reserved_cents__gte', 0)), name='panel_session_reserves'),
        ),
    ]
