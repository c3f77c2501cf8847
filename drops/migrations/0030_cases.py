"""Cases: what waits for a moderator, one open for each thing it is about."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0013_registration'),
        ('drops', '0029_emptied'),
        ('wallet', '0016_linked_prizes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(choices=[('report', 'reported drop'), ('feedback', 'reported feedback'), ('verdict', 'verdict to give'), ('withdrawal', 'withdrawal that stopped'), ('topup', 'top-up held'), ('payout', 'prize held'), ('asked', 'opened by a moderator')], max_length=10)),
                ('severity', models.PositiveSmallIntegerField(choices=[(1, 'low'), (2, 'normal'), (3, 'high'), (4, 'urgent')])),
                ('money_cents', models.BigIntegerField(default=0, help_text='at stake when it was opened')),
                ('due_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField()),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, max_length=40)),
                ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases_held', to=settings.AUTH_USER_MODEL)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decision', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='accounts.auditevent')),
                ('drop', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='drops.drop')),
                ('opened_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('payout', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='wallet.heldpayout')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cases', to=settings.AUTH_USER_MODEL)),
                ('submission', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='drops.submission')),
                ('topup', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='wallet.topup')),
                ('verdict', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='verdict_cases', to='drops.drop')),
                ('withdrawal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='wallet.withdrawal')),
            ],
        ),
        migrations.AddField(
            model_name='report',
            name='case',
            field=models.ForeignKey(blank=True, help_text='Where it is dealt with; empty for what was handled before there were cases.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reports', to='drops.case'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['due_at', 'id'], name='case_queue'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['-closed_at', '-id'], name='case_closed'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('drop__isnull', False), ('payout__isnull', True), ('person__isnull', True), ('submission__isnull', True), ('topup__isnull', True), ('verdict__isnull', True), ('withdrawal__isnull', True)), models.Q(('drop__isnull', True), ('payout__isnull', True), ('person__isnull', True), ('submission__isnull', True), ('topup__isnull', True), ('verdict__isnull', False), ('withdrawal__isnull', True)), models.Q(('drop__isnull', True), ('payout__isnull', True), ('person__isnull', True), ('submission__isnull', False), ('topup__isnull', True), ('verdict__isnull', True), ('withdrawal__isnull', True)), models.Q(('drop__isnull', True), ('payout__isnull', True), ('person__isnull', False), ('submission__isnull', True), ('topup__isnull', True), ('verdict__isnull', True), ('withdrawal__isnull', True)), models.Q(('drop__isnull', True), ('payout__isnull', True), ('person__isnull', True), ('submission__isnull', True), ('topup__isnull', True), ('verdict__isnull', True), ('withdrawal__isnull', False)), models.Q(('drop__isnull', True), ('payout__isnull', True), ('person__isnull', True), ('submission__isnull', True), ('topup__isnull', False), ('verdict__isnull', True), ('withdrawal__isnull', True)), models.Q(('drop__isnull', True), ('payout__isnull', False), ('person__isnull', True), ('submission__isnull', True), ('topup__isnull', True), ('verdict__isnull', True), ('withdrawal__isnull', True)), _connector='OR'), name='case_about_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('category__in', ['report', 'feedback', 'verdict', 'withdrawal', 'topup', 'payout', 'asked'])), name='case_category_known'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('severity__in', [1, 2, 3, 4])), name='case_severity_known'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('money_cents__gte', 0)), name='case_money_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('assignee__isnull', True), ('lease_until__isnull', True)), models.Q(('assignee__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='case_held_until'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True), ('decision__isnull', True), ('outcome', '')), models.Q(('assignee__isnull', True), ('closed_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='case_outcome_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('drop',), name='case_open_drop'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('verdict',), name='case_open_verdict'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('submission',), name='case_open_submission'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('person',), name='case_open_person'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('withdrawal',), name='case_open_withdrawal'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('topup',), name='case_open_topup'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('payout',), name='case_open_payout'),
        ),
    ]
