"""Rows for what staff take out of sight."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0010_judges_of_a_panel'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Takedown',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('told', models.TextField()),
                ('hidden_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('attachment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='takedowns', to='drops.attachment')),
                ('drop', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='takedowns', to='drops.drop')),
                ('profile', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='takedowns', to=settings.AUTH_USER_MODEL)),
                ('submission', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='takedowns', to='drops.submission')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('attachment__isnull', True), ('drop__isnull', False), ('profile__isnull', True), ('submission__isnull', True)), models.Q(('attachment__isnull', True), ('drop__isnull', True), ('profile__isnull', True), ('submission__isnull', False)), models.Q(('attachment__isnull', False), ('drop__isnull', True), ('profile__isnull', True), ('submission__isnull', True)), models.Q(('attachment__isnull', True), ('drop__isnull', True), ('profile__isnull', False), ('submission__isnull', True)), _connector='OR'), name='takedown_of_one_thing'), models.CheckConstraint(condition=models.Q(('told', ''), _negated=True), name='takedown_tells_why'), models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('drop',), name='takedown_drop'), models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('submission',), name='takedown_submission'), models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('attachment',), name='takedown_attachment'), models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('profile',), name='takedown_profile')],
            },
        ),
    ]
