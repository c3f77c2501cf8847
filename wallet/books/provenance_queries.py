"""The invariants of provenance, in SQL: where the money of each top-up is. See `wallet.models.provenance`."""

from __future__ import annotations

from wallet.books.invariants import register

register(
    "I18",
    """SELECT a.id, a.balance, a.card_cents, l.card, l.cents FROM ledger_account a
    LEFT JOIN (SELECT account_id, sum(cents) AS cents, coalesce(sum(cents) FILTER (WHERE NOT is_earned), 0) AS card
        FROM ledger_lot GROUP BY account_id) AS l ON l.account_id = a.id
    WHERE a.card_cents <> coalesce(l.card, 0) OR coalesce(l.cents, 0) > a.balance AND l.cents > 0""",
    "An account's card money is that of its lots, and its lots are no more than its balance.",
)
register(
    "I19",
    """SELECT coalesce(l.account_id, m.account_id), coalesce(l.origin_id, m.origin_id), l.cents, m.cents
    FROM ledger_lot l FULL JOIN (
        SELECT account_id, origin_id, is_earned, sum(cents) AS cents FROM (
            SELECT t.credit_id AS account_id, p.origin_id, p.cents,
                (p.is_earned OR t.kind = 'payout') AND t.kind <> 'payout_returned' AS is_earned
            FROM ledger_part p JOIN ledger_transfer t ON t.id = p.transfer_id
            UNION ALL
            SELECT t.debit_id, p.origin_id, -p.cents, p.is_earned
            FROM ledger_part p JOIN ledger_transfer t ON t.id = p.transfer_id
        ) AS moved JOIN ledger_account a ON a.id = moved.account_id AND a.kind IN ('wallet', 'escrow', 'transit')
        GROUP BY account_id, origin_id, is_earned HAVING sum(cents) <> 0
    ) AS m ON (m.account_id, m.origin_id, m.is_earned) = (l.account_id, l.origin_id, l.is_earned)
    WHERE l.cents IS DISTINCT FROM m.cents""",
    "What lies in a lot is what transfers have carried there and not away.",
)
register(
    "I20",
    """SELECT t.reason, t.amount, sum(p.cents) FROM ledger_transfer t LEFT JOIN ledger_part p ON p.transfer_id = t.id
    GROUP BY t.id, t.reason, t.amount, t.kind
    HAVING sum(p.cents) > t.amount OR t.kind = 'topup' AND sum(p.cents) FILTER (
        WHERE p.origin_id = t.id AND NOT p.is_earned) IS DISTINCT FROM t.amount""",
    "A transfer carries no more of top-ups than it moves, and a top-up itself is where its money comes from.",
)
