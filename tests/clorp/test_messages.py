"""Each language says all that is marked, as it is marked, and the site reads what the catalogue says."""

import ast
import gettext
import re
from pathlib import Path

import django
import pytest
from django.conf import settings

from clorp.dev.catalogue_faults import catalogue_faults, said_by
from clorp.dev.environment import ROOT
from clorp.dev.messages import (
    BOOKS,
    CLI_LOCALE,
    LOCALE,
    Message,
    calls_in_text,
    calls_in_tree,
    compiled,
    marked_in_command_line,
    marked_messages,
    read_catalogue,
    update,
)

DE, DE_CLI = Path("de/LC_MESSAGES/django.po"), Path("de/LC_MESSAGES/clorp.po")
SEATS = (None, "{count} seat")


def catalogue(tmp_path, text):
    """Write a German catalogue and what the site reads of it."""
    path = tmp_path / "de" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    head = (
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )
    path.write_text(head + text)
    path.with_suffix(".mo").write_bytes(compiled(path))
    return path


def faults_in(tmp_path, text, **marked):
    return catalogue_faults(catalogue(tmp_path, text), {(None, key): Message() for key in marked.values()})


@pytest.fixture(scope="module")
def marked():
    return marked_messages()


@pytest.fixture(scope="module")
def marked_in_cli():
    return marked_in_command_line()


LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_all_that_is_marked(language, marked, marked_in_cli):
    """If this fails: `./run messages`, translate what it names, and run it again (docs/translating.md)."""
    assert catalogue_faults(LOCALE / language / "LC_MESSAGES" / "django.po", marked) == []
    assert catalogue_faults(CLI_LOCALE / language / "LC_MESSAGES" / "clorp.po", marked_in_cli) == []


# A word that stands alone and means something else than in the list of words.
NOT_IN_THE_LIST = {"judge": "who judges: a person, a panel or the staff"}


