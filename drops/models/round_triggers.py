"""The rules on when a round of judging may be written into, and how a drop and its rounds hang together."""

from __future__ import annotations

import pgtrigger


def _refuse_unless(name: str, allowed: str) -> pgtrigger.Trigger:
    """Refuse a row whose round, locked against being closed until the commit, is not as `allowed` says."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition("NEW.round_id IS NOT NULL"),
        func=f"""
            PERFORM 1 FROM drops_judginground r WHERE r.id = NEW.round_id AND {allowed} FOR SHARE;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'the round is over' USING ERRCODE = '23514';
            END IF;
            RETURN NEW;
        """,
    )


# What people were handed and what money moved by must replay the same later, so no answer comes after the end.
# Attempts do: they are no part of the result, and what they cost was spent.
ANSWER_IN_OPEN_ROUND = _refuse_unless("judge_answer_in_open_round", "r.is_open")
# Only people take an answer back, once, and the last one first: those after it were given to questions that follow it.
ANSWER_TAKEN_BACK = pgtrigger.Trigger(
    name="judge_answer_taken_back",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        PERFORM 1 FROM drops_judginground r
            WHERE r.id = NEW.round_id AND r.is_open AND r.judge IN ('sender', 'staff') FOR SHARE;
        IF NOT FOUND OR OLD.taken_back_at IS NOT NULL OR EXISTS (
            SELECT 1 FROM drops_judgeanswer a
                WHERE a.round_id = NEW.round_id AND a.id > NEW.id AND a.taken_back_at IS NULL) THEN
            RAISE EXCEPTION 'only the last answer of people is taken back' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    """,
)
# Feedback is part of judging by hand: once the round is over it says what it says.
FEEDBACK_IN_OPEN_ROUND = pgtrigger.Trigger(
    name="feedback_in_open_round",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Delete | pgtrigger.UpdateOf("chips", "note", "written_by_id", "written_at"),
    declare=[("kept", "drops_feedback")],
    func="""
        IF TG_OP = 'DELETE' THEN kept := OLD; ELSE kept := NEW; END IF;
        PERFORM 1 FROM drops_judginground r JOIN drops_submission s ON s.drop_id = r.drop_id
            WHERE r.id = kept.round_id AND s.id = kept.submission_id
              AND r.is_open AND r.judge IN ('sender', 'staff') FOR SHARE OF r;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'feedback is given by people who judge, before the end' USING ERRCODE = '23514';
        END IF;
        RETURN kept;
    """,
)
SESSION_IN_OPEN_ROUND = _refuse_unless("panel_session_in_open_round", "r.is_open")
# A panel's round that was closed for staff's decides after all where staff let a day pass. Its last lines are written
# in the transaction that makes it the drop's again and ends the drop, and at no other time.
LINE_IN_OPEN_ROUND = _refuse_unless(
    "ranking_log_in_open_round",
    """(r.is_open OR EXISTS (SELECT 1 FROM drops_drop d WHERE d.current_round_id = r.id AND d.status = 'ranking'))""",
)

# Both are deferred, because a start closes one round and opens the next before the drop points at it.
# A drop that waits for its first judge has no round at all.
_JUDGED_IN_OPEN_ROUND = """
        IF EXISTS (SELECT 1 FROM drops_drop d JOIN drops_judginground r ON r.drop_id = d.id
                   WHERE {changed} AND d.status = 'ranking'
                     AND r.is_open <> coalesce(d.current_round_id = r.id, false)) THEN
            RAISE EXCEPTION 'a drop is judged in its open round' USING ERRCODE = '23514';
        END IF;
        RETURN NULL;
"""
DROP_JUDGED_IN_OPEN_ROUND = pgtrigger.Trigger(
    name="drop_judged_in_open_round",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("current_round_id"),
    timing=pgtrigger.Deferred,
    func=_JUDGED_IN_OPEN_ROUND.format(changed="d.id = NEW.id"),
)
ROUND_OPEN_WHILE_JUDGED = pgtrigger.Trigger(
    name="judging_round_open_while_judged",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("is_open"),
    timing=pgtrigger.Deferred,
    func=_JUDGED_IN_OPEN_ROUND.format(changed="r.id = NEW.id"),
)
