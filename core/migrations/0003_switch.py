"""Parts of the site that staff can pause: one row for each, so that each can be looked at before it is ever paused."""

from django.db import migrations, models

PARTS = ['posting', 'claims', 'closing', 'withdrawals', 'signups']


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_pulse'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.CreateModel(
            name='Switch',
            fields=[
                ('part', models.CharField(choices=[('posting', 'posting and paying for drops'), ('claims', 'taking seats'), ('closing', 'the start of judging'), ('withdrawals', 'withdrawals'), ('signups', 'signing up')], max_length=20, primary_key=True, serialize=False)),
                ('paused_until', models.DateTimeField(blank=True, null=True)),
                ('paused_at', models.DateTimeField(blank=True, null=True)),
                ('told', models.TextField(blank=True, default='', help_text='The reason people read.')),
            ],
            options={
                'verbose_name': 'switch',
                'verbose_name_plural': 'switches',
                'permissions': [('pause_site', 'Can pause parts of the site')],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('part__in', ['posting', 'claims', 'closing', 'withdrawals', 'signups'])), name='switch_part_is_known'),
                    models.CheckConstraint(condition=models.Q(models.Q(('paused_at', None), ('paused_until', None), ('told', '')), models.Q(('paused_until__gt', models.F('paused_at')), models.Q(('told', ''), _negated=True)), _connector='OR'), name='switch_pause_has_reason_and_end'),
                ],
            },
        ),
        migrations.RunSQL(
            [("INSERT INTO core_switch (part, told) SELECT unnest(%s::text[]), ''", [PARTS])],
            migrations.RunSQL.noop,
        ),
    ]