def test_a_word_that_stands_alone_is_said_as_the_list_of_words_has_it():
    """As on a card that called a prize what is called a price everywhere else."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|", (ROOT / "docs" / "translating.md").read_text(), re.MULTILINE)
    bare = [(row.split(", "), re.sub(r"\b(der|die|das) ", "", german.lower()).split(", ")) for row, german in rows]
    listed = {term: words for terms, words in bare for term in terms}
    every = [*said_by(read_catalogue(LOCALE / DE)).items(), *said_by(read_catalogue(CLI_LOCALE / DE_CLI)).items()]
    alone = [(str(text).lower(), str(forms[0])) for (_, text), forms in every]
    faults = {term: form for term, form in alone if term in listed and form.lower() not in listed[term]}
    assert faults.keys() == NOT_IN_THE_LIST.keys(), faults


def test_every_catalogue_is_a_language_of_the_site():
    for path in BOOKS:
        assert {each.parts[-3] for each in path.glob("*/LC_MESSAGES/*.po")} == set(LANGUAGES)


# Of Django's own words, those that ours may say otherwise: kinder sentences, and a word that no form shows here.
OURS_ON_PURPOSE = {
    "Clear",
    "No file was submitted. Check the encoding type on the form.",
    "Please either submit a file or check the clear checkbox, not both.",
}


def words_of(path):
    with path.open("rb") as file:
        return vars(gettext.GNUTranslations(file))["_catalog"]


def test_no_word_of_ours_changes_one_of_djangos():
    """A word that Django says too, as the month May, needs a context (`pgettext`): one catalogue covers the other."""
    ours = words_of(LOCALE / "de/LC_MESSAGES/django.mo")
    theirs = words_of(Path(django.__file__).parent / "conf/locale/de/LC_MESSAGES/django.mo")
    covered = {word for word, form in theirs.items() if word and ours.get(word, form) != form}
    assert covered - OURS_ON_PURPOSE == set()


def test_the_marks_are_found_in_code_templates_and_plurals(marked):
    assert (None, "Claim a seat") in marked
    assert marked[None, "{count} day"].plural == "{count} days"
    assert ("a moment", "{day}, {time}") in marked


def test_of_the_command_line_marks_are_found_and_all_that_click_shows(marked_in_cli):
    in_code, borrowed = [(None, "Seat {seat} is yours."), (None, "unpaid"), ("time", "LEFT")], [(None, "Usage:")]
    helps = [(None, "Take a seat."), (None, "With a free seat."), (None, "[METHOD] PATH"), (None, "[ALERT_ID]")]
    assert {*in_code, *borrowed, *helps} <= marked_in_cli.keys()
    # A paragraph of help is one message, however its lines are cut.
    assert any(words.startswith("Killed on the way") and "\n" not in words for _, words in marked_in_cli)
    assert not any("clorp claim ID &&" in words for _, words in marked_in_cli)


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ("not translated", 'msgid "Pay {sum}"\nmsgstr ""\n'),
        ("other gaps", 'msgid "Pay {sum}"\nmsgstr "Bezahl {summe}"\n'),
        ("other gaps", 'msgid "Pay {sum}"\nmsgstr "Bezahl"\n'),
        ("other edges", 'msgid "Pay {sum}"\nmsgstr "Bezahl {sum} "\n'),
        ("other edges", 'msgid "Pay {sum}"\nmsgstr " Bezahl {sum}"\n'),
        ("other markup", 'msgid "Pay {sum}"\nmsgstr "<b>Bezahl {sum}"\n'),
        ("fuzzy", '#, fuzzy\nmsgid "Pay {sum}"\nmsgstr "Bezahl {sum}"\n'),
        ("missing", ""),
        ("not marked", 'msgid "Pay {sum}"\nmsgstr "Bezahl {sum}"\n\nmsgid "Old"\nmsgstr "Alt"\n'),
        ("left over", 'msgid "Pay {sum}"\nmsgstr "Bezahl {sum}"\n\n#~ msgid "Old"\n#~ msgstr "Alt"\n'),
    ],
)
def test_what_is_wrong_with_a_catalogue_is_told(tmp_path, fault, text):
    assert any(told.startswith(fault) for told in faults_in(tmp_path, text, only="Pay {sum}"))


def test_a_sentence_left_in_english_is_told(tmp_path):
    text = 'msgid "Nobody is at work here"\nmsgstr "Nobody is at work here"\n'
    assert faults_in(tmp_path, text, only="Nobody is at work here")


@pytest.mark.parametrize(
    ("forms", "is_right"),
    [(("Ein Sitz", "{count} Sitze"), True), (("Ein Sitz", "Sitze"), False), (("Ein Sitz",), False)],
)
def test_every_plural_is_there_and_one_may_be_said_without_its_number(tmp_path, forms, is_right):
    lines = "".join(f'msgstr[{number}] "{form}"\n' for number, form in enumerate(forms))
    path = catalogue(tmp_path, f'msgid "{{count}} seat"\nmsgid_plural "{{count}} seats"\n{lines}')
    assert (catalogue_faults(path, {SEATS: Message(plural="{count} seats")}) == []) is is_right


def test_a_catalogue_that_the_site_reads_otherwise_is_told(tmp_path):
    path = catalogue(tmp_path, 'msgid "Pay"\nmsgstr "Bezahlen"\n')
    path.write_text(path.read_text().replace("Bezahlen", "Zahlen"))
    assert "django.mo says something else" in catalogue_faults(path, {(None, "Pay"): Message()})[0]


def test_bringing_it_up_to_date_keeps_what_is_said_and_drops_what_is_not_marked(tmp_path):
    path = catalogue(tmp_path, 'msgid "Pay"\nmsgstr "Bezahlen"\n\nmsgid "Old"\nmsgstr "Alt"\n')
    update(path, {(None, "Pay"): Message(places=["a.py"]), (None, "New"): Message(places=["b.py"])})
    text = path.read_text()
    assert 'msgstr "Bezahlen"' in text and 'msgid "New"\nmsgstr ""' in text and "Old" not in text


def test_marks_are_read_whatever_they_are_called():
    tree = ast.parse('_("A")\nngettext_lazy("B", "Bs", n)\npgettext("c", "C")\ngettext_noop("D")\nmarked("E")\n_(name)')
    assert [name for name, _ in calls_in_tree(tree)] == ["gettext", "ngettext", "pgettext", "gettext", "gettext"]
    assert [*calls_in_text(""" gettext(u'It\\'s on') X ngettext(u"{a} b", u'{a} bs', n)""")] == [
        ("gettext", ["It's on"]),
        ("ngettext", ["{a} b", "{a} bs"]),
    ]
