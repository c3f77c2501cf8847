# ruff: noqa: S608 - joined from constants only; every value is a parameter
"""The ledger's statements. Each finds its accounts and inserts its transfers in one round trip."""

from __future__ import annotations

from functools import cache

from wallet.models import Account

TRANSFER_COLUMNS = ["id", "debit_id", "credit_id", "amount", "reason", "kind", "event_at", "created_at", "note"]
RETURNING = f" RETURNING {', '.join(TRANSFER_COLUMNS)}"
INSERT = "INSERT INTO ledger_transfer (debit_id, credit_id, amount, reason, event_at, created_at) "
INSERT_ABOUT = INSERT.replace(") ", ", about_id) ")

# The escrow is opened only where there is a wallet to pay from.
HOLD = f"""
WITH payer AS (SELECT id FROM ledger_account WHERE kind = 'wallet' AND user_id = %(payer)s),
escrow AS (
    INSERT INTO ledger_account (kind, reference, tracked, floor)
    SELECT 'escrow', %(reference)s, true, 0 FROM payer RETURNING id
)
{INSERT}
SELECT payer.id, escrow.id, %(amount)s, %(reason)s, %(now)s, %(now)s FROM payer, escrow
{RETURNING}
"""

PARTIES = """
WITH escrow AS (SELECT id, balance FROM ledger_account WHERE reference = %(reference)s AND balance > 0),
payee AS (SELECT id FROM ledger_account WHERE kind = 'wallet' AND user_id = %(payee)s)
"""

PAY = f"""{PARTIES} {INSERT}
SELECT escrow.id, payee.id, escrow.balance, %(reason)s, %(now)s::timestamptz, %(now)s::timestamptz
FROM escrow, payee
{RETURNING}
"""

# The payout comes first: it locks escrow and wallet in order, and the fee then locks nothing new.
PAY_WITH_FEE = f"""{PARTIES},
fees AS (SELECT id FROM ledger_account WHERE kind = 'fees' AND user_id IS NULL AND reference IS NULL) {INSERT}
SELECT escrow.id, payee.id, escrow.balance - %(fee)s, %(reason)s,
    %(now)s::timestamptz, %(now)s::timestamptz
FROM escrow, payee, fees WHERE escrow.balance > %(fee)s
UNION ALL
SELECT escrow.id, fees.id, %(fee)s, 'fee:' || %(reference)s, %(now)s::timestamptz, %(now)s::timestamptz
FROM escrow, payee, fees WHERE escrow.balance > %(fee)s
{RETURNING}
"""

# Money goes back only to where it came from.
REFUND = f"""{PARTIES} {INSERT}
SELECT escrow.id, payee.id, escrow.balance, %(reason)s, %(now)s::timestamptz, %(now)s::timestamptz
FROM escrow, payee
JOIN ledger_transfer paid ON paid.reason = 'job:' || %(reference)s AND paid.debit_id = payee.id
{RETURNING}
"""


@cache
def transfer(debit: Account.Kind, credit: Account.Kind) -> str:
    """Insert one transfer between two accounts of these kinds, named by `debit_key` and `credit_key`."""
    return f"""{INSERT_ABOUT}
    SELECT debit.id, credit.id, %(amount)s, %(reason)s, %(event_at)s, %(now)s,
        (SELECT id FROM ledger_transfer WHERE reason = %(about)s::text)
    FROM ledger_account debit, ledger_account credit
    WHERE {side("debit", debit)} AND {side("credit", credit)}
    {RETURNING}"""


def side(alias: str, kind: Account.Kind) -> str:
    """The condition that finds an account by the one unique index that names its kind."""
    named = f"{alias}.kind = %({alias}_kind)s AND {alias}."
    if kind == Account.Kind.ESCROW:
        return f"{named}reference = %({alias}_key)s"
    if kind in Account.SYSTEM_KINDS:
        return f"{named}user_id IS NULL AND {alias}.reference IS NULL"
    return f"{named}user_id = %({alias}_key)s"
