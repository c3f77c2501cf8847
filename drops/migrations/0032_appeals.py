"""Appeals, and results that change where one is upheld. Going back would lose what people were answered, and is refused
while there is any."""

import uuid

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.exceptions import IrreversibleError


def refuse_to_go_back(apps, schema_editor):
    if count := apps.get_model("drops", "Appeal").objects.count():
        raise IrreversibleError(f"There are appeals ({count}), which would be lost: there is no way back.")


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0031_cases_opened'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reason', models.TextField(max_length=2000)),
                ('status', models.CharField(choices=[('open', 'open'), ('upheld', 'upheld'), ('dismissed', 'dismissed')], default='open', max_length=9)),
                ('created_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(help_text='until when it is to be answered, and holds the prize at the longest')),
                ('answer', models.TextField(blank=True, default='')),
                ('note', models.TextField(blank=True, default='', help_text='moderators alone read it')),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('before', models.JSONField(blank=True, help_text='the verdict that was appealed', null=True)),
                ('after', models.JSONField(blank=True, help_text='the verdict that took its place', null=True)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='drop',
            name='drop_moves',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='drop',
            name='drop_courtesies_once',
        ),
        migrations.AddField(
            model_name='drop',
            name='awaits_rerating',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='rated, and then its places changed on appeal'),
        ),
        migrations.AddField(
            model_name='drop',
            name='redecided_at',
            field=models.DateTimeField(blank=True, help_text='when an appeal last changed its verdict', null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drop',
            trigger=pgtrigger.compiler.Trigger(name='drop_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{pending_payment:open,pending_payment:cancelled,open:cancelled,open:ranking,ranking:completed,ranking:failed,completed:failed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='85de181848301f4e1bd9b61beb556b45fe7cd095', operation='UPDATE', pgid='pgtrigger_drop_moves_ef380', table='drops_drop', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drop',
            trigger=pgtrigger.compiler.Trigger(name='drop_result_stands', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status = 'completed' AND (OLD.winning_submission_id, OLD.grade, OLD.status, OLD.rationale) IS DISTINCT FROM (NEW.winning_submission_id, NEW.grade, NEW.status, NEW.rationale))", func="\n        IF NOT EXISTS (SELECT 1 FROM drops_appeal a WHERE a.drop_id = NEW.id AND a.status = 'upheld'\n                       AND a.decided_at = NEW.redecided_at) THEN\n            RAISE EXCEPTION 'a result stands unless an appeal is upheld' USING ERRCODE = '23514';\n        END IF;\n        RETURN NEW;\n    ", hash='e8b3670234cfb2c1695ecb8e3ad2e0aa5e32fab8', operation='UPDATE OF "winning_submission_id", "grade", "status", "rationale"', pgid='pgtrigger_drop_result_stands_8ac40', table='drops_drop', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drop',
            trigger=pgtrigger.compiler.Trigger(name='drop_courtesies_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT (OLD.winning_submission_id) IS DISTINCT FROM (NEW.winning_submission_id) AND (OLD.thanks <> '' AND NEW.thanks <> OLD.thanks OR OLD.winner_invited_at IS NOT NULL AND (OLD.winner_invited_at) IS DISTINCT FROM (NEW.winner_invited_at) OR OLD.winner_told_at IS NOT NULL AND (OLD.winner_told_at) IS DISTINCT FROM (NEW.winner_told_at)) OR NEW.winner_told_at IS NOT NULL AND NEW.winner_invited_at IS NULL OR NEW.status <> 'completed' AND (NEW.thanks <> '' OR NEW.winner_invited_at IS NOT NULL))", func='RAISE EXCEPTION \'pgtrigger: Cannot update of "thanks", "winner_invited_at", "winner_told_at" rows from % table\', TG_TABLE_NAME;', hash='f6855bfd04b8116c1aedd8a45884f59adab0e7cd', operation='UPDATE OF "thanks", "winner_invited_at", "winner_told_at"', pgid='pgtrigger_drop_courtesies_once_92a81', table='drops_drop', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='appeal',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appeal',
            name='drop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='drops.drop'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(condition=models.Q(('status', 'open')), fields=['due_at', 'id'], name='appeal_queue'),
        ),
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(condition=models.Q(('status', 'open')), fields=['user'], name='appeal_open_of_user'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.UniqueConstraint(fields=('drop', 'user'), name='appeal_once'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='appeal_says_why'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('created_at'))), name='appeal_due_later'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('decided_at', None), ('decided_by', None), ('note', ''), ('status', 'open')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('status__in', ('upheld', 'dismissed')), models.Q(('answer', ''), _negated=True), models.Q(('note', ''), _negated=True)), _connector='OR'), name='appeal_answered_whole'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('after__isnull', False), ('before__isnull', False), ('status', 'upheld')), models.Q(models.Q(('status', 'upheld'), _negated=True), ('after__isnull', True), ('before__isnull', True)), _connector='OR'), name='appeal_upheld_tells_both_verdicts'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appeal',
            trigger=pgtrigger.compiler.Trigger(name='appeal_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='165de98c985a510abe3a5b920fa144f7e26c50c0', operation='DELETE', pgid='pgtrigger_appeal_kept_aec1e', table='drops_appeal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appeal',
            trigger=pgtrigger.compiler.Trigger(name='appeal_answered_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status <> 'open')", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4a615ae9e078cc5fe58d608ea5759e831a94a66c', operation='UPDATE', pgid='pgtrigger_appeal_answered_once_8b199', table='drops_appeal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appeal',
            trigger=pgtrigger.compiler.Trigger(name='appeal_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."drop_id" IS DISTINCT FROM (NEW."drop_id") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."due_at" IS DISTINCT FROM (NEW."due_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='a0f0bfe19bef74496d69411bb10d82687987dee7', operation='UPDATE', pgid='pgtrigger_appeal_fixed_5a8a3', table='drops_appeal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appeal',
            trigger=pgtrigger.compiler.Trigger(name='appeal_of_a_player', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        PERFORM 1 FROM drops_drop d WHERE d.id = NEW.drop_id AND d.status = 'completed' FOR SHARE;\n        IF NOT FOUND OR NOT EXISTS (\n            SELECT 1 FROM drops_drop d WHERE d.id = NEW.drop_id AND d.sender_id = NEW.user_id\n            UNION ALL\n            SELECT 1 FROM drops_submission s WHERE s.drop_id = NEW.drop_id AND s.user_id = NEW.user_id) THEN\n            RAISE EXCEPTION 'a verdict is appealed by its sender or an agent' USING ERRCODE = '23514';\n        END IF;\n        RETURN NEW;\n    ", hash='a37255329397f60b15f735bc7ae202527007c19d', operation='INSERT', pgid='pgtrigger_appeal_of_a_player_c5992', table='drops_appeal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appeal',
            trigger=pgtrigger.compiler.Trigger(name='appeal_answered_by_no_player', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.decided_by_id IS NOT NULL)', func="\n        IF EXISTS (SELECT 1 FROM drops_drop d WHERE d.id = NEW.drop_id AND d.sender_id = NEW.decided_by_id\n                   UNION ALL\n                   SELECT 1 FROM drops_claim c WHERE c.drop_id = NEW.drop_id AND c.user_id = NEW.decided_by_id) THEN\n            RAISE EXCEPTION 'a player of the drop does not answer' USING ERRCODE = '23514';\n        END IF;\n        RETURN NEW;\n    ", hash='0154e28084415911b9b7eaf39bb2d3dd886a32e2', operation='UPDATE', pgid='pgtrigger_appeal_answered_by_no_player_57e4d', table='drops_appeal', when='BEFORE')),
        ),
        migrations.RunPython(migrations.RunPython.noop, refuse_to_go_back),
    ]
