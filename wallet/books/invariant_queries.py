"""The invariants of the books, in SQL: each query returns no row while its sentence holds."""

from __future__ import annotations

from django.conf import settings

from wallet import real_money
from wallet.books import invariants
from wallet.books.invariants import register

register(
    "I1",
    """SELECT a.currency, sum(e.delta) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
    GROUP BY a.currency HAVING sum(e.delta) <> 0""",
    "All entries together are nothing: money comes from somewhere and goes somewhere.",
)
register(
    "I2",
    """SELECT t.reason, count(e.id), sum(e.delta)
    FROM ledger_transfer t LEFT JOIN ledger_entry e ON e.transfer_id = t.id
    GROUP BY t.id, t.reason, t.amount, t.debit_id, t.credit_id
    HAVING count(e.id) <> 2 OR sum(e.delta) <> 0 OR max(e.delta) <> t.amount
        OR count(*) FILTER (WHERE e.account_id = t.debit_id AND e.delta = -t.amount AND e.reason = t.reason) <> 1
        OR count(*) FILTER (WHERE e.account_id = t.credit_id AND e.delta = t.amount AND e.reason = t.reason) <> 1""",
    "Every transfer has its two entries, of its amount, on its accounts.",
)
register(
    "I3",
    """SELECT a.id, a.balance, sum(e.delta) FROM ledger_account a LEFT JOIN ledger_entry e ON e.account_id = a.id
    WHERE a.tracked GROUP BY a.id, a.balance HAVING a.balance <> coalesce(sum(e.delta), 0)""",
    "Every balance is the sum of its entries.",
)
register(
    "I4",
    """SELECT id, account_id, step FROM (
        SELECT id, account_id,
            balance_after - delta - lag(balance_after, 1, 0::bigint) OVER (PARTITION BY account_id ORDER BY id) AS step
        FROM ledger_entry WHERE balance_after IS NOT NULL
    ) AS steps WHERE step <> 0""",
    "Every statement adds up, line by line.",
)
register(
    "I5",
    """SELECT id, kind, balance, floor FROM ledger_account
    WHERE balance < floor OR (kind = 'debt' AND balance > 0) OR (NOT tracked AND balance <> 0)
        OR (kind IN ('wallet', 'transit', 'escrow') AND floor IS DISTINCT FROM 0)""",
    "No account is below its floor, no debt is above nothing.",
)
register(
    "I9",
    """SELECT coalesce(a.user_id, w.user_id), a.balance, w.cents
    FROM (SELECT user_id, balance FROM ledger_account WHERE kind = 'transit') AS a
    FULL JOIN (SELECT user_id, sum(amount_cents) AS cents FROM (
            SELECT user_id, amount_cents FROM withdrawal WHERE status = 'pending'
            UNION ALL SELECT user_id, amount_cents FROM card_refund WHERE status = 'pending'
        ) AS waiting GROUP BY user_id) AS w ON w.user_id = a.user_id
    WHERE coalesce(a.balance, 0) <> coalesce(w.cents, 0)""",
    "What is in transit is what pending withdrawals and refunds to cards hold.",
)
register(
    "I10",
    """SELECT w.id, w.status FROM withdrawal w
    WHERE (w.status = 'completed') <> EXISTS (
            SELECT 1 FROM ledger_transfer WHERE reason = 'withdrawal_sent:' || w.id AND amount = w.amount_cents)
        OR (w.status = 'completed' AND w.stripe_transfer_id IS NULL)""",
    "A withdrawal is completed exactly where its money was sent.",
)
register(
    "I15",
    invariants.missing_triggers_sql,
    "The ledger's triggers are there, unchanged and always enabled.",
)

# What was booked at Stripe and here, as far as the two are matched or old enough to have been. A young line of
# either side may be waiting for the other, so it is in neither sum.
SETTLED = "SELECT max(ran_at) - interval '1 day' AS at FROM reconciliation"

