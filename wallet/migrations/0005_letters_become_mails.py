from django.db import migrations


def hand_over(apps, schema_editor):
    """Turn each letter that was not sent yet into the mail of a notification, which its owner finds as read."""
    Mail, Notification = apps.get_model('accounts', 'Mail'), apps.get_model('accounts', 'Notification')
    for letter in apps.get_model('wallet', 'Letter').objects.filter(next_attempt_at__isnull=False).order_by('pk'):
        mail = Mail.objects.create(
            user_id=letter.user_id,
            created_at=letter.created_at,
            next_attempt_at=letter.next_attempt_at,
            tries=letter.tries,
        )
        Notification.objects.create(
            user_id=letter.user_id,
            kind='letter',
            subject=letter.subject,
            text=letter.text,
            href='/wallet',
            created_at=letter.created_at,
            read_at=letter.created_at,
            routed_at=letter.created_at,
            mail=mail,
        )


class Migration(migrations.Migration):
    dependencies = [
        ('accounts', '0004_notices'),
        ('wallet', '0004_unreal_money'),
    ]

    operations = [
        migrations.RunPython(hand_over, migrations.RunPython.noop),
        migrations.DeleteModel('Letter'),
    ]
