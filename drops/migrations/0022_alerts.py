"""Who follows which packs, and drops that have opened and whose followers are not told yet."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0021_drafts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('drop', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='opening', serialize=False, to='drops.drop')),
                ('opened_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('pack', models.CharField(blank=True, choices=[('roast', 'Roast'), ('scout', 'Scout'), ('code', 'Code'), ('cook', 'Cook'), ('wild', 'Wild')], default='', max_length=16)),
                ('min_price_cents', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['pack', 'min_price_cents'], name='alert_followers')],
                'constraints': [models.UniqueConstraint(fields=('user', 'pack'), name='alert_once_per_pack'), models.CheckConstraint(condition=models.Q(('pack__in', ['', 'roast', 'scout', 'code', 'cook', 'wild'])), name='alert_pack_known'), models.CheckConstraint(condition=models.Q(('min_price_cents__gte', 0), ('min_price_cents__lte', 100000000)), name='alert_least_prize_in_bounds')],
            },
        ),
    ]
