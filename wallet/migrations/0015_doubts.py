import django.db.models.deletion
from django.db import migrations, models

# One column knew the last doubt alone. Disputes and warnings have rows that say what it forgot; which refund it was, none
# does. A warning that staff had lifted before another doubt came stands again: they look once more.
KEPT = '''
INSERT INTO doubt (topup_id, kind, source, since)
SELECT topup_id, 'dispute', id, opened_at FROM dispute WHERE is_open OR status = 'lost'
UNION ALL
SELECT w.topup_id, 'fraud_warning', w.id, w.noted_at FROM fraud_warning w JOIN topup t ON t.id = w.topup_id
WHERE t.taint IN ('fraud_warning', 'refund')
UNION ALL
SELECT id, 'refund', '', tainted_at FROM topup WHERE taint = 'refund';
SET CONSTRAINTS ALL IMMEDIATE
'''


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0014_evidence'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.CreateModel(
            name='Doubt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('dispute', 'a dispute'), ('fraud_warning', 'a fraud warning by its bank'), ('refund', 'a refund of what was spent')], max_length=13)),
                ('source', models.CharField(blank=True, help_text='du_…, issfr_…, re_…', max_length=255)),
                ('since', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('topup', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='doubts', to='wallet.topup')),
            ],
            options={
                'db_table': 'doubt',
            },
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name='topup',
            name='topup_taint_is_whole',
        ),
        migrations.RemoveIndex(
            model_name='topup',
            name='topup_warned_of',
        ),
        migrations.RemoveField(
            model_name='topup',
            name='taint',
        ),
        migrations.RemoveField(
            model_name='topup',
            name='tainted_at',
        ),
        migrations.AddIndex(
            model_name='doubt',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['topup'], name='doubt_standing'),
        ),
        migrations.AddConstraint(
            model_name='doubt',
            constraint=models.UniqueConstraint(fields=('topup', 'kind', 'source'), name='doubt_is_heard_once'),
        ),
    ]
