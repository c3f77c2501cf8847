import pgtrigger.migrations
from django.db import migrations

import wallet.models.triggers

# Nobody posts while the past is told again; everybody reads.
LOCK = "LOCK TABLE ledger_transfer IN SHARE ROW EXCLUSIVE MODE"

# Every transfer from the first on, as the trigger would have posted it. Only one thing was allowed then that no longer
# is: a withdrawal of what was topped up. It took what was earned first.
REPLAY = """
DO $$
DECLARE
    t record; lot record; wanted bigint; piece bigint; about bigint; undone bigint; taken bigint; untraced bigint;
BEGIN
FOR t IN
    SELECT x.id, x.kind, x.reason, x.amount, x.debit_id, x.credit_id, d.tracked, d.kind AS giver, c.kind AS taker
    FROM ledger_transfer x JOIN ledger_account d ON d.id = x.debit_id JOIN ledger_account c ON c.id = x.credit_id
    ORDER BY x.id
LOOP
    wanted := t.amount;
    about := NULL;
    IF t.kind IN ('withdrawal_sent', 'withdrawal_failed') THEN
        SELECT id INTO about FROM ledger_transfer WHERE reason = 'withdrawal:' || split_part(t.reason, ':', 2);
    ELSIF t.kind IN ('dispute', 'dispute_won') THEN
        SELECT x.id INTO about FROM dispute s JOIN topup p ON p.id = s.topup_id JOIN ledger_transfer x
            ON x.reason = 'topup:' || CASE p.source WHEN 'auto' THEN p.stripe_payment_intent_id ELSE p.stripe_session_id END
            WHERE s.id = split_part(t.reason, ':', 2);
    END IF;
    IF t.kind = 'topup' THEN
        INSERT INTO ledger_part (transfer_id, origin_id, is_earned, cents) VALUES (t.id, t.id, false, t.amount);
    ELSIF t.kind IN ('dispute_won', 'topup_refund_failed') THEN
        CONTINUE WHEN t.taker <> 'wallet';
        undone := NULL;
        taken := 0;
        SELECT id, amount INTO undone, taken FROM ledger_transfer WHERE reason =
            CASE t.kind WHEN 'dispute_won' THEN 'dispute:' ELSE 'topup_refund:' END || substr(t.reason, length(t.kind) + 2);
        taken := coalesce(taken, 0);
        IF about IS NOT NULL AND t.amount > taken THEN
            INSERT INTO ledger_part (transfer_id, origin_id, is_earned, cents)
                VALUES (t.id, about, false, t.amount - taken);
            wanted := taken;
        END IF;
        FOR lot IN SELECT origin_id, is_earned, cents FROM ledger_part WHERE transfer_id = undone
                ORDER BY is_earned, origin_id LOOP
            piece := least(lot.cents, wanted);
            wanted := wanted - piece;
            IF piece > 0 THEN
                INSERT INTO ledger_part (transfer_id, origin_id, is_earned, cents)
                    VALUES (t.id, lot.origin_id, lot.is_earned, piece)
                    ON CONFLICT (transfer_id, is_earned, origin_id)
                    DO UPDATE SET cents = ledger_part.cents + excluded.cents;
            END IF;
        END LOOP;
    ELSIF t.tracked AND t.kind <> 'withdrawal_reversed' THEN
        untraced := 0;
        IF t.taker = 'transit' THEN
            SELECT e.balance_after - e.delta - coalesce((SELECT sum(cents) FROM ledger_lot WHERE account_id = t.debit_id), 0)
                INTO untraced FROM ledger_entry e WHERE e.transfer_id = t.id AND e.account_id = t.debit_id;
        END IF;
        FOR lot IN
            SELECT l.id, l.origin_id, l.is_earned, l.cents FROM ledger_lot l WHERE l.account_id = t.debit_id
            ORDER BY about IS NOT NULL AND EXISTS (
                SELECT FROM ledger_part p
                WHERE p.transfer_id = about AND p.origin_id = l.origin_id AND p.is_earned = l.is_earned
            ) DESC, CASE t.taker WHEN 'transit' THEN NOT l.is_earned ELSE l.is_earned END, l.origin_id
        LOOP
            IF t.taker = 'transit' AND NOT lot.is_earned THEN
                wanted := wanted - least(wanted, untraced);
                untraced := 0;
            END IF;
            EXIT WHEN wanted = 0;
            piece := least(lot.cents, wanted);
            wanted := wanted - piece;
            IF piece = lot.cents THEN
                DELETE FROM ledger_lot WHERE id = lot.id;
            ELSE
                UPDATE ledger_lot SET cents = cents - piece WHERE id = lot.id;
            END IF;
            INSERT INTO ledger_part (transfer_id, origin_id, is_earned, cents)
                VALUES (t.id, lot.origin_id, lot.is_earned, piece);
        END LOOP;
    END IF;
    IF t.taker IN ('wallet', 'escrow', 'transit') THEN
        INSERT INTO ledger_lot (account_id, origin_id, is_earned, cents)
            SELECT t.credit_id, origin_id, is_earned OR t.kind = 'payout', sum(cents)
            FROM ledger_part WHERE transfer_id = t.id GROUP BY 1, 2, 3
            ON CONFLICT (account_id, is_earned, origin_id) DO UPDATE SET cents = ledger_lot.cents + excluded.cents;
    END IF;
END LOOP;
END $$
"""
# Accounts are changed by a transfer only; here it is the owner of the table who fills a new column.
ACCOUNTS = """
ALTER TABLE ledger_account DISABLE TRIGGER pgtrigger_guard_82a0e;
UPDATE ledger_account a SET card_cents = l.cents FROM (
    SELECT account_id, sum(cents) AS cents FROM ledger_lot WHERE NOT is_earned GROUP BY account_id
) l WHERE l.account_id = a.id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER pgtrigger_guard_82a0e;
"""
FORGET = """
ALTER TABLE ledger_account DISABLE TRIGGER pgtrigger_guard_82a0e;
UPDATE ledger_account SET card_cents = 0 WHERE card_cents <> 0;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER pgtrigger_guard_82a0e;
DELETE FROM ledger_lot;
DELETE FROM ledger_part;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0007_provenance'),
    ]

    operations = [
        migrations.RunSQL(LOCK, migrations.RunSQL.noop),
        migrations.RunSQL(REPLAY, migrations.RunSQL.noop),
        migrations.RunSQL([ACCOUNTS], [FORGET]),
        pgtrigger.migrations.AddTrigger(
            model_name='lot',
            trigger=wallet.models.triggers.CompiledLedgerTrigger(name='only_post', sql=wallet.models.triggers.LedgerTriggerSql(condition='WHEN (pg_trigger_depth() = 0)', func="RAISE EXCEPTION 'Lots are written by a transfer only.' USING ERRCODE = '23514', CONSTRAINT = 'ledger_only_post';", hash='fc44ce686174752f2b426aa43fd2373f3bc9e964', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_only_post_28642', table='ledger_lot', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lot',
            trigger=wallet.models.triggers.CompiledLedgerTrigger(name='frozen_whole', sql=wallet.models.triggers.LedgerTriggerSql(func="RAISE EXCEPTION 'The ledger is never emptied.' USING ERRCODE = '23514', CONSTRAINT = 'ledger_frozen';", hash='8dce669cbddb2cf0ef157eed8a7338870d1509c4', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_frozen_whole_2325b', table='ledger_lot', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='part',
            trigger=wallet.models.triggers.CompiledLedgerTrigger(name='only_post', sql=wallet.models.triggers.LedgerTriggerSql(condition='WHEN (pg_trigger_depth() = 0)', func="RAISE EXCEPTION 'Parts are written by a transfer only.' USING ERRCODE = '23514', CONSTRAINT = 'ledger_only_post';", hash='fdd211989f23a8bc3e8d75c631acd5ae87059507', operation='INSERT', pgid='pgtrigger_only_post_be1c5', table='ledger_part', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='part',
            trigger=wallet.models.triggers.CompiledLedgerTrigger(name='frozen', sql=wallet.models.triggers.LedgerTriggerSql(condition='WHEN (pg_trigger_depth() = 0)', func="RAISE EXCEPTION 'Rows of the ledger are never changed or removed.' USING ERRCODE = '23514', CONSTRAINT = 'ledger_frozen';", hash='0c016457afb8d66fa50b961c76a5b4a22f84c4d3', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_59751', table='ledger_part', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='part',
            trigger=wallet.models.triggers.CompiledLedgerTrigger(name='frozen_whole', sql=wallet.models.triggers.LedgerTriggerSql(func="RAISE EXCEPTION 'The ledger is never emptied.' USING ERRCODE = '23514', CONSTRAINT = 'ledger_frozen';", hash='cef96ea208e90b6a2861d44bba793e6cf4ec0d18', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_frozen_whole_87197', table='ledger_part', when='BEFORE')),
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='account',
            name='guard_new',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='transfer',
            name='post',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='account',
            trigger=wallet.models.triggers.CompiledLedgerTrigger(name='guard_new', sql=wallet.models.triggers.LedgerTriggerSql(condition='WHEN (NEW.balance <> 0 OR NEW.card_cents <> 0)', func="RAISE EXCEPTION 'An account starts empty.' USING ERRCODE = '23514', CONSTRAINT = 'ledger_guard';", hash='937fc4596a310acbb4977595553fdcde6b0e23d6', operation='INSERT', pgid='pgtrigger_guard_new_bb417', table='ledger_account', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='transfer',
            trigger=wallet.models.triggers.CompiledLedgerTrigger(name='post', sql=wallet.models.triggers.LedgerTriggerSql(declare='DECLARE debit_after bigint; credit_after bigint; giver ledger_account%ROWTYPE; taker text; lot record; undone bigint; taken bigint; skipped bigint := 0; wanted bigint := NEW.amount; piece bigint; card_out bigint := 0; card_in bigint := 0;', func="SELECT * INTO giver FROM ledger_account WHERE id = NEW.debit_id; SELECT kind INTO taker FROM ledger_account WHERE id = NEW.credit_id; IF NEW.kind = 'topup' THEN INSERT INTO ledger_part (transfer_id, origin_id, is_earned, cents) VALUES (NEW.id, NEW.id, false, NEW.amount); card_in := NEW.amount; ELSIF NEW.kind IN ('dispute_won', 'topup_refund_failed', 'withdrawal_reversed') THEN IF taker = 'wallet' THEN IF NEW.kind = 'withdrawal_reversed' THEN undone := NEW.about_id; SELECT coalesce(sum(amount), 0) INTO skipped FROM ledger_transfer WHERE about_id = NEW.about_id AND kind = NEW.kind AND id < NEW.id; ELSE SELECT id, amount INTO undone, taken FROM ledger_transfer WHERE reason = CASE NEW.kind WHEN 'dispute_won' THEN 'dispute:' ELSE 'topup_refund:' END || substr(NEW.reason, length(NEW.kind) + 2); IF NEW.about_id IS NOT NULL AND NEW.amount > coalesce(taken, 0) THEN INSERT INTO ledger_part (transfer_id, origin_id, is_earned, cents) VALUES (NEW.id, NEW.about_id, false, NEW.amount - coalesce(taken, 0)); wanted := coalesce(taken, 0); card_in := NEW.amount - wanted; END IF; END IF; FOR lot IN SELECT origin_id, is_earned, cents FROM ledger_part WHERE transfer_id = undone ORDER BY is_earned, origin_id LOOP piece := least(greatest(lot.cents - skipped, 0), wanted); skipped := greatest(skipped - lot.cents, 0); wanted := wanted - piece; IF NOT lot.is_earned THEN card_in := card_in + piece; END IF; IF piece > 0 THEN INSERT INTO ledger_part (transfer_id, origin_id, is_earned, cents) VALUES (NEW.id, lot.origin_id, lot.is_earned, piece) ON CONFLICT (transfer_id, is_earned, origin_id) DO UPDATE SET cents = ledger_part.cents + excluded.cents; END IF; END LOOP; END IF; ELSIF giver.tracked THEN IF taker = 'transit' AND NEW.kind <> 'card_refund' AND NEW.amount <= giver.balance AND NEW.amount > giver.balance - giver.card_cents THEN RAISE EXCEPTION 'What was topped up is not withdrawn.' USING ERRCODE = '23514', CONSTRAINT = 'ledger_card_money_stays'; END IF; FOR lot IN SELECT l.id, l.origin_id, l.is_earned, l.cents FROM ledger_lot l WHERE l.account_id = NEW.debit_id AND CASE WHEN NEW.kind = 'card_refund' THEN l.origin_id = NEW.about_id AND NOT l.is_earned ELSE l.is_earned OR taker <> 'transit' END ORDER BY NEW.about_id IS NOT NULL AND EXISTS ( SELECT FROM ledger_part p WHERE p.transfer_id = NEW.about_id AND p.origin_id = l.origin_id AND (p.is_earned = l.is_earned OR NEW.kind = 'payout_returned') ) DESC, l.is_earned, l.origin_id LOOP EXIT WHEN wanted = 0; piece := least(lot.cents, wanted); wanted := wanted - piece; IF piece = lot.cents THEN DELETE FROM ledger_lot WHERE id = lot.id; ELSE UPDATE ledger_lot SET cents = cents - piece WHERE id = lot.id; END IF; INSERT INTO ledger_part (transfer_id, origin_id, is_earned, cents) VALUES (NEW.id, lot.origin_id, lot.is_earned, piece); IF NOT lot.is_earned THEN card_out := card_out + piece; END IF; END LOOP; IF NEW.kind = 'card_refund' AND wanted > 0 THEN RAISE EXCEPTION 'Of a top-up no more goes back than is left of it.' USING ERRCODE = '23514', CONSTRAINT = 'ledger_card_money_gone'; END IF; card_in := CASE NEW.kind WHEN 'payout' THEN 0 WHEN 'payout_returned' THEN NEW.amount - wanted ELSE card_out END; END IF; IF taker IN ('wallet', 'escrow', 'transit') THEN INSERT INTO ledger_lot (account_id, origin_id, is_earned, cents) SELECT NEW.credit_id, origin_id, (is_earned OR NEW.kind = 'payout') AND NEW.kind <> 'payout_returned', sum(cents) FROM ledger_part WHERE transfer_id = NEW.id GROUP BY 1, 2, 3 ON CONFLICT (account_id, is_earned, origin_id) DO UPDATE SET cents = ledger_lot.cents + excluded.cents; ELSE card_in := 0; END IF; UPDATE ledger_account SET balance = balance - NEW.amount, card_cents = card_cents - card_out WHERE id = NEW.debit_id AND tracked RETURNING balance INTO debit_after; UPDATE ledger_account SET balance = balance + NEW.amount, card_cents = card_cents + card_in WHERE id = NEW.credit_id AND tracked RETURNING balance INTO credit_after; INSERT INTO ledger_entry (transfer_id, account_id, delta, balance_after, reason, created_at) VALUES (NEW.id, NEW.debit_id, -NEW.amount, debit_after, NEW.reason, NEW.created_at), (NEW.id, NEW.credit_id, NEW.amount, credit_after, NEW.reason, NEW.created_at); RETURN NULL;", hash='8d3af72bad6ce45ddf2aa9d705d92ff0d531e48e', operation='INSERT', pgid='pgtrigger_post_e9a31', table='ledger_transfer', when='AFTER')),
        ),
    ]
