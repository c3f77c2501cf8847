"""Risk marks, sketches of entries, how far the rules have come, and cases about marks."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0022_kept_texts'),
        ('drops', '0037_kept_texts'),
        ('wallet', '0020_desk_names'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.CreateModel(
            name='EntrySketch',
            fields=[
                ('submission', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='sketch', serialize=False, to='drops.submission')),
                ('bands', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
            ],
            options={
                'verbose_name_plural': 'entry sketches',
            },
        ),
        migrations.CreateModel(
            name='RiskCursor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('paid', 'paid for'), ('closed', 'closed'), ('ended', 'ended with a winner')], max_length=6, unique=True)),
                ('at', models.DateTimeField()),
                ('row', models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name='RiskMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('copy', 'similar entries'), ('prompt', 'risky prompt'), ('ring', 'sender and winner'), ('web', 'accounts that belong together'), ('first', "a new sender's first drop"), ('judge', 'a judge that drifts')], max_length=8)),
                ('judge', models.CharField(blank=True, default='', help_text="the model's name", max_length=200)),
                ('key', models.CharField(max_length=64)),
                ('evidence', models.JSONField(default=dict)),
                ('people', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None)),
                ('score', models.FloatField(help_text='how sure the rule is, from 0 to 1')),
                ('state', models.CharField(choices=[('open', 'open'), ('dismissed', 'dismissed'), ('upheld', 'it was right')], default='open', max_length=9)),
                ('created_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'risk mark',
                'verbose_name_plural': 'risk marks',
            },
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='case_category_known',
        ),
        migrations.AlterField(
            model_name='case',
            name='category',
            field=models.CharField(choices=[('report', 'reported drop'), ('feedback', 'reported feedback'), ('verdict', 'verdict to give'), ('withdrawal', 'withdrawal that stopped'), ('topup', 'top-up held'), ('payout', 'prize held'), ('asked', 'opened by a moderator'), ('risk', 'risk mark')], max_length=10),
        ),
        AddConstraintNotValid(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('category__in', ['report', 'feedback', 'verdict', 'withdrawal', 'topup', 'payout', 'asked', 'risk'])), name='case_category_known'),
        ),
        migrations.AddIndex(
            model_name='entrysketch',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['bands'], name='entry_sketch_bands'),
        ),
        migrations.AddConstraint(
            model_name='riskcursor',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', ['paid', 'closed', 'ended'])), name='risk_cursor_stage_known'),
        ),
        migrations.AddField(
            model_name='riskmark',
            name='case',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='marks', to='drops.case'),
        ),
        migrations.AddField(
            model_name='riskmark',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='riskmark',
            name='drop',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='risk_marks', to='drops.drop'),
        ),
        migrations.AddField(
            model_name='riskmark',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='risk_marks', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='riskmark',
            name='submission',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='risk_marks', to='drops.submission'),
        ),
        migrations.AddIndex(
            model_name='riskmark',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['kind', '-id'], name='risk_mark_queue'),
        ),
        migrations.AddIndex(
            model_name='riskmark',
            index=models.Index(fields=['created_at', 'kind', 'state'], name='risk_mark_lately'),
        ),
        migrations.AddIndex(
            model_name='riskmark',
            index=django.contrib.postgres.indexes.GinIndex(fields=['people'], name='risk_mark_people'),
        ),
        migrations.AddConstraint(
            model_name='riskmark',
            constraint=models.UniqueConstraint(fields=('kind', 'key', 'drop', 'submission', 'person', 'judge'), name='risk_mark_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='riskmark',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('drop__isnull', False), ('person__isnull', True), ('submission__isnull', True), ('judge', '')), models.Q(('drop__isnull', True), ('person__isnull', True), ('submission__isnull', False), ('judge', '')), models.Q(('drop__isnull', True), ('person__isnull', False), ('submission__isnull', True), ('judge', '')), models.Q(('drop__isnull', True), ('person__isnull', True), ('submission__isnull', True), models.Q(('judge', ''), _negated=True)), _connector='OR'), name='risk_mark_about_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='riskmark',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['copy', 'prompt', 'ring', 'web', 'first', 'judge'])), name='risk_mark_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='riskmark',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'dismissed', 'upheld'])), name='risk_mark_state_known'),
        ),
        migrations.AddConstraint(
            model_name='riskmark',
            constraint=models.CheckConstraint(condition=models.Q(('score__gte', 0), ('score__lte', 1)), name='risk_mark_score_is_a_share'),
        ),
        migrations.AddConstraint(
            model_name='riskmark',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='risk_mark_decided_by_somebody'),
        ),
    ]
