"""A case for each thing that waits for a moderator today. Handled reports stay without one."""

from django.db import migrations

# How grave, and by when, is said as in `drops/desk/urgency.py` on the day of this migration.
OPEN = """
WITH waiting (drop_id, verdict_id, submission_id, withdrawal_id, topup_id, payout_id, category, base, reports, cents,
              opened_at, deadline_at) AS (
    SELECT r.drop_id, NULL::uuid, NULL::uuid, NULL::uuid, NULL::uuid, NULL::bigint, 'report', 2, count(*),
        CASE WHEN d.status IN ('open', 'ranking') THEN d.price_cents ELSE 0 END, min(r.created_at), NULL::timestamptz
    FROM drops_report r JOIN drops_drop d ON d.id = r.drop_id
    WHERE r.handled_at IS NULL AND r.feedback_id IS NULL GROUP BY r.drop_id, d.id
    UNION ALL
    SELECT NULL, NULL, f.submission_id, NULL, NULL, NULL, 'feedback', 1, count(*), 0, min(r.created_at), NULL
    FROM drops_report r JOIN drops_feedback f ON f.id = r.feedback_id
    WHERE r.handled_at IS NULL GROUP BY f.submission_id
    UNION ALL
    SELECT NULL, d.id, NULL, NULL, NULL, NULL, 'verdict', 3, 0, d.price_cents, d.closed_at, j.deadline_at
    FROM drops_drop d JOIN drops_judginground j ON j.id = d.current_round_id
    WHERE d.status = 'ranking' AND j.judge = 'staff' AND j.is_open
    UNION ALL
    SELECT NULL, NULL, NULL, w.id, NULL, NULL, 'withdrawal', 3, 0, w.amount_cents, w.created_at, NULL
    FROM withdrawal w
    WHERE w.status = 'pending' AND w.lease_until IS NULL
        AND (w.next_attempt_at IS NULL OR w.last_error = 'linked_to_doubt')
    UNION ALL
    SELECT NULL, NULL, NULL, NULL, t.id, NULL, 'topup', 3, 0, t.amount_cents, t.created_at, NULL
    FROM topup t WHERE t.status = 'quarantined'
    UNION ALL
    SELECT NULL, NULL, NULL, NULL, NULL, p.id, 'payout', 3, 0, p.amount_cents, p.opened_at, NULL
    FROM held_payout p WHERE p.status = 'open'
), graded AS (
    SELECT *, least(4, base + (reports >= 3)::int + (cents >= 10000)::int) AS severity FROM waiting
)
INSERT INTO drops_case (drop_id, verdict_id, submission_id, withdrawal_id, topup_id, payout_id, category, severity,
                        money_cents, due_at, opened_at, outcome)
SELECT drop_id, verdict_id, submission_id, withdrawal_id, topup_id, payout_id, category, severity, cents,
    coalesce(deadline_at, opened_at + (ARRAY[72, 24, 4, 1])[severity] * interval '1 hour'), opened_at, ''
FROM graded ON CONFLICT DO NOTHING
"""
JOIN = """
UPDATE drops_report r SET case_id = c.id
FROM drops_case c LEFT JOIN drops_feedback f ON f.submission_id = c.submission_id
WHERE r.handled_at IS NULL AND c.closed_at IS NULL AND r.case_id IS NULL
    AND (r.feedback_id IS NULL AND c.drop_id = r.drop_id OR r.feedback_id = f.id)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0030_cases'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        migrations.RunSQL(OPEN, migrations.RunSQL.noop),
        migrations.RunSQL(JOIN, migrations.RunSQL.noop),
    ]
