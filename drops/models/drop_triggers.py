"""The rules on what must not change on a drop, and on what it may point at, where that hangs on other tables."""

from __future__ import annotations

import pgtrigger

FIXED_FIELDS = [
    "sender",
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
    "origin",
    "created_at",
]
TERMS_FIXED = pgtrigger.ReadOnly(name="drop_terms_fixed", fields=FIXED_FIELDS)
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
