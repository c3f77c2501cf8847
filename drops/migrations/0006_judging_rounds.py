"""A row for each round of judging: what stood in columns of the drop, and hung from (drop, round), hangs from it.

Everything happens in one transaction, by statements that take whole tables at once. The tables that nobody may change
are unlocked for the statements that link their rows to the rounds, and for nothing else.

What cannot be told of rounds from before: the seed of people's rounds that were started afresh, and the deadline, the
reason and the proposal of any but the last; nobody reads them. A lease on a drop that has ended says nothing and goes.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

FROZEN = (
    ("drops_judgeanswer", "pgtrigger_judge_answer_frozen_79fa4"),
    ("drops_panelsitting", "pgtrigger_panel_sitting_frozen_ee36c"),
    ("drops_storedverdict", "pgtrigger_stored_verdict_frozen_41a11"),
    ("drops_rankinglog", "pgtrigger_ranking_log_frozen_288f7"),
)
UNLOCK, LOCK = (
    [f"ALTER TABLE {table} {change} TRIGGER {trigger}" for table, trigger in FROZEN] for change in ("DISABLE", "ENABLE")
)

# A line for people that is no result tells what moderators did; `handed` is the first that says staff judge from then
# on. Rounds of people in which nobody answered left no row that names their judge: from `handed` on it was staff, and
# each later disqualification began one more round, but for one that ended the drop. A drop that was handed on and is
# the panel's all the same was ended by what the panel had found; its last round, staff's, follows the panel's.
MAKE_ROUNDS = """
WITH answered AS (
    SELECT drop_id, round_number, min(judge) AS judge FROM drops_judgeanswer GROUP BY drop_id, round_number
), handed AS (
    SELECT drop_id, min(id) AS line_id FROM drops_rankinglog WHERE type = 'info' AND audience = 'agents'
    GROUP BY drop_id
), restarted AS (
    SELECT h.drop_id, count(*) AS times
    FROM handed h JOIN drops_rankinglog l ON l.drop_id = h.drop_id AND l.id > h.line_id
    JOIN drops_drop d ON d.id = h.drop_id
    WHERE l.type = 'info' AND l.audience = 'author' AND l.created_at IS DISTINCT FROM d.ended_at
    GROUP BY h.drop_id
), known AS (
    SELECT drop_id, max(round_number) AS number
    FROM (SELECT drop_id, round_number FROM answered UNION ALL SELECT drop_id, round_number FROM drops_panelsitting) one
    GROUP BY drop_id
), judged AS (
    SELECT d.*, h.drop_id IS NOT NULL AS is_handed, coalesce(a.times, 0) AS restarts,
        greatest(d.judging_round, k.number,
                 CASE WHEN d.judge = 'panel' AND h.drop_id IS NOT NULL THEN d.judging_round + 1 END) AS last
    FROM drops_drop d
    LEFT JOIN handed h ON h.drop_id = d.id
    LEFT JOIN restarted a ON a.drop_id = d.id
    LEFT JOIN known k ON k.drop_id = d.id
    WHERE d.judging_round > 0
), numbered AS (
    SELECT j.*, number, s.seed AS sitting_seed, s.rubric_version AS sitting_rubric,
        number = j.judging_round AS is_current, number = j.last AS is_last,
        CASE WHEN number = j.judging_round THEN j.judge
             WHEN s.id IS NOT NULL THEN 'panel'
             WHEN a.judge IS NOT NULL THEN a.judge
             WHEN NOT j.is_handed THEN j.judge
             WHEN number >= j.last - j.restarts THEN 'staff'
             ELSE 'sender' END AS round_judge
    FROM judged j
    CROSS JOIN LATERAL generate_series(1, j.last) AS number
    LEFT JOIN drops_panelsitting s ON s.drop_id = j.id AND s.round_number = number
    LEFT JOIN answered a ON a.drop_id = j.id AND a.round_number = number
)
INSERT INTO drops_judginground (drop_id, number, judge, seed, rubric_version, passing_grade, is_open, deadline_at,
    lease_expires_at, fence, held_reason, proposed_submission_id, result_stands_at)
