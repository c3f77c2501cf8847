"""The command line speaks the language of whoever runs it, and English to programs."""

from __future__ import annotations

import re
import subprocess

import pytest
from babel.messages.mofile import write_mo

from clorp.dev import unmarked
from clorp.dev.messages import CLI_LOCALE, marked_in_command_line, read_catalogue
from clorp_cli import amounts, words
from tests.cli.conftest import key_of
from tests.cli.processes import CLORP, surroundings
from tests.cli.test_help import NAMES, PATHS
from tests.pseudo_locale import OPEN, SHUT, outside_brackets

DE = CLI_LOCALE / "de" / "LC_MESSAGES" / "clorp.po"
PSEUDO = "qps"
# As it is typed: options, choices and bounds, what stood on the command line, and commands that are shown.
TYPED = re.compile(r"(?<!\w)--?[a-z][\w-]*|'[^']*'|\[\S*\|\S*\]|\[x>=1\]|clorp [a-z]+( [a-z]+)*( ID.*)?")
WRONG = [
    ["nothing"],
    ["bord"],
    ["claim"],
    ["claim", "x", "more"],
    ["claim", "../wallet"],
    ["claim", "3f2a9c1d"],
    ["board", "--nothing"],
    ["board", "--packs", "x"],
    ["board", "--pack", "x"],
    ["board", "--limit"],
    ["board", "--limit", "x"],
    ["board", "--seats=1"],
    ["board", "--sort", "x"],
    ["drop", "x", "--price", "much"],
    ["drop", "x", "--window", "soon"],
    ["drop", "x", "-y"],
    ["api", "a", "b", "c"],
    ["api", "GET", "../x"],
    ["compete", "--max", "0", "--", "true"],
    ["compete", "--", "no-such-program"],
    ["completion"],
    ["login", "--with-key", "é"],
    ["alerts", "remove"],
]


@pytest.fixture(scope="module")
def pseudo(tmp_path_factory):
    """A language that puts brackets around whatever is marked, also around what click says."""
    catalogue = read_catalogue(DE)
    for (context, singular), message in marked_in_command_line().items():
        one, many = (f"{OPEN}{text}{SHUT}" for text in (singular, message.plural))
        catalogue.get(singular, context).string = one if message.plural is None else (one, many)
    path = tmp_path_factory.mktemp("locale") / PSEUDO / "LC_MESSAGES" / "clorp.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalogue)
    return path.parents[2]


@pytest.fixture
def speaks_pseudo(pseudo, monkeypatch):
    monkeypatch.setattr(words, "LOCALE", str(pseudo))
    monkeypatch.setenv("LANG", PSEUDO)


@pytest.fixture
def speaks_german(monkeypatch):
    monkeypatch.setenv("LANG", "de_DE.UTF-8")


def said_unmarked(text, *given):
    """Return the words that nobody marked, of all that somebody reads."""
    left = outside_brackets(re.sub(r"\x1b\[\d*m", "", text))[0]
    for pattern in (*given, TYPED):
        left = pattern.sub(" ", left)
    return set(re.findall(r"[^\W\d_]{2,}", unmarked.without_names(left))) - NAMES


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_the_help_of_every_command_is_marked(path, clorp, speaks_pseudo):
    text = clorp(*path, "--help", typed="").out
    assert OPEN in text and said_unmarked(text) == set()


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_whatever_is_wrong_is_told_in_marked_words(arguments, clorp, speaks_pseudo, monkeypatch):
    monkeypatch.setenv("SHELL", "/bin/sh")
    ran = clorp(*arguments, typed="")
    assert ran.code in {2, 3} and ran.out == ""
    assert OPEN in ran.err and said_unmarked(ran.err) == set()


# Addresses, paths, reasons of the ledger, ids and digests; units and names; what people wrote; rights by their codes.
DATA = re.compile(
    r"\S*[/@:_]\S*|\b[0-9a-f]{8}[0-9a-f-]*\b|\b(min|clorp-cli|Python|Ferry|My|ferry|entry\.md|command line|wild|key)\b"
    r"|\b(read|compete|send|wallet)\b"
)


