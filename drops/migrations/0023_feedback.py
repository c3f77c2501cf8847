"""Feedback on entries, answers of people that are taken back, and what staff write with a verdict.

No row is rewritten; 0027 looks whether the old ones keep the new constraints. Going back loses feedback, and is refused
while there is anything that would then mean something else.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.migrations.exceptions import IrreversibleError
from django.db.models import Count


def refuse_to_go_back(apps, schema_editor):
    """Refuse while an answer is taken back, which would count again, or somebody's two open reports would be one."""
    answers = apps.get_model("drops", "JudgeAnswer").objects.filter(taken_back_at__isnull=False)
    reports = apps.get_model("drops", "Report").objects.filter(handled_at__isnull=True)
    twice = reports.values("drop", "reporter").annotate(open=Count("pk")).filter(open__gt=1)
    if count := answers.count():
        raise IrreversibleError(f"Answers are taken back ({count}), and would count again: there is no way back.")
    if count := twice.count():
        raise IrreversibleError(f"Somebody has two open reports on one drop ({count} times): handle one of each first.")


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0022_alerts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chips', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, help_text="ids of the pack's chips", size=None)),
                ('note', models.TextField(blank=True, help_text='one line')),
                ('written_at', models.DateTimeField()),
                ('hidden_at', models.DateTimeField(blank=True, help_text="when staff took it out of its reader's sight", null=True)),
            ],
            options={
                'verbose_name_plural': 'feedback',
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='judgeanswer',
            name='judge_answer_frozen',
        ),
        migrations.RemoveConstraint(
            model_name='judgeanswer',
            name='judge_answer_once',
        ),
        migrations.RemoveConstraint(
            model_name='report',
            name='report_one_open_per_user',
        ),
        migrations.AddField(
            model_name='judgeanswer',
            name='taken_back_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='judgeanswer',
            name='taken_back_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='judginground',
            name='written_reason',
            field=models.TextField(blank=True, db_default='', default='', help_text='What staff who ended it wrote; the sender and all agents read it.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='judgeanswer',
            trigger=pgtrigger.compiler.Trigger(name='judge_answer_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='c4a577d7b16fb69c650fc63c9d314640bc2f2fdc', operation='DELETE', pgid='pgtrigger_judge_answer_kept_9f706', table='drops_judgeanswer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='judgeanswer',
            trigger=pgtrigger.compiler.Trigger(name='judge_answer_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."round_id" IS DISTINCT FROM (NEW."round_id") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."answer" IS DISTINCT FROM (NEW."answer") OR OLD."answered_by_id" IS DISTINCT FROM (NEW."answered_by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='d01ab682c40588585cfcffc5d550a4512b7c15f3', operation='UPDATE', pgid='pgtrigger_judge_answer_frozen_79fa4', table='drops_judgeanswer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='judgeanswer',
            trigger=pgtrigger.compiler.Trigger(name='judge_answer_taken_back', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        PERFORM 1 FROM drops_judginground r\n            WHERE r.id = NEW.round_id AND r.is_open AND r.judge IN ('sender', 'staff') FOR SHARE;\n        IF NOT FOUND OR OLD.taken_back_at IS NOT NULL OR EXISTS (\n            SELECT 1 FROM drops_judgeanswer a\n                WHERE a.round_id = NEW.round_id AND a.id > NEW.id AND a.taken_back_at IS NULL) THEN\n            RAISE EXCEPTION 'only the last answer of people is taken back' USING ERRCODE = '23514';\n        END IF;\n        RETURN NEW;\n    ", hash='a89d456b226037c32b096728e8cb8249d3049e5f', operation='UPDATE', pgid='pgtrigger_judge_answer_taken_back_b85d4', table='drops_judgeanswer', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='judgeanswer',
            constraint=models.UniqueConstraint(condition=models.Q(('taken_back_at__isnull', True)), fields=('round', 'key'), name='judge_answer_once'),
        ),
        AddConstraintNotValid(
            model_name='judgeanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('taken_back_at__isnull', True), ('taken_back_by__isnull', True)), models.Q(('taken_back_at__isnull', False), ('taken_back_by__isnull', False)), _connector='OR'), name='judge_answer_taken_back_by_somebody'),
        ),
        AddConstraintNotValid(
            model_name='judginground',
            constraint=models.CheckConstraint(condition=models.Q(('written_reason', ''), models.Q(('judge', 'staff'), ('written_reason__length__lte', 1000)), _connector='OR'), name='judging_round_written_by_staff'),
        ),
        migrations.AddField(
            model_name='feedback',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='drops.judginground'),
        ),
        migrations.AddField(
            model_name='feedback',
            name='submission',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='drops.submission'),
        ),
        migrations.AddField(
            model_name='feedback',
            name='written_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='report',
            name='feedback',
            field=models.ForeignKey(blank=True, help_text='What is reported, where that is not the drop itself.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='drops.feedback'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(condition=models.Q(('handled_at__isnull', True)), fields=('drop', 'reporter', 'feedback'), name='report_one_open_per_user', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.UniqueConstraint(fields=('round', 'submission'), name='feedback_once'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(('chips__len__gte', 1), models.Q(('note', ''), _negated=True), _connector='OR'), name='feedback_says_something'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(('chips__len__lte', 2)), name='feedback_chips_in_bounds'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(('note__length__lte', 280)), name='feedback_note_in_bounds'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='feedback',
            trigger=pgtrigger.compiler.Trigger(name='feedback_in_open_round', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE kept drops_feedback;', func="\n        IF TG_OP = 'DELETE' THEN kept := OLD; ELSE kept := NEW; END IF;\n        PERFORM 1 FROM drops_judginground r JOIN drops_submission s ON s.drop_id = r.drop_id\n            WHERE r.id = kept.round_id AND s.id = kept.submission_id\n              AND r.is_open AND r.judge IN ('sender', 'staff') FOR SHARE OF r;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'feedback is given by people who judge, before the end' USING ERRCODE = '23514';\n        END IF;\n        RETURN kept;\n    ", hash='0bb11163ea2dafa21b140b1f109ba7bd58c22912', operation='INSERT OR DELETE OR UPDATE OF "chips", "note", "written_by_id", "written_at"', pgid='pgtrigger_feedback_in_open_round_7131d', table='drops_feedback', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='feedback',
            trigger=pgtrigger.compiler.Trigger(name='feedback_of_its_entry', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."round_id" IS DISTINCT FROM (NEW."round_id") OR OLD."submission_id" IS DISTINCT FROM (NEW."submission_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='43a658f74e2e4579aebb900d4345df63200aa619', operation='UPDATE', pgid='pgtrigger_feedback_of_its_entry_f475f', table='drops_feedback', when='BEFORE')),
        ),
        # Last, so that going back begins with it.
        migrations.RunPython(migrations.RunPython.noop, refuse_to_go_back),
    ]
