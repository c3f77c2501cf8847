"""The database refuses what is written into a round that has ended, and a drop that is judged in no open one.

Old rows are left alone. Each trigger takes its table for a moment; where it has to wait, it gives up after ten seconds.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0006_judging_rounds'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        pgtrigger.migrations.AddTrigger(
            model_name='drop',
            trigger=pgtrigger.compiler.Trigger(name='drop_judged_in_open_round', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n        IF EXISTS (SELECT 1 FROM drops_drop d JOIN drops_judginground r ON r.drop_id = d.id\n                   WHERE d.id = NEW.id AND d.status = 'ranking'\n                     AND r.is_open <> coalesce(d.current_round_id = r.id, false)) THEN\n            RAISE EXCEPTION 'a drop is judged in its open round' USING ERRCODE = '23514';\n        END IF;\n        RETURN NULL;\n", hash='56a9c28c7a5b7b7344ca99e4da17f229e5332f94', operation='UPDATE OF "current_round_id"', pgid='pgtrigger_drop_judged_in_open_round_52583', table='drops_drop', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='judgeanswer',
            trigger=pgtrigger.compiler.Trigger(name='judge_answer_in_open_round', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.round_id IS NOT NULL)', func="\n            PERFORM 1 FROM drops_judginground r WHERE r.id = NEW.round_id AND r.is_open FOR SHARE;\n            IF NOT FOUND THEN\n                RAISE EXCEPTION 'the round is over' USING ERRCODE = '23514';\n            END IF;\n            RETURN NEW;\n        ", hash='166694e03f8b435ff4cac4642d818aa442ca5454', operation='INSERT', pgid='pgtrigger_judge_answer_in_open_round_011eb', table='drops_judgeanswer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='judginground',
            trigger=pgtrigger.compiler.Trigger(name='judging_round_open_while_judged', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n        IF EXISTS (SELECT 1 FROM drops_drop d JOIN drops_judginground r ON r.drop_id = d.id\n                   WHERE r.id = NEW.id AND d.status = 'ranking'\n                     AND r.is_open <> coalesce(d.current_round_id = r.id, false)) THEN\n            RAISE EXCEPTION 'a drop is judged in its open round' USING ERRCODE = '23514';\n        END IF;\n        RETURN NULL;\n", hash='5b1d87547754cf6a11694408cece32e3433ed13e', operation='INSERT OR UPDATE OF "is_open"', pgid='pgtrigger_judging_round_open_while_judged_18c82', table='drops_judginground', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='panelsitting',
            trigger=pgtrigger.compiler.Trigger(name='panel_sitting_in_open_round', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.round_id IS NOT NULL)', func="\n            PERFORM 1 FROM drops_judginground r WHERE r.id = NEW.round_id AND r.is_open FOR SHARE;\n            IF NOT FOUND THEN\n                RAISE EXCEPTION 'the round is over' USING ERRCODE = '23514';\n            END IF;\n            RETURN NEW;\n        ", hash='634caf231f1f17b3487909df06e9d9f00ac69b55', operation='INSERT', pgid='pgtrigger_panel_sitting_in_open_round_82324', table='drops_panelsitting', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rankinglog',
            trigger=pgtrigger.compiler.Trigger(name='ranking_log_in_open_round', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.round_id IS NOT NULL)', func="\n            PERFORM 1 FROM drops_judginground r WHERE r.id = NEW.round_id AND (r.is_open OR EXISTS (SELECT 1 FROM drops_drop d WHERE d.current_round_id = r.id AND d.status = 'ranking')) FOR SHARE;\n            IF NOT FOUND THEN\n                RAISE EXCEPTION 'the round is over' USING ERRCODE = '23514';\n            END IF;\n            RETURN NEW;\n        ", hash='995e18e86821791189a7199ef5b4c0144a41e395', operation='INSERT', pgid='pgtrigger_ranking_log_in_open_round_823f2', table='drops_rankinglog', when='BEFORE')),
        ),
    ]