register(
    "I8",
    """SELECT t.id, t.status, count(l.id) FROM topup t LEFT JOIN ledger_transfer l
        ON l.reason IN ('topup:' || t.stripe_session_id, 'topup:' || t.stripe_payment_intent_id)
    GROUP BY t.id, t.status, t.amount_cents
    HAVING count(l.id) <> CASE WHEN t.status = 'succeeded' THEN 1 ELSE 0 END OR sum(l.amount) <> t.amount_cents""",
    "A top-up is in the ledger once, with its amount, exactly where it succeeded.",
)
register(
    "I11",
    f"""WITH settled AS ({SETTLED})
    SELECT mirror.cents, books.cents FROM (
        SELECT coalesce(sum(b.net), 0) AS cents FROM stripe_balance_txn b, settled
        WHERE b.currency = 'usd'
            AND (b.created <= settled.at OR EXISTS (SELECT 1 FROM stripe_match m WHERE m.txn_id = b.id))
    ) AS mirror, (
        SELECT coalesce(-sum(e.delta), 0) AS cents
        FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
            JOIN ledger_transfer t ON t.id = e.transfer_id, settled
        WHERE a.kind = 'stripe_clearing'
            AND (t.event_at <= settled.at OR EXISTS (SELECT 1 FROM stripe_match m WHERE m.transfer_id = t.id))
    ) AS books WHERE mirror.cents <> books.cents""",  # noqa: S608 - joined from constants
    "What Stripe holds for us is what our books say it holds.",
)
register(
    "I12",
    f"""WITH settled AS ({SETTLED})
    SELECT b.id AS name, b.net AS cents FROM stripe_balance_txn b, settled
    WHERE b.created <= settled.at AND (b.amount <> 0 OR b.fee <> 0)
        AND NOT EXISTS (SELECT 1 FROM stripe_match m WHERE m.txn_id = b.id)
    UNION ALL
    SELECT t.reason, t.amount FROM ledger_transfer t
        JOIN ledger_account a ON a.id IN (t.debit_id, t.credit_id), settled
    WHERE a.kind = 'stripe_clearing' AND t.event_at <= settled.at
        AND NOT EXISTS (SELECT 1 FROM stripe_match m WHERE m.transfer_id = t.id)""",  # noqa: S608
    "Every line of Stripe's book is in ours, and the reverse.",
)
register(
    "I14",
    """SELECT id, type, status FROM stripe_event
    WHERE status IN ('received', 'failed', 'dead') AND received_at < now() - interval '15 minutes'""",
    "No event of Stripe's has waited for a quarter of an hour.",
)


def insolvency_sql() -> str:
    return f"""SELECT held.cents AS held, owed.cents AS owed FROM (
        SELECT coalesce(-sum(delta), 0) + {int(settings.OWNER_FLOAT_CENTS)} AS cents
        FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
        WHERE a.kind IN ('stripe_clearing', 'play_clearing')
    ) AS held, (
        SELECT coalesce(sum(balance), 0) AS cents FROM ledger_account WHERE kind IN ('wallet', 'escrow', 'transit')
    ) AS owed WHERE held.cents < owed.cents"""  # noqa: S608 - a whole number of our own


register("I16", insolvency_sql, "What is held at Stripe, and the owner's float, covers what users own.", is_alarm=True)
register(
    "I17", real_money.unreal_money_sql, "A live site's books hold neither play money nor a sandbox's.", is_alarm=True
)
register(
    "I21",
    """SELECT ran_at, unseen FROM reconciliation
    WHERE id = (SELECT max(id) FROM reconciliation) AND unseen <> '[]'::jsonb""",
    "The last comparison with Stripe saw all that it asked for.",
    is_alarm=True,
    is_urgent=True,
)
register(
    "I22",
    """SELECT ran_at, stripe_cents - books_cents AS cents FROM (
        SELECT *, count(*) FILTER (WHERE stripe_cents <> books_cents) OVER () AS differing
        FROM (SELECT * FROM reconciliation ORDER BY id DESC LIMIT 2) AS newest
    ) AS last WHERE differing = 2""",
    "A difference to Stripe's book is gone by the next comparison.",
    is_alarm=True,
    is_urgent=True,
)
