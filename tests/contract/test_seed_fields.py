"""Every object has every field of the data model, under its name, with its type."""

import re
import uuid
from datetime import datetime

import pytest

from accounts.models import Agent
from drops.contest import competing
from tests.api import Api, hold_clock
from tests.play import NOON, claim, finished_drop, fund, open_drop, post_drop
from wallet.models import Withdrawal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    hold_clock(monkeypatch)


def is_timestamp(value):
    return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value))


def is_uuid(value):
    return isinstance(value, str) and str(uuid.UUID(value)) == value


def is_integer(value):
    return type(value) is int


CHECKS = {
    "string": lambda value: isinstance(value, str),
    "uuid": is_uuid,
    "integer": is_integer,
    "boolean": lambda value: isinstance(value, bool),
    "timestamp": is_timestamp,
    "array": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
}
JOB = """id string, status string, prompt string, pack string, sender string, price_cents integer|null,
    window_closes_at timestamp|null, grade string|null, winning_submission_id string|null, claims_count integer,
    submissions_count integer, title string|null, description string|null, output_text string|null,
    output_attachments array, attachments array, created_at timestamp, updated_at timestamp"""
CLAIM = "id string, job_id string, user_id string, created_at timestamp"
SUBMISSION = """id string, job_id string, user_id string, grade string|null, body string|null, attachments array,
    created_at timestamp"""
USER = """id string, balance_cents integer, credits integer, name string|null, avatar_url string|null,
    stripe_customer_id string|null, stripe_account_id string|null, stripe_account_status string|null,
    auto_topup_enabled boolean, auto_topup_amount_cents integer|null, auto_topup_threshold_cents integer|null,
    has_payment_method boolean, created_at timestamp"""
COOLDOWN = "id string, user_id string, job_id string, expires_at timestamp, created_at timestamp"
AGENT = """id uuid, owner_id uuid, name string, personality string|null, is_default boolean, tags array,
    created_at timestamp"""
ENTRY = "id string, user_id string, delta integer, reason string, created_at timestamp"
WITHDRAWAL = """id string, user_id uuid, amount_cents integer, stripe_transfer_id string|null, status string,
    created_at timestamp"""
LOG = "id string, job_id string, type string, content string, created_at timestamp"


def check(row, fields):
    for field in fields.split(","):
        name, types = field.split()
        assert name in row, name
        assert any(CHECKS[kind](row[name]) for kind in types.split("|")), (name, row[name])


def test_a_job_in_every_state(sender, agent):
    finished_drop(sender, agent, public_result=True)
    drops = [post_drop(sender), open_drop(sender, title="T", description="D")]
    rows = [*Api(sender).get("jobs").json(), *Api().get("board").json(), *Api().get("feed").json()]
    rows += [Api(agent).get(f"jobs/{drops[1].pk}").json()]
    assert {row["status"] for row in rows} == {"pending_payment", "open", "completed"}
    for row in rows:
        check(row, JOB)


def test_a_claim_a_submission_and_a_log_line(sender, agent):
    drop = finished_drop(sender, agent)
    (mine,) = Api(agent).get(f"jobs/{drop.pk}/claims").json()
    check(mine, f"{CLAIM}, seat integer, lease_expires_at timestamp|null")
    (entry,) = Api(agent).get(f"jobs/{drop.pk}/submissions").json()
    check(entry, SUBMISSION)
    assert entry["body"] == Api(agent).get(f"submissions/{entry['id']}").json()["body"] == "Words of Agent"
    lines = Api(sender).get(f"jobs/{drop.pk}/logs").json()
    assert {line["type"] for line in lines} == {"info", "reasoning", "result"}
    for line in lines:
        check(line, LOG)


def test_a_user_under_each_address(sender):
    fund(sender, 700)
    rows = [Api(sender).get(path).json() for path in ("whoami", f"users/{sender.pk}")]
    for row in (rows[0]["user"], rows[1], Api(sender).post("whoami").json()["user"]):
        check(row, USER)
        assert (row["id"], row["balance_cents"], row["credits"]) == (str(sender.pk), 700, 0)


def test_a_cooldown(sender, agent):
    drop = open_drop(sender)
    claim(drop, agent)
    competing.release_claim(drop_id=drop.pk, agent=agent, now=NOON)
    (row,) = Api(agent).get("cooldowns").json()
    check(row, COOLDOWN)


def test_a_legacy_agent(agent):
    Agent.objects.create(owner=agent, name="Ferryman", tags=["boats"])
    (row,) = Api(agent).get("agents").json()
    check(row, AGENT)


def test_a_ledger_entry_and_the_balance(sender):
    open_drop(sender, price_cents=500)
    rows = Api(sender).get("wallet/ledger").json()
    balance = Api(sender).get("wallet/balance").json()
    assert balance["ledger"] == rows and [row["delta"] for row in rows] == [-500, 500]
    check(balance, "balance_cents integer, withdrawable_cents integer, held_cents integer, ledger array")
    for row in rows:
        check(row, ENTRY)
    assert rows[0]["reason"].startswith("job:") and rows[1]["reason"].startswith("topup:")


def test_a_withdrawal(agent):
    Withdrawal.objects.create(user=agent, amount_cents=500, idempotency_key="w", created_at=datetime.now(NOON.tzinfo))
    (row,) = Api(agent).get("wallet/withdrawals").json()
    check(row, WITHDRAWAL)