SELECT id, number, round_judge,
    CASE WHEN is_current THEN judging_seed ELSE coalesce(sitting_seed, '') END,
    CASE WHEN is_current THEN judging_rubric ELSE coalesce(sitting_rubric, '') END,
    judging_bar,
    status = 'ranking' AND is_last,
    CASE WHEN is_last THEN judge_deadline_at END,
    CASE WHEN status = 'ranking' AND is_last AND round_judge = 'panel' THEN ranking_lease_until END,
    CASE WHEN round_judge = 'panel' THEN ranking_fence ELSE 0 END,
    CASE WHEN is_last THEN held_reason ELSE '' END,
    CASE WHEN is_last AND round_judge = 'staff' THEN proposed_submission_id END,
    CASE WHEN is_last AND round_judge = 'staff' THEN result_stands_at END
FROM numbered
ORDER BY closed_at, id, number
"""

LINK = [
    f"""UPDATE {table} one SET round_id = r.id
    FROM drops_judginground r WHERE r.drop_id = one.drop_id AND r.number = one.round_number"""
    for table in ("drops_judgeanswer", "drops_panelsitting", "drops_storedverdict")
]
LINK_DROPS = """
UPDATE drops_drop d SET current_round_id = r.id
FROM drops_judginground r WHERE r.drop_id = d.id AND r.number = d.judging_round
"""

# Every judge's log opens with the same words, and only one was ever written at a time. It is of the last round by that
# judge that had begun (with its panel, or its first answer) when its last line was written: a panel that was started
# afresh with nothing but its opening in the log went on with that. What followed when a held result came to stand
# belongs to the round that the drop was decided in. What a line's text tells is read once, and the text, which is most
# of the table, is neither sorted nor kept.
LINK_LOG = """
WITH flags AS MATERIALIZED (
    SELECT id, drop_id, created_at,
        type = 'info' AND audience IN ('author', 'agents') AS is_act,
        content LIKE 'Judging started: %' AS is_opening,
        content LIKE 'Our moderators did not decide within %' AS is_standing,
        CASE WHEN content NOT LIKE 'Judging started: %' THEN NULL
             WHEN content LIKE '%, judged by a panel of %' THEN 'panel'
             WHEN content LIKE '%, judged by the sender, %' THEN 'sender'
             WHEN content LIKE '%, judged by staff, %' THEN 'staff' END AS judge
    FROM drops_rankinglog
), lines AS (
    SELECT id, drop_id, created_at, is_act, judge,
        count(*) FILTER (WHERE NOT is_act AND is_opening) OVER so_far AS log,
        count(*) FILTER (WHERE is_act AND is_standing) OVER so_far AS stood
    FROM flags
    WINDOW so_far AS (PARTITION BY drop_id ORDER BY id)
), logs AS (
    SELECT drop_id, log, max(created_at) AS last_at, min(judge) AS judge
    FROM lines WHERE NOT is_act AND stood = 0 GROUP BY drop_id, log
), began AS (
    SELECT round_id, min(created_at) AS at
    FROM (SELECT round_id, created_at FROM drops_judgeanswer
          UNION ALL SELECT round_id, created_at FROM drops_panelsitting) one
    GROUP BY round_id
), told AS (
    SELECT DISTINCT ON (g.drop_id, g.log) g.drop_id, g.log, r.id AS round_id
    FROM logs g
    JOIN drops_judginground r ON r.drop_id = g.drop_id AND r.judge = coalesce(g.judge, r.judge)
    LEFT JOIN began b ON b.round_id = r.id AND b.at <= g.last_at
    ORDER BY g.drop_id, g.log, b.at IS NULL, CASE WHEN b.at IS NULL THEN r.number ELSE -r.number END
), placed AS (
    SELECT l.id, l.drop_id,
        CASE WHEN l.is_act THEN NULL WHEN l.stood > 0 THEN d.current_round_id ELSE t.round_id END AS round_id
    FROM lines l JOIN drops_drop d ON d.id = l.drop_id
    LEFT JOIN told t ON t.drop_id = l.drop_id AND t.log = l.log
)
UPDATE drops_rankinglog l SET round_id = n.round_id, number = n.number
FROM (SELECT id, round_id, row_number() OVER (PARTITION BY drop_id, round_id ORDER BY id) AS number FROM placed) n
WHERE n.id = l.id
"""

UNLINK = [
    """UPDATE drops_judgeanswer one SET drop_id = r.drop_id, judge = r.judge, round_number = r.number
    FROM drops_judginground r WHERE r.id = one.round_id""",
    """UPDATE drops_panelsitting one SET drop_id = r.drop_id, round_number = r.number, seed = r.seed,
        rubric_version = r.rubric_version
    FROM drops_judginground r WHERE r.id = one.round_id""",
    """UPDATE drops_storedverdict one SET drop_id = r.drop_id, judge = r.judge, round_number = r.number
    FROM drops_judginground r WHERE r.id = one.round_id""",
]
# What people were told stood on the drop as the last round had it, though a panel's earlier one may count again.
UNMAKE_ROUNDS = """
UPDATE drops_drop d
SET judge = r.judge, judging_round = r.number, judging_seed = r.seed, judging_rubric = r.rubric_version,
    judging_bar = r.passing_grade, judge_deadline_at = last.deadline_at, held_reason = last.held_reason,
    proposed_submission_id = last.proposed_submission_id,
    result_stands_at = CASE WHEN last.id = r.id THEN last.result_stands_at END,
    ranking_lease_until = r.lease_expires_at, ranking_fence = fences.fence
