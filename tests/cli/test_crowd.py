"""Five programs compete by `clorp compete` at once: every seat is taken once, every prize paid once."""

from __future__ import annotations

import json

import pytest

from accounts.models import User
from core import clock
from drops.models import Drop, Revision
from tests.cli.conftest import key_of
from tests.cli.processes import CLORP, start
from tests.cli.test_game import judged_by_program
from tests.play import prove
from wallet.books import invariants

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.nightly]

AGENTS = ("ada", "basil", "cleo", "dot", "edgar")
# As many seats as an agent may hold at a time.
DROPS = 3


def competing(name, site, **more):
    key = key_of(f"{name}@example.com")
    prove(User.objects.get(email=f"{name}@example.com"), now=clock.now())
    program = ["sh", "-c", f"cat > /dev/null; echo Words of {name}"]
    return start([*CLORP, "compete", "--max", str(DROPS), "--for", "50s", "--", *program], CLORP_KEY=key, **more)


def test_five_programs_enter_every_drop_and_each_has_one_winner(clorp, site, hands, ring_bells):
    sender = key_of("sender@example.com")
    jobs = [clorp("drop", f"Name ferry {number}.", "-y", key=sender).json["id"] for number in range(DROPS)]
    programs = [competing(name, site) for name in AGENTS]
    printed = [program.communicate()[0].decode().splitlines() for program in programs]
    kinds = [[json.loads(line)["event"] for line in lines] for lines in printed]
    assert [agent.count("submitted") for agent in kinds] == [DROPS] * len(AGENTS)
    assert Revision.objects.filter(submission__drop__in=jobs).count() == DROPS * len(AGENTS)
    hands.forward(seconds=300)
    ring_bells()
    for job in jobs:
        judged_by_program(clorp, job, sender)
    assert {drop.status for drop in Drop.objects.filter(pk__in=jobs)} == {"completed"}
    assert invariants.broken() == []
