"""Every alarm the wallet can raise is in the operators' page, with what to do; and no other is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from wallet.books import invariants
from wallet.stripe_events.handlers import HANDLERS

ROOT = Path(__file__).resolve().parents[2]
LOUD = {"error", "exception", "critical"}
NAME = r"(?:`[^`|]+`|[IG]\d+)"
ROW = re.compile(rf"^\| (?P<alarms>{NAME}(?:, {NAME})*) \| (?P<advice>[^|]+) \|$", re.MULTILINE)


def operators():
    return (ROOT / "docs" / "operators.md").read_text()


def raised_in(source):
    """The words of every call that logs louder than a warning."""
    for node in ast.walk(ast.parse(source)):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in LOUD and getattr(called.value, "id", "") == "log":
            yield ast.literal_eval(node.args[0])


def documented():
    """Alarms by name, with the advice beside them."""
    text = operators()
    table = text[text.index("| alarm,") :].partition("\n\n")[0]
    return {name.strip("`"): row["advice"] for row in ROW.finditer(table) for name in row["alarms"].split(", ")}


def alarms_in_code():
    files = [*(ROOT / "wallet").rglob("*.py"), ROOT / "core" / "periodic.py"]
    return {words for file in files for words in raised_in(file.read_text())}


def test_every_alarm_in_the_code_has_its_line_and_every_line_its_alarm():
    invariants_of_money = {case.name for case in invariants.registered()}
    assert set(documented()) == alarms_in_code() | invariants_of_money
    assert all(len(advice) > 40 for advice in documented().values())


def test_the_search_finds_what_is_loud_and_nothing_else():
    source = 'log.error("the books differ")\nlog.warning("slow")\nother.error("no")\nlog.exception("event failed")'
    assert list(raised_in(source)) == ["the books differ", "event failed"]


def test_every_event_that_is_handled_is_on_the_list_to_send():
    listed = set(re.findall(r"`([a-z0-9_.\[\]]+)`", operators()))
    assert set(HANDLERS) <= listed


@pytest.mark.parametrize("name", ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_CONNECT_WEBHOOK_SECRET"])
def test_every_secret_has_its_place_in_the_page(name):
    assert f"`{name}`" in operators()
