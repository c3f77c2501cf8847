"""A round begins open, with a grade that there is, and proposes an entry of its own drop."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0008_panel_sessions'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        pgtrigger.migrations.RemoveTrigger(
            model_name='judginground',
            name='judging_round_follows',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='judginground',
            trigger=pgtrigger.compiler.Trigger(name='judging_round_follows', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM drops_drop d WHERE d.id = NEW.drop_id AND d.status = 'ranking') THEN\n                        RAISE EXCEPTION 'only a drop that is being ranked is judged' USING ERRCODE = '23514';\n                    END IF;\n                    IF NEW.number <> 1 + (SELECT coalesce(max(r.number), 0) FROM drops_judginground r\n                                          WHERE r.drop_id = NEW.drop_id) THEN\n                        RAISE EXCEPTION 'rounds are numbered one by one' USING ERRCODE = '23514';\n                    END IF;\n                    IF NOT NEW.is_open THEN\n                        RAISE EXCEPTION 'a round begins open' USING ERRCODE = '23514';\n                    END IF;\n                    IF NEW.proposed_submission_id IS NOT NULL AND NOT EXISTS (\n                        SELECT 1 FROM drops_submission s WHERE s.id = NEW.proposed_submission_id\n                                                           AND s.drop_id = NEW.drop_id) THEN\n                        RAISE EXCEPTION 'only an entry of the drop can be proposed' USING ERRCODE = '23514';\n                    END IF;\n                    RETURN NEW;\n                ", hash='40eb451c72a5e76c6f38c02832ec91385f10555c', operation='INSERT', pgid='pgtrigger_judging_round_follows_b744b', table='drops_judginground', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='judginground',
            constraint=models.CheckConstraint(condition=models.Q(('passing_grade__in', ['', 'S', 'A', 'B', 'C', 'D', 'F'])), name='judging_round_grade_known'),
        ),
    ]