FROM drops_judginground r
JOIN (SELECT DISTINCT ON (drop_id) * FROM drops_judginground ORDER BY drop_id, number DESC) last
    ON last.drop_id = r.drop_id
JOIN (SELECT drop_id, max(fence) AS fence FROM drops_judginground GROUP BY drop_id) fences
    ON fences.drop_id = r.drop_id
WHERE r.id = d.current_round_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('drops', '0005_pulled'),
    ]

    operations = [
        # Whoever waits for a table this long holds up all who come after; better to be told, and to try again.
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", "SET LOCAL lock_timeout = '10s'"),
        # Backwards, what stood here before may be empty until it has been filled again.
        migrations.RemoveIndex(
            model_name='drop',
            name='drop_ranking',
        ),
        migrations.RemoveConstraint(
            model_name='judgeanswer',
            name='judge_answer_once',
        ),
        migrations.RemoveConstraint(
            model_name='panelsitting',
            name='panel_sitting_once',
        ),
        migrations.AlterField(
            model_name='judgeanswer',
            name='drop',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='judge_answers', to='drops.drop'),
        ),
        migrations.AlterField(
            model_name='judgeanswer',
            name='judge',
            field=models.CharField(choices=[('sender', 'the sender'), ('staff', 'our moderators'), ('panel', 'the panel')], max_length=8, null=True),
        ),
        migrations.AlterField(
            model_name='panelsitting',
            name='drop',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='panel_sittings', to='drops.drop'),
        ),
        migrations.AlterField(
            model_name='panelsitting',
            name='seed',
            field=models.CharField(editable=False, help_text='secret; draws every shuffle', max_length=64, null=True),
        ),
        migrations.AlterField(
            model_name='panelsitting',
            name='rubric_version',
            field=models.CharField(max_length=40, null=True),
        ),
        migrations.AlterField(
            model_name='storedverdict',
            name='drop',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='verdict', to='drops.drop'),
        ),
        migrations.AlterField(
            model_name='storedverdict',
            name='judge',
            field=models.CharField(choices=[('sender', 'the sender'), ('staff', 'our moderators'), ('panel', 'the panel')], max_length=8, null=True),
        ),
        migrations.RenameField(
            model_name='judgeanswer',
            old_name='round',
            new_name='round_number',
        ),
        migrations.AlterField(
            model_name='judgeanswer',
            name='round_number',
            field=models.PositiveSmallIntegerField(help_text="the drop's judging_round it was given in", null=True),
        ),
        migrations.RenameField(
            model_name='panelsitting',
            old_name='round',
            new_name='round_number',
        ),
        migrations.AlterField(
            model_name='panelsitting',
            name='round_number',
            field=models.PositiveSmallIntegerField(help_text="the drop's judging_round it sat in", null=True),
        ),
        migrations.RenameField(
            model_name='storedverdict',
            old_name='round',
            new_name='round_number',
        ),
        migrations.AlterField(
            model_name='storedverdict',
            name='round_number',
            field=models.PositiveSmallIntegerField(help_text="the drop's judging_round it came from", null=True),
        ),
        # The rounds, and links to them that are empty yet.
        migrations.CreateModel(
            name='JudgingRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(help_text='1 for the first')),
                ('judge', models.CharField(choices=[('sender', 'the sender'), ('staff', 'our moderators'), ('panel', 'the panel')], max_length=8)),
                ('seed', models.CharField(blank=True, editable=False, help_text='secret; draws every shuffle', max_length=64)),
                ('rubric_version', models.CharField(blank=True, max_length=40)),
                ('passing_grade', models.CharField(blank=True, choices=[('S', 'S'), ('A', 'A'), ('B', 'B'), ('C', 'C'), ('D', 'D'), ('F', 'F')], help_text='lowest that wins', max_length=1)),
                ('is_open', models.BooleanField(default=True, help_text='until the drop ends or another round begins')),
                ('deadline_at', models.DateTimeField(blank=True, help_text="A panel's starts with its first worker.", null=True)),
                ('lease_expires_at', models.DateTimeField(blank=True, help_text='until when a worker asks the panel', null=True)),
                ('fence', models.PositiveIntegerField(default=0, help_text='rises with every worker that takes the lease')),
                ('held_reason', models.CharField(blank=True, help_text='Why people must judge or decide.', max_length=200)),
                ('result_stands_at', models.DateTimeField(blank=True, help_text="When the panel's result is applied where staff have not judged by then.", null=True)),
            ],
        ),
        migrations.AddField(
            model_name='judginground',
            name='drop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='drops.drop'),
        ),
        migrations.AddField(
            model_name='judginground',
            name='proposed_submission',
            field=models.ForeignKey(blank=True, help_text='The winner that a panel would have named, where it left the drop to staff.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='drops.submission'),
        ),
        migrations.AddField(
            model_name='drop',
            name='current_round',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='drops.judginground'),
        ),
        migrations.AddField(
            model_name='rankinglog',
            name='round',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='log_lines', to='drops.judginground'),
        ),
        migrations.AddField(
            model_name='rankinglog',
            name='number',
            field=models.PositiveIntegerField(help_text='1 for the first', null=True),
        ),
        migrations.AddField(
            model_name='judgeanswer',
            name='round',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='drops.judginground'),
        ),
        migrations.AddField(
            model_name='panelsitting',
            name='round',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sitting', to='drops.judginground'),
        ),
        migrations.AddField(
            model_name='storedverdict',
            name='round',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='verdict', to='drops.judginground'),
        ),
        migrations.AddConstraint(
            model_name='judginground',
            constraint=models.UniqueConstraint(fields=('drop', 'number'), name='judging_round_number'),
        ),
        migrations.AddConstraint(
            model_name='judginground',
            constraint=models.UniqueConstraint(condition=models.Q(('is_open', True)), fields=('drop',), name='judging_round_one_open'),
        ),
        migrations.AddConstraint(
            model_name='judginground',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='judging_round_from_one'),
        ),
        migrations.AddConstraint(
            model_name='judginground',
            constraint=models.CheckConstraint(condition=models.Q(('judge__in', ['sender', 'staff', 'panel'])), name='judging_round_judge_known'),
        ),
        migrations.AddConstraint(
            model_name='judginground',
            constraint=models.CheckConstraint(condition=models.Q(('lease_expires_at__isnull', True), models.Q(('judge', 'panel'), ('deadline_at__isnull', False), ('is_open', True)), _connector='OR'), name='judging_round_lease_is_panels'),
        ),
        migrations.AddConstraint(
            model_name='judginground',
            constraint=models.CheckConstraint(condition=models.Q(('fence', 0), ('judge', 'panel'), _connector='OR'), name='judging_round_fence_is_panels'),
        ),
        migrations.AddConstraint(
            model_name='judginground',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('proposed_submission__isnull', True), ('result_stands_at__isnull', True)), ('judge', 'staff'), _connector='OR'), name='judging_round_held_for_staff'),
        ),
        migrations.AddIndex(
            model_name='judginground',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['judge', 'deadline_at'], name='judging_round_open'),
        ),
        migrations.RunSQL(
            sql=[*UNLOCK, MAKE_ROUNDS, "ANALYZE drops_judginground", *LINK, LINK_DROPS, LINK_LOG, *LOCK],
            # Lines of the log lose their round and number with the columns.
            reverse_sql=[*UNLOCK[:-1], *UNLINK, UNMAKE_ROUNDS, *LOCK[:-1]],
        ),
        # From here on the rows say nothing that the rounds do not.
        migrations.AlterField(
            model_name='rankinglog',
            name='number',
            field=models.PositiveIntegerField(help_text='1 for the first'),
        ),
        migrations.AlterField(
            model_name='judgeanswer',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='drops.judginground'),
        ),
        migrations.AlterField(
            model_name='panelsitting',
            name='round',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sitting', to='drops.judginground'),
        ),
        migrations.AlterField(
            model_name='storedverdict',
            name='round',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='verdict', to='drops.judginground'),
        ),
        migrations.RemoveField(
            model_name='drop',
            name='held_reason',
        ),
        migrations.RemoveField(
            model_name='drop',
            name='judge',
        ),
        migrations.RemoveField(
            model_name='drop',
            name='judge_deadline_at',
        ),
        migrations.RemoveField(
            model_name='drop',
            name='judging_bar',
        ),
        migrations.RemoveField(
            model_name='drop',
            name='judging_round',
        ),
        migrations.RemoveField(
            model_name='drop',
            name='judging_rubric',
        ),
        migrations.RemoveField(
            model_name='drop',
            name='judging_seed',
        ),
        migrations.RemoveField(
            model_name='drop',
            name='proposed_submission',
        ),
        migrations.RemoveField(
            model_name='drop',
            name='ranking_fence',
        ),
        migrations.RemoveField(
            model_name='drop',
            name='ranking_lease_until',
        ),
        migrations.RemoveField(
            model_name='drop',
            name='result_stands_at',
        ),
        migrations.RemoveField(
            model_name='judgeanswer',
            name='drop',
        ),
        migrations.RemoveField(
            model_name='judgeanswer',
            name='judge',
        ),
        migrations.RemoveField(
            model_name='panelsitting',
            name='drop',
        ),
        migrations.RemoveField(
            model_name='panelsitting',
            name='rubric_version',
        ),
        migrations.RemoveField(
            model_name='panelsitting',
            name='seed',
        ),
        migrations.RemoveField(
            model_name='storedverdict',
            name='drop',
        ),
        migrations.RemoveField(
            model_name='storedverdict',
            name='judge',
        ),
        migrations.RemoveField(
            model_name='judgeanswer',
            name='round_number',
        ),
        migrations.RemoveField(
            model_name='panelsitting',
            name='round_number',
        ),
        migrations.RemoveField(
            model_name='storedverdict',
            name='round_number',
        ),
        migrations.AlterField(
            model_name='panelcall',
            name='fence',
            field=models.PositiveIntegerField(help_text="the round's fence of the worker that asked"),
        ),
        migrations.AddConstraint(
            model_name='drop',
            constraint=models.CheckConstraint(condition=models.Q(('current_round__isnull', True), ('closed_at__isnull', False), _connector='OR'), name='drop_judged_after_bell'),
        ),
        migrations.AddConstraint(
            model_name='judgeanswer',
            constraint=models.UniqueConstraint(fields=('round', 'key'), name='judge_answer_once'),
        ),
        migrations.AddConstraint(
            model_name='rankinglog',
            constraint=models.UniqueConstraint(fields=('round', 'number'), name='ranking_log_once_a_round'),
        ),
        migrations.AddConstraint(
            model_name='rankinglog',
            constraint=models.UniqueConstraint(condition=models.Q(('round', None)), fields=('drop', 'number'), name='ranking_log_once_a_drop'),
        ),
        migrations.AddConstraint(
            model_name='rankinglog',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='ranking_log_from_one'),
        ),
        migrations.AddIndex(
            model_name='drop',
            index=models.Index(condition=models.Q(('status', 'ranking')), fields=['closed_at'], name='drop_ranking'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drop',
            trigger=pgtrigger.compiler.Trigger(name='drop_round_is_ours', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.current_round_id IS DISTINCT FROM NEW.current_round_id)', func="\n        IF OLD.status <> 'ranking' THEN\n            RAISE EXCEPTION 'who judges is settled while a drop is being ranked' USING ERRCODE = '23514';\n        END IF;\n        IF NOT EXISTS (SELECT 1 FROM drops_judginground r\n                       WHERE r.id = NEW.current_round_id AND r.drop_id = NEW.id) THEN\n            RAISE EXCEPTION 'the round is not one of this drop' USING ERRCODE = '23514';\n        END IF;\n        RETURN NEW;\n    ", hash='7932c55a029f44fe549a1fc430772ed1e79c94d1', operation='UPDATE OF "current_round_id"', pgid='pgtrigger_drop_round_is_ours_467ca', table='drops_drop', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='drop',
            trigger=pgtrigger.compiler.Trigger(name='drop_ends_its_round', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status IN ('completed', 'failed'))", constraint='CONSTRAINT', func="\n        IF EXISTS (SELECT 1 FROM drops_judginground r WHERE r.drop_id = NEW.id AND r.is_open) THEN\n            RAISE EXCEPTION 'a drop has ended, and its judging has not' USING ERRCODE = '23514';\n        END IF;\n        RETURN NULL;\n    ", hash='bfc1c2edc0b75445145ebf6df29d97f688f79f7f', operation='UPDATE OF "status"', pgid='pgtrigger_drop_ends_its_round_95017', table='drops_drop', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rankinglog',
            trigger=pgtrigger.compiler.Trigger(name='ranking_log_of_its_drop', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.round_id IS NOT NULL)', func="\n                    IF NOT EXISTS (SELECT 1 FROM drops_judginground r\n                                   WHERE r.id = NEW.round_id AND r.drop_id = NEW.drop_id) THEN\n                        RAISE EXCEPTION 'the line is about another drop' USING ERRCODE = '23514';\n                    END IF;\n                    RETURN NEW;\n                ", hash='8ee5bff0488d565178b7784e7b3a668bb5cb028b', operation='INSERT', pgid='pgtrigger_ranking_log_of_its_drop_fce1b', table='drops_rankinglog', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storedverdict',
            trigger=pgtrigger.compiler.Trigger(name='stored_verdict_decides', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM drops_drop d JOIN drops_judginground r ON r.drop_id = d.id\n                                   WHERE r.id = NEW.round_id AND d.current_round_id = r.id\n                                     AND d.status IN ('completed', 'failed')) THEN\n                        RAISE EXCEPTION 'the round has not decided a drop' USING ERRCODE = '23514';\n                    END IF;\n                    RETURN NEW;\n                ", hash='a967c9489b5723724d205870b277784b97fa6a02', operation='INSERT', pgid='pgtrigger_stored_verdict_decides_2f62c', table='drops_storedverdict', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='judginground',
            trigger=pgtrigger.compiler.Trigger(name='judging_round_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."drop_id" IS DISTINCT FROM (NEW."drop_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."judge" IS DISTINCT FROM (NEW."judge") OR OLD."seed" IS DISTINCT FROM (NEW."seed") OR OLD."rubric_version" IS DISTINCT FROM (NEW."rubric_version") OR OLD."passing_grade" IS DISTINCT FROM (NEW."passing_grade") OR OLD."held_reason" IS DISTINCT FROM (NEW."held_reason") OR OLD."proposed_submission_id" IS DISTINCT FROM (NEW."proposed_submission_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='cf450475e2e9b6a53ef815cd51591b89f4f763fe', operation='UPDATE', pgid='pgtrigger_judging_round_fixed_b5a24', table='drops_judginground', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='judginground',
            trigger=pgtrigger.compiler.Trigger(name='judging_round_closed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT OLD."is_open")', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='a232a9eb5a0b60c851d57de4144fea3f63a2b0dc', operation='UPDATE', pgid='pgtrigger_judging_round_closed_e1655', table='drops_judginground', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='judginground',
            trigger=pgtrigger.compiler.Trigger(name='judging_round_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='17b051090c95df3483dd6c953cb36c96468fb229', operation='DELETE', pgid='pgtrigger_judging_round_kept_0f387', table='drops_judginground', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='judginground',
            trigger=pgtrigger.compiler.Trigger(name='judging_round_follows', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM drops_drop d WHERE d.id = NEW.drop_id AND d.status = 'ranking') THEN\n                        RAISE EXCEPTION 'only a drop that is being ranked is judged' USING ERRCODE = '23514';\n                    END IF;\n                    IF NEW.number <> 1 + (SELECT coalesce(max(r.number), 0) FROM drops_judginground r\n                                          WHERE r.drop_id = NEW.drop_id) THEN\n                        RAISE EXCEPTION 'rounds are numbered one by one' USING ERRCODE = '23514';\n                    END IF;\n                    RETURN NEW;\n                ", hash='ce20a388983cdf8fceadba4242d2b9e6a1aead65', operation='INSERT', pgid='pgtrigger_judging_round_follows_b744b', table='drops_judginground', when='BEFORE')),
        ),
    ]
