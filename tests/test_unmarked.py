"""Every sentence of the code that people read is marked to be translated."""

from __future__ import annotations

import ast

import pytest

from tests import house
from tests.house_client import read_client
from tests.unmarked import marks_on_what_is_no_literal, said_at_import, told_in_whose_language, unmarked_sentences

# Modules whose words stay English, and why. What is refused in them is marked all the same, where it is one sentence.
ENGLISH = {
    "core.api.answers": "the reference of the API, which is one document",
    "core.api.examples": "the same",
    "core.api.schema": "the same",
    "accounts.api.webhook_messages": "the same",
    "accounts.api.message_stream": "the same",
    "accounts.api.auth": "the same, and headers of HTTP",
    "core.broker": "a fault of the machine, in a log",
    "core.live.pubsub": "the same",
    "core.pulses": "what figures mean, for Prometheus",
    "clorp.pooler": "a fault of the machine, in a log",
    "accounts.push.names": "names of products",
    "accounts.oauth.strict": "what a program is told, in OAuth's protocol",
    "accounts.entrance": "keys under which attempts are counted",
    "wallet.books.ledger": "an entry of the books that contradicts another, in a log",
    "wallet.books.debts": "the same",
    "wallet.books.invariant_queries": "what operators read of the books, by command and in a log",
    "wallet.books.provenance_queries": "the same",
    "drops.invariants": "the same",
    "wallet.metrics": "what operators read of the site's figures",
    "drops.metrics": "the same",
    "clorp.site.health": "the same",
    "wallet.gateway": "what Stripe and a bank are told, and what Stripe answered, in a log",
    "wallet.money_in.evidence": "what a bank is told in a dispute",
    "drops.contest.evidence": "the same",
    "wallet.models.triggers": "what the database says where our code is wrong",
    "drops.api.log_stream": "the reference of the API",
    "drops.api.board_stream": "the same",
    "accounts.oauth.clients": "what OAuth tells a program, in ASCII",
    "accounts.oauth.mending": "the same",
    "accounts.oauth.questions": "the same",
    "clorp.mcp": "what models read, whose language is the protocol's",
    "clorp.site.security_txt": "a file for programs",
    "drops.judging.linked": "a reason in the log of a judging",
    "clorp.site.programs": "cards and indexes for programs",
    "drops.sandbox.rule": "the task and the rule of a sandbox drop, by which it is graded",
    "drops.api.sandbox_json": "its log",
    "drops.ranking": "the protocol with judges, and its log, which is computed again bit for bit",
    "drops.api.entry_json": "a line of that log, with what stands before it",
    "drops.judging.panel.client": "what a model's server answered, in that log",
    "drops.judging.panel.bounded_http": "the same",
    "drops.judging.panel.report": "the same",
    "drops.judging.panel.run": "the same",
    "drops.appeals.log_lines": "the same",
    "drops.judging.recompute": "the same",
    "drops.judging.rounds": "the same",
    "drops.judging.snapshots": "the same",
    "drops.judging.steps": "the same",
    "drops.models.rounds": "the same",
    "drops.moderation.people": "a reason in that log",
    "drops.desk.reasons": "reasons in the audit that nobody typed",
    "drops.demo": "what made-up people wrote",
    "clorp.site.design": "the page of building blocks, for developers",
    "clorp.site.sitemap": "what search engines read",
    "clorp.dev": "what developers read",
    "clorp.settings": "what operators read before anything runs",
    **dict.fromkeys(
        (f"{room}.management" for room in ("core", "accounts", "wallet", "drops")), "what operators read of a command"
    ),
}
BAD = [
    'raise Refused("This drop is over.")',
    'raise Refused(f"This drop is over since {days} days.")',
    'notify([user], text="Your prize is here.")',
    'class Full(Refused):\n    message = "Full."',
    'forms.CharField(label="Title")',
    'models.CharField(help_text="cents")',
    'class Meta:\n    verbose_name = "entry"',
    'class Status(models.TextChoices):\n    OPEN = "open", "open"',
    'messages.info(request, "Turned on again.")',
    'return f"{count} entries stayed as they are."',
    'WORDS = {"job": "Prize put into escrow"}',
]
GOOD = [
    '"""This tells what it does."""',
    'raise Refused(_("This drop is over."))',
    'raise Refused(_("Over since {days} days.").format(days=days))',
    'format_lazy(_("Your prize is here."))',
    'raise ValueError("A drop needs a sender.")',
    'raise NotImplementedError("Files have no addresses.")',
    'log.info("A drop was closed.")',
    'cursor.execute("SELECT id FROM drops_drop")',
    'def find() -> "Drop of mine": ...',
    'href = f"/drops/{drop.pk}"',
    'class Status(models.TextChoices):\n    OPEN = "open", _("open")',
]


