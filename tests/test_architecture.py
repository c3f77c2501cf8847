"""The house keeps its arrows. Every rule is also shown a house that breaks it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import house as rules
from tests import house_folders, limits
from tests.house_client import arrows_across_the_wire, read_client

RULES = {
    rule.__name__: rule
    for rule in (
        rules.arrows_that_point_up,
        rules.arrows_inside_a_room,
        house_folders.arrows_between_folders,
        house_folders.site_that_imports_its_tools,
        rules.imports_in_a_circle,
        rules.settings_that_know_a_room,
        rules.ranking_that_knows_us,
        rules.strangers_who_write_status,
        rules.strangers_who_touch_the_ledger,
        rules.clocks_read_below_the_door,
        rules.strangers_who_call_stripe,
        rules.strangers_who_call_models,
        rules.others_in_the_store_of_limits,
    )
}

# The smallest house in which every line below has what it imports.
SOUND = {
    "core": "",
    "core.errors": "",
    "core.clock": "",
    "core.http": "from core import clock\nclock.now()",
    "core.db": "",
    "core.db.tally": "from core.errors import Refused",
    "core.api.limits": "from core.db import tally\nfrom core import http",
    "core.live.hub": "from core.http import address_of",
    "clorp.settings": "from clorp.settings.base import *",
    "clorp.settings.base": "from core.errors import Refused",
    "accounts.models": "from core.errors import Refused",
    "accounts.pages": "",
    "wallet": "",
    "wallet.models": "from accounts.models import User",
    "wallet.books.ledger": "from wallet.models import Account\nAccount.objects.create(kind='wallet')",
    "wallet.gateway": "from wallet.gateway.client import connect",
    "wallet.gateway.client": "import stripe",
    "drops": "",
    "drops.models": "",
    "drops.contest": "",
    "drops.contest.rules": "from drops.models import Drop",
    "drops.contest.state": "from wallet.books import ledger\nDrop.objects.update(status='open')",
    "drops.tasks": "from core import clock\nfrom drops.contest import state\nclock.now()",
    "drops.pages": "from core import clock\nfrom drops.contest.state import pay\nclock.now()",
    "drops.management.commands.close": "from drops import tasks",
    "drops.judging.panel.client": "import openai",
    "drops.ranking": "from drops.ranking.field import Field",
    "drops.ranking.field": "import math",
    "clorp": "",
    "clorp.urls": "from drops import pages\nfrom clorp.site.health import readyz",
    "clorp.site.health": "from core import clock",
    "clorp.dev": "",
    "clorp.dev.up": "from clorp.dev.say import say",
    "clorp.dev.say": "",
}

BREACHES = [
    ("arrows_that_point_up", "accounts.models", "from wallet.models import Account"),
    ("arrows_that_point_up", "wallet.books.ledger", "import drops.models"),
    ("arrows_that_point_up", "wallet.books.ledger", "def late():\n    from drops.contest import state"),
    ("arrows_that_point_up", "drops.pages", "from clorp import urls"),
    ("arrows_that_point_up", "core.errors", "from accounts.models import User"),
    ("arrows_inside_a_room", "drops.models", "from drops.contest import state"),
    ("arrows_inside_a_room", "drops.contest.state", "from drops.tasks import close_windows"),
    ("arrows_inside_a_room", "drops.pages", "from drops import tasks"),
    ("arrows_inside_a_room", "drops.tasks", "from drops.pages import page"),
    ("arrows_between_folders", "core.live.hub", "from core.api.limits import spend"),
    ("arrows_between_folders", "core.api.limits", "def late():\n    from core.live import hub"),
    ("arrows_between_folders", "core.http", "from core.db import tally"),
    ("arrows_between_folders", "core.db.tally", "import core.api.limits"),
    ("arrows_between_folders", "clorp.site.health", "from clorp import urls"),
    ("arrows_between_folders", "clorp.dev.up", "from clorp.site import health"),
    ("site_that_imports_its_tools", "clorp.urls", "from clorp.dev.say import say"),
    ("site_that_imports_its_tools", "clorp.site.health", "from clorp import dev"),
    ("site_that_imports_its_tools", "drops.tasks", "def late():\n    import clorp.dev.up"),
    ("imports_in_a_circle", "core.clock", "from core import http"),
    ("imports_in_a_circle", "core.clock", "try:\n    from core import http\nexcept ImportError:\n    pass"),
    ("settings_that_know_a_room", "clorp.settings.base", "from drops.models import Drop"),
    ("settings_that_know_a_room", "clorp.settings", "from clorp import urls"),
    ("ranking_that_knows_us", "drops.ranking.field", "from drops.models import Drop"),
    ("ranking_that_knows_us", "drops.ranking.field", "from core import clock"),
    ("ranking_that_knows_us", "drops.ranking.field", "from django.utils import timezone"),
    ("strangers_who_write_status", "drops.pages", "drop.status = 'open'"),
    ("strangers_who_write_status", "drops.pages", "Drop.objects.filter(pk=1).update(status='open')"),
    ("strangers_who_write_status", "drops.contest.rules", "setattr(drop, 'status', 'open')"),
    ("strangers_who_write_status", "drops.tasks", "sql = 'UPDATE drops_drop SET status = 1'"),
    ("strangers_who_touch_the_ledger", "drops.contest.state", "account.balance -= 5"),
    ("strangers_who_touch_the_ledger", "drops.pages", "sql = 'insert into\\n ledger_transfer'"),
    (
        "strangers_who_touch_the_ledger",
        "drops.pages",
        "from wallet.models import Account as A\nA.objects.filter(pk=1).update(floor=0)",
    ),
    ("strangers_who_touch_the_ledger", "drops.pages", "from wallet.models import Transfer\nTransfer(amount=1).save()"),
    ("clocks_read_below_the_door", "drops.contest.state", "from core import clock\nclock.now()"),
    ("clocks_read_below_the_door", "core.errors", "from core import clock\nclock.now()"),
    ("clocks_read_below_the_door", "drops.pages", "from core.clock import now"),
    ("clocks_read_below_the_door", "drops.pages", "from django.utils import timezone\ntimezone.now()"),
    ("strangers_who_call_stripe", "wallet.books.ledger", "import stripe"),
    ("strangers_who_call_stripe", "wallet.books.ledger", "from stripe.checkout import Session"),
    ("strangers_who_call_models", "drops.contest.state", "def late():\n    import openai"),
    ("others_in_the_store_of_limits", "drops.pages", "from django.core.cache import cache"),
    ("others_in_the_store_of_limits", "drops.pages", "caches['default'].set('x', 1)"),
]


@pytest.fixture(scope="module")
def house() -> rules.House:
    return rules.read_house()


def parsed(sources: dict[str, str]) -> dict[str, ast.Module]:
    return {name: ast.parse(source) for name, source in sources.items()}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_this_house_keeps_the_rule(rule: Callable[..., list[str]], house: rules.House):
    assert rule(house) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_sound_house_is_not_accused(rule: Callable[..., list[str]]):
    assert rule(parsed(SOUND)) == []


@pytest.mark.parametrize(("rule", "module", "line"), BREACHES)
def test_a_breach_is_caught_where_it_stands(rule: str, module: str, line: str):
    faults = RULES[rule](parsed({**SOUND, module: f"{SOUND[module]}\n{line}"}))
    assert faults
    assert all(fault.startswith(f"{module}:") for fault in faults)


def test_the_house_that_is_read_is_the_whole_one(house: rules.House):
    assert {"core.errors", "accounts.models", "wallet.books.ledger", "drops.contest.state", "drops.ranking"} <= set(
        house
    )


def test_the_command_line_and_the_site_know_each_other_by_http_alone(house: rules.House):
    client = read_client()
    assert {"clorp_cli.main", "clorp_cli.commands.browsing"} <= set(client)
    assert arrows_across_the_wire({**house, **client}) == []
    assert rules.imports_in_a_circle(client) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("clorp_cli.site", "from core.errors import Refused"),
        ("clorp_cli.site", "def late():\n    import drops.packs"),
        ("clorp_cli.site", "from django.conf import settings"),
        ("drops.contest.rules", "from clorp_cli import text"),
    ],
)
def test_an_import_across_the_wire_is_named(module: str, line: str):
    (fault,) = arrows_across_the_wire({module: ast.parse(line)})
    assert fault.startswith(f"{module}:")


FILES = [*limits.python_files(), *limits.template_files()]


@pytest.mark.parametrize("limit", limits.LIMITS, ids=lambda limit: limit.__name__)
def test_what_one_reads_at_once_stays_small(limit: Callable[[Path, str], list[str]]):
    assert [fault for path in FILES for fault in limit(path, path.read_text())] == []


@pytest.mark.parametrize(
    ("limit", "name", "text"),
    [
        (limits.long_files, "drops/rules.py", "x = 1\n" * 301),
        (limits.long_functions, "drops/rules.py", "class A:\n    def f(self):\n" + "        x = 1\n" * 45),
        (limits.long_template_lines, "templates/base.html", "a" * 121),
    ],
)
def test_what_grew_too_long_is_named(limit: Callable[[Path, str], list[str]], name: str, text: str):
    assert limit(Path(name), text) != []
    assert limit(Path(name), text[: len(text) // 2]) == []