@pytest.mark.django_db(transaction=True)
def test_whatever_is_shown_of_drops_and_money_is_marked(clorp, site, speaks_pseudo):
    key = key_of("ada@example.com")
    job = clorp("drop", "Ferry", "-y", key=key).json["id"]
    mine = clorp("sandbox", key=key).json["id"]
    shown = [
        ["board"],
        ["view", job],
        ["status", job],
        ["jobs"],
        ["claim", mine],
        ["status"],
        ["submit", mine, "-t", "Ferry"],
    ]
    shown += [["whoami"], ["wallet"], ["wallet", "ledger"], ["wallet", "withdrawals"], ["keys"], ["alerts"], ["agents"]]
    shown += [["cancel", job, "-y"], ["alerts", "add", "--pack", "wild"], ["alerts"], ["feed"], ["doctor"], ["sandbox"]]
    for arguments in shown:
        ran = clorp(*arguments, key=key, typed="")
        assert (ran.code, said_unmarked(ran.out + ran.err, DATA)) == (0, set()), arguments


def test_help_is_german_also_where_a_pager_reads_it(clorp, speaks_german):
    for path in ((), ("submit",), ("wallet", "topup")):
        assert clorp(*path, "--help").out == clorp(*path, "--help", typed="").out
    text = clorp("submit", "--help").out
    assert "Aufruf: clorp submit [OPTIONEN] DROP" in text and "-a, --attach DATEI" in text
    assert "Deinen Beitrag senden" in text and "Diese Hilfe zeigen." in text
    assert "Beauftragen:" in clorp().out


def test_a_shell_is_told_of_commands_in_german():
    env = surroundings(LANG="de_DE.UTF-8", _CLORP_COMPLETE="zsh_complete", COMP_WORDS="clorp cla", COMP_CWORD="1")
    ran = subprocess.run(CLORP, capture_output=True, text=True, env=env, check=True)  # noqa: S603
    assert ran.stdout.splitlines()[:2] == ["plain", "claim"] and "Einen Sitz nehmen." in ran.stdout


@pytest.mark.parametrize(
    ("surroundings", "language"),
    [
        ({}, "en"),
        ({"LANG": "de_AT.UTF-8"}, "de_AT"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "de"}, "de"),
        ({"LC_MESSAGES": "de", "LC_ALL": "en_GB"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "fr:de_DE"}, "de_DE"),
        # Nobody who likes English better is told in German, though of English there is no catalogue.
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "en_US:en:de"}, "en"),
        ({"LC_ALL": "C", "LANGUAGE": "de"}, "en"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "de"}, "de"),
        ({"LANGUAGE": "de"}, "de"),
    ],
)
def test_the_language_is_the_one_that_gettext_would_take(surroundings, language, monkeypatch):
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    assert words.own_language() == language


def test_what_programs_read_is_english_and_so_is_all_that_goes_with_it(clorp, speaks_german):
    for ran in (clorp("jobs"), clorp("jobs", "--json", typed="")):
        assert (ran.code, ran.json["next_step"]) == (3, "Sign in: clorp login")
        assert ran.json["error"].startswith("You aren't signed in at ") and ran.json["error"] in ran.err
    assert clorp("jobs", typed="").err.startswith("\x1b[31mDu bist bei ")


@pytest.mark.django_db(transaction=True)
def test_the_site_refuses_in_the_language_that_is_spoken(clorp, site, speaks_german):
    key = key_of("sender@example.com")
    job = clorp("drop", "Name my ferry.", "-y", key=key).json["id"]
    english = clorp("claim", job, key=key)
    assert english.json["code"] == "own_drop" and "own" in english.json["error"]
    german = clorp("claim", job, key=key, typed="")
    assert "dein eigener Drop" in german.err and "[own_drop]" in german.err
    shown = clorp("view", job, typed="").out
    assert "0 von 5 Sitzen belegt, 0 Beiträge" in shown and "5,00 $" in shown.replace("\xa0", " ")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("typed", "status"), [("j\n", "cancelled"), ("ja\n", "cancelled"), ("y\n", "cancelled")])
def test_a_question_takes_the_yes_of_its_language_and_the_english_one(clorp, site, speaks_german, typed, status):
    key = key_of("sender@example.com")
    job = clorp("drop", "Name my ferry.", "-y", key=key).json["id"]
    ran = clorp("cancel", job, key=key, typed=f"vielleicht\n{typed}")
    assert "abbrechen? " in ran.err and "[j/N]" in ran.err and "Antworte mit j oder n." in ran.err
    assert clorp("view", job, key=key).json["status"] == status


def test_sums_and_times_are_written_as_german_writes_them_and_read_in_either_way(speaks_german):
    words.speak(words.own_language())
    assert amounts.dollars(-123_456) == "-1.234,56\xa0$"
    assert amounts.clock_time(amounts.read_time("2020-05-03T12:00:00+00:00"))[:10] == "03.05.2020"
    sums = {amounts.DOLLARS.convert(text, None, None) for text in ("12.50", "12,50", "$12.50", "12,50 $", "12,50\xa0$")}
    assert sums == {1250}
