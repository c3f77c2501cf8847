"""The rules between drops and the books, and between a drop and its rows; see `wallet.books.invariants`."""

from __future__ import annotations

from wallet.books.invariants import register

register(
    "I6",
    """SELECT d.id, d.status, d.price_cents, a.balance
    FROM drops_drop d LEFT JOIN ledger_account a ON a.reference = d.id::text
    WHERE coalesce(a.balance, 0) <> CASE WHEN d.status IN ('open', 'ranking') OR EXISTS (
        SELECT 1 FROM held_payout h WHERE h.reference = d.id::text AND h.status = 'open' AND NOT h.was_paid
    ) THEN d.price_cents ELSE 0 END""",
    "A drop that lives, or whose payout is held for staff, holds its whole price in escrow; any other holds nothing.",
)
register(
    "I7",
    """SELECT d.id, d.status FROM drops_drop d
    WHERE (d.paid_at IS NOT NULL) <> EXISTS (
            SELECT 1 FROM ledger_transfer t JOIN ledger_account a ON a.id = t.debit_id
            WHERE t.reason = 'job:' || d.id AND t.amount = d.price_cents AND a.user_id = d.sender_id)
        OR (d.status = 'completed') <> (EXISTS (SELECT 1 FROM ledger_transfer WHERE reason = 'payout:' || d.id)
            AND NOT (d.status = 'failed' AND d.redecided_at IS NOT NULL)
            OR d.status <> 'failed' AND EXISTS (SELECT 1 FROM held_payout h
                       WHERE h.reference = d.id::text AND NOT h.was_paid AND h.status IN ('open', 'returned')))
        OR (d.status IN ('cancelled', 'failed') AND d.paid_at IS NOT NULL OR EXISTS (
                SELECT 1 FROM held_payout h
                WHERE h.reference = d.id::text AND NOT h.was_paid AND h.status = 'returned'))
            <> EXISTS (SELECT 1 FROM ledger_transfer WHERE reason = 'refund:' || d.id)""",
    "A drop was paid for by its sender; it is paid out, or held for staff, where it has a winner, and refunded where "
    "it ended without one or staff returned it.",
)
register(
    "G1",
    """SELECT d.id, d.claims_count, c.rows, d.submissions_count, s.rows
    FROM drops_drop d
    LEFT JOIN (SELECT drop_id, count(*) AS rows FROM drops_claim WHERE ended_at IS NULL GROUP BY drop_id) c
        ON c.drop_id = d.id
    LEFT JOIN (SELECT drop_id, count(*) AS rows FROM drops_submission GROUP BY drop_id) s ON s.drop_id = d.id
    WHERE d.claims_count <> coalesce(c.rows, 0) OR d.submissions_count <> coalesce(s.rows, 0)""",
    "A drop counts the seats that are held and the entries that were made.",
)
register(
    "G2",
    """SELECT d.id, w.place, w.grade, d.grade FROM drops_drop d
    JOIN drops_submission w ON w.id = d.winning_submission_id
    WHERE w.place IS DISTINCT FROM 1 OR w.grade IS DISTINCT FROM d.grade OR w.disqualified_at IS NOT NULL
        OR EXISTS (SELECT 1 FROM drops_submission o WHERE o.drop_id = d.id AND o.id <> w.id
                   AND (o.place IS NULL OR o.place <= w.place))""",
    "The winner stands alone in the first place, and its grade is the drop's.",
)
register(
    "G3",
    """SELECT d.id, a.user_id, w.user_id FROM drops_drop d
    JOIN drops_submission w ON w.id = d.winning_submission_id
    JOIN ledger_transfer t ON t.kind = 'payout' AND split_part(t.reason, ':', 2) = d.id::text
    JOIN ledger_account a ON a.id = t.credit_id
    WHERE (a.kind <> 'wallet' OR a.user_id <> w.user_id) AND NOT EXISTS (
        SELECT 1 FROM ledger_transfer r JOIN ledger_account e ON e.id = r.credit_id AND e.kind = 'escrow'
        WHERE r.about_id = t.id AND r.kind = 'payout_returned')
    UNION ALL
    SELECT d.id, a.user_id, d.sender_id FROM drops_drop d
    JOIN ledger_transfer t ON t.reason = 'refund:' || d.id JOIN ledger_account a ON a.id = t.credit_id
    WHERE a.kind <> 'wallet' OR a.user_id <> d.sender_id""",
    "A prize went to the winner's author, a refund to the sender.",
)
register(
    "G4",
    """SELECT d.id, d.status, r.number, r.judge, r.is_open FROM drops_drop d
    LEFT JOIN drops_judginground r ON r.id = d.current_round_id
    WHERE r.drop_id <> d.id OR r.is_open <> (d.status = 'ranking')
        OR EXISTS (SELECT 1 FROM drops_judginground o
                   WHERE o.drop_id = d.id AND o.is_open AND o.id IS DISTINCT FROM r.id)""",
    "The only open round is that of a drop that is being ranked, and it is one of its own.",
)
register(
    "G5",
    """SELECT d.id, d.status, p.standing FROM drops_drop d JOIN (
        SELECT split_part(t.reason, ':', 2) AS reference, count(*) FILTER (WHERE r.id IS NULL) AS standing
        FROM ledger_transfer t LEFT JOIN (
            SELECT b.about_id, b.id FROM ledger_transfer b JOIN ledger_account e ON e.id = b.credit_id
            WHERE b.kind = 'payout_returned' AND e.kind = 'escrow'
        ) AS r ON r.about_id = t.id
        WHERE t.kind = 'payout' GROUP BY 1
    ) AS p ON p.reference = d.id::text
    WHERE p.standing <> CASE WHEN d.status = 'completed' THEN 1 ELSE 0 END""",
    "However often a verdict changed, its prize is paid out once, and not at all where no entry passes.",
)
register(
    "G6",
    """SELECT a.id, a.status, d.status FROM drops_appeal a JOIN drops_drop d ON d.id = a.drop_id
    WHERE a.status = 'upheld' AND (d.redecided_at IS NULL OR a.decided_at > d.redecided_at)
        OR a.decided_at = d.redecided_at AND a.status = 'upheld'
            AND (a.after->>'winner') IS DISTINCT FROM d.winning_submission_id::text""",
    "The result of a drop is the one that the last appeal which was upheld has found.",
)