@pytest.fixture(scope="module")
def rooms():
    return house.read_house()


@pytest.fixture(scope="module")
def client():
    """The command line, whose unmarked words are found by `clorp.dev.cli_words`."""
    return read_client()


def test_whatever_people_read_is_marked(rooms):
    faults = unmarked_sentences(rooms, leaving_out=ENGLISH)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", ENGLISH)
def test_what_stays_english_is_there_and_says_something(rooms, name):
    mine = {module: tree for module, tree in rooms.items() if module == name or module.startswith(f"{name}.")}
    assert unmarked_sentences(mine, leaving_out={})


@pytest.mark.parametrize("line", BAD)
def test_an_unmarked_sentence_is_found(line):
    assert unmarked_sentences({"drops.somewhere": ast.parse(line)}, leaving_out={})


@pytest.mark.parametrize("line", GOOD)
def test_what_is_marked_or_read_by_nobody_is_left_alone(line):
    assert not unmarked_sentences({"drops.somewhere": ast.parse(line)}, leaving_out={})


def test_the_reference_of_the_api_is_left_alone_and_its_refusals_are_not():
    tree = ast.parse('Text(help_text="What it is about.")\nraise Invalid({"body": "This is no text."})')
    assert len(unmarked_sentences({"drops.api.somewhere": tree}, leaving_out={})) == 1


def test_what_is_looked_up_is_as_it_was_written(rooms, client):
    assert marks_on_what_is_no_literal({**rooms, **client}) == []


@pytest.mark.parametrize("line", ['_(f"{name} is over.")', '_("Over: " + name)', 'gettext("{} is over.".format(name))'])
def test_a_sentence_that_is_filled_before_it_is_looked_up_is_found(line):
    assert marks_on_what_is_no_literal({"drops.somewhere": ast.parse(line)})


@pytest.mark.parametrize("line", ['_("Over.")', "gettext(self.words)", 'ngettext("{n} day", "{n} days", len(days))'])
def test_a_sentence_as_it_was_written_is_left_alone(line):
    assert not marks_on_what_is_no_literal({"drops.somewhere": ast.parse(line)})


IMPORTS = "from django.utils.translation import gettext as _, gettext_lazy\n"


def test_whoever_is_told_reads_their_own_language(rooms):
    assert told_in_whose_language(rooms) == []


@pytest.mark.parametrize(
    "lines",
    [
        'def win():\n    notify([user], text=_("You won."))',
        'def win():\n    text = _("You won {prize}.").format(prize=prize)\n    tell([user], drop, text=text)',
        'def win():\n    text = gettext_lazy("You won.")\n    text += _("It is yours.")\n    _tell_winner(text)',
        "def win():\n    net = format_cents(5)\n    text = format_lazy(WON, net=net)\n    tell([user], text=text)",
        "def net():\n    return money.format_cents(5)\ndef win():\n    tell([user], text=format_lazy(WON, net=net()))",
    ],
)
def test_a_sentence_that_is_said_too_early_is_found(lines):
    assert told_in_whose_language({"drops.somewhere": ast.parse(IMPORTS + lines)})


def test_one_that_waits_for_its_reader_is_left_alone():
    lines = 'def win():\n    tell([user], text=gettext_lazy("You won."))\n    return _("Won.")'
    assert not told_in_whose_language({"drops.somewhere": ast.parse(IMPORTS + lines)})


def test_no_class_or_module_speaks_the_language_of_its_process(rooms, client):
    assert said_at_import({**rooms, **client}) == []


@pytest.mark.parametrize("line", ['class Late(Refused):\n    message = _("Too late.")', 'WORDS = {"job": _("Prize")}'])
def test_a_sentence_that_is_said_at_import_is_found(line):
    assert said_at_import({"drops.somewhere": ast.parse(IMPORTS + line)})
    assert said_at_import({"clorp_cli.somewhere": ast.parse(f"from clorp_cli.words import gettext as _\n{line}")})


def test_what_a_class_or_a_module_says_later_is_left_alone():
    lines = 'LATE = gettext_lazy("Too late.")\nclass Late:\n    def why(self):\n        return _("Too late.")'
    assert not said_at_import({"drops.somewhere": ast.parse(IMPORTS + lines)})
