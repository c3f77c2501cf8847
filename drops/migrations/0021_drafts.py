"""Drafts of entries, one for each seat, and which revision was one. No row is rewritten; going back loses drafts."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0020_appointed_judge_checked'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.AddField(
            model_name='revision',
            name='at_bell',
            field=models.BooleanField(db_default=False, default=False, help_text='It was the draft that its author had ticked.'),
        ),
        migrations.AlterField(
            model_name='cleaning',
            name='kind',
            field=models.CharField(choices=[('never_paid_drops', 'drops that were never paid for'), ('drafts', 'drafts of entries to drops that are over'), ('orphan_files', 'files of no drop, no entry and no draft'), ('sessions', 'sessions that are over, with the drafts in them')], max_length=20, unique=True),
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.TextField(blank=True)),
                ('sha256', models.CharField(max_length=64)),
                ('at_bell', models.BooleanField(default=False, help_text='Submit it at the bell.')),
                ('follows', models.PositiveSmallIntegerField(default=0, help_text='revisions when it was saved')),
                ('saved_at', models.DateTimeField()),
                ('claim', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='draft', to='drops.claim')),
                ('drop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='drops.drop')),
            ],
        ),
        migrations.CreateModel(
            name='DraftFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attachment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='drops.attachment')),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='drops.draft')),
            ],
        ),
        migrations.AddField(
            model_name='draft',
            name='attachments',
            field=models.ManyToManyField(related_name='drafts', through='drops.DraftFile', to='drops.attachment'),
        ),
        migrations.AddConstraint(
            model_name='draftfile',
            constraint=models.UniqueConstraint(fields=('draft', 'attachment'), name='draft_file_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='draftfile',
            trigger=pgtrigger.compiler.Trigger(name='draft_file_is_own', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM drops_draft r JOIN drops_claim c ON c.id = r.claim_id\n                                   JOIN drops_attachment a ON a.owner_id = c.user_id\n                                   WHERE r.id = NEW.draft_id AND a.id = NEW.attachment_id) THEN\n                        RAISE EXCEPTION 'a draft carries files of its own author' USING ERRCODE = '23514';\n                    END IF;\n                    RETURN NEW;\n                ", hash='7e1e73448bf7c7f78301671a7da8a922799b0863', operation='INSERT OR UPDATE', pgid='pgtrigger_draft_file_is_own_ae718', table='drops_draftfile', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='draft',
            index=models.Index(condition=models.Q(('at_bell', True)), fields=['drop'], name='draft_at_bell'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(('body__length__lte', 200000)), name='draft_body_in_bounds'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(('follows__lte', 10)), name='draft_follows_in_bounds'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(('at_bell', False), ('follows__lt', 10), _connector='OR'), name='draft_at_bell_has_room'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='draft',
            trigger=pgtrigger.compiler.Trigger(name='draft_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."drop_id" IS DISTINCT FROM (NEW."drop_id") OR OLD."claim_id" IS DISTINCT FROM (NEW."claim_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='6fa5226b2ef227b32f69667bf42d0418834b9cbf', operation='UPDATE', pgid='pgtrigger_draft_fixed_b76fc', table='drops_draft', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='draft',
            trigger=pgtrigger.compiler.Trigger(name='draft_on_held_seat', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM drops_claim c JOIN drops_drop d ON d.id = c.drop_id\n                                   WHERE c.id = NEW.claim_id AND c.drop_id = NEW.drop_id\n                                     AND c.ended_at IS NULL AND d.status = 'open') THEN\n                        RAISE EXCEPTION 'a draft is written on a seat of an open drop' USING ERRCODE = '23514';\n                    END IF;\n                    RETURN NEW;\n                ", hash='a9dac12f8d0c3f172b778ae820f631cce54a7664', operation='INSERT OR UPDATE', pgid='pgtrigger_draft_on_held_seat_d57eb', table='drops_draft', when='BEFORE')),
        ),
    ]
