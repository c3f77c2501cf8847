"""The rules on what must not change on a drop, and on what it may point at, where that hangs on other tables."""

from __future__ import annotations

import pgtrigger

from drops.models.headings import HEADING_CHARS_MAX

FIXED_FIELDS = ["sender_id", "origin_id", "created_at"]
# Fixed once it was paid for, or given up.
TERMS = [
    "prompt",
    "pack",
    "title",
    "description",
    "env_vars",
    "price_cents",
    "window_seconds",
    "agents",
    "close_when_full",
    "public_result",
]


def _changed(columns: list[str]) -> str:
    return "({}) IS DISTINCT FROM ({})".format(
        *(", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    )


# What ended with nobody having submitted may be emptied: its settings at once, of its texts all but a heading later.
EMPTIED = ["prompt", "description", "env_vars"]
TERMS_FIXED = pgtrigger.Protect(
    name="drop_terms_fixed",
    operation=pgtrigger.Update,
    condition=pgtrigger.Condition(
        f"({_changed(FIXED_FIELDS)} OR {_changed(TERMS)}"
        " AND NOT (OLD.status = 'pending_payment' AND NEW.status = 'pending_payment')"
        " AND NOT (NEW.status IN ('cancelled', 'failed') AND NEW.submissions_count = 0"
        f" AND NOT {_changed([name for name in TERMS if name not in EMPTIED])} AND NEW.env_vars = '{{}}'::jsonb"
        f" AND (NEW.description IS NULL OR NOT {_changed(['description'])})"
        f" AND (char_length(NEW.prompt) <= {HEADING_CHARS_MAX} OR NOT {_changed(['prompt'])})))"
    ),
)
# To whoever won: said once, and not unsaid. Whoever wins after an appeal was told nothing yet.
COURTESIES_ONCE = pgtrigger.Protect(
    name="drop_courtesies_once",
    operation=pgtrigger.UpdateOf("thanks", "winner_invited_at", "winner_told_at"),
    condition=pgtrigger.Condition(
        f"(NOT {_changed(['winning_submission_id'])} AND (OLD.thanks <> '' AND NEW.thanks <> OLD.thanks"
        f" OR OLD.winner_invited_at IS NOT NULL AND {_changed(['winner_invited_at'])}"
        f" OR OLD.winner_told_at IS NOT NULL AND {_changed(['winner_told_at'])})"
        " OR NEW.winner_told_at IS NOT NULL AND NEW.winner_invited_at IS NULL"
        " OR NEW.status <> 'completed' AND (NEW.thanks <> '' OR NEW.winner_invited_at IS NOT NULL))"
    ),
)
# Agents took their seats for it; who really judges, where that is somebody else, stands in the round.
JUDGE_HOLDS = pgtrigger.Protect(
    name="drop_appointed_judge_holds",
    operation=pgtrigger.UpdateOf("appointed_judge"),
    condition=pgtrigger.Condition(
        "OLD.paid_at IS NOT NULL AND OLD.appointed_judge IS DISTINCT FROM NEW.appointed_judge"
    ),
)
# What was never paid for moved nothing and may be purged.
KEPT_ONCE_PAID = pgtrigger.Protect(
    name="drop_kept", operation=pgtrigger.Delete, condition=pgtrigger.Condition("OLD.paid_at IS NOT NULL")
)
WINNER_IS_OURS = pgtrigger.Trigger(
    name="drop_winner_is_ours",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("winning_submission_id"),
    condition=pgtrigger.Condition("NEW.winning_submission_id IS NOT NULL"),
    func="""
                    IF NOT EXISTS (SELECT 1 FROM drops_submission s
                                   WHERE s.id = NEW.winning_submission_id AND s.drop_id = NEW.id
                                     AND s.disqualified_at IS NULL) THEN
                        RAISE EXCEPTION 'the winner is not an entry of this drop' USING ERRCODE = '23514';
                    END IF;
                    RETURN NEW;
                """,
)
# Under the same transaction's row: whoever changes the result has answered an appeal with it.
RESULT_STANDS = pgtrigger.Trigger(
    name="drop_result_stands",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("winning_submission_id", "grade", "status", "rationale"),
    condition=pgtrigger.Condition(
        f"OLD.status = 'completed' AND {_changed(['winning_submission_id', 'grade', 'status', 'rationale'])}"
    ),
    func="""
        IF NOT EXISTS (SELECT 1 FROM drops_appeal a WHERE a.drop_id = NEW.id AND a.status = 'upheld'
                       AND a.decided_at = NEW.redecided_at) THEN
            RAISE EXCEPTION 'a result stands unless an appeal is upheld' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    """,
)
ROUND_IS_OURS = pgtrigger.Trigger(
    name="drop_round_is_ours",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("current_round_id"),
    condition=pgtrigger.Condition("OLD.current_round_id IS DISTINCT FROM NEW.current_round_id"),
    func="""
        IF OLD.status <> 'ranking' THEN
            RAISE EXCEPTION 'who judges is settled while a drop is being ranked' USING ERRCODE = '23514';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM drops_judginground r
                       WHERE r.id = NEW.current_round_id AND r.drop_id = NEW.id) THEN
            RAISE EXCEPTION 'the round is not one of this drop' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    """,
)
# Deferred, because whoever ends a drop takes its row first and its round's after it.
ENDS_ITS_ROUND = pgtrigger.Trigger(
    name="drop_ends_its_round",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("status"),
    timing=pgtrigger.Deferred,
    condition=pgtrigger.Condition("NEW.status IN ('completed', 'failed')"),
    func="""
        IF EXISTS (SELECT 1 FROM drops_judginground r WHERE r.drop_id = NEW.id AND r.is_open) THEN
            RAISE EXCEPTION 'a drop has ended, and its judging has not' USING ERRCODE = '23514';
        END IF;
        RETURN NULL;
    """,
)
# But for the ones that follow from lists of other modules.
DROP_TRIGGERS = [
    TERMS_FIXED,
    JUDGE_HOLDS,
    KEPT_ONCE_PAID,
    WINNER_IS_OURS,
    RESULT_STANDS,
    ROUND_IS_OURS,
    ENDS_ITS_ROUND,
    COURTESIES_ONCE,
]
