"""Words that gettext would never see are found, wherever a template or a script may hold them."""

import re

import pytest

from clorp.dev import cli_words, unmarked
from clorp.dev.environment import ROOT

SAID = [
    "<p>Nobody submitted.</p>",
    "<p>{{ count }} entries</p>",
    "<p>{% if full %}Full{% endif %}</p>",
    '<p title="Time left"></p>',
    '<p title="{{ count }} left"></p>',
    '<p data-said="It is over."></p>',
    '<input type="submit" value="Send">',
    '<meta name="description" content="A contest.">',
    '<meta property="og:image:alt" content="Grade {{ grade }}">',
    '{% icon "timer" "Time left" %}',
    '{% emptystate "inbox" "Nothing here" %}{% endemptystate %}',
    '{% dialog "ask" _("Ask") "Do it?" "danger slim" %}{% enddialog %}',
    '{% include "drops/winning_work.html" with heading="The work" %}',
    '{{ work|default:"Nothing" }}',
    "{{ count }}{{ count|pluralize }}",
    '{{ count|pluralize:"y,ies" }}',
    "{% blocktranslate %}Marked{% endblocktranslate %} and not",
]
SILENT = [
    '<p>{% translate "Nobody submitted." %}</p>',
    "<p>{% blocktranslate count n=n %}One{% plural %}{{ n }}{% endblocktranslate %}</p>",
    '<p class="card stack" id="now" data-live="/drops/1" data-phase="open">· 12:30 UTC, S</p>',
    '<script>const words = "Nobody reads this.";</script><code>manage.py judge_check</code>',
    "{% block main_shape %} narrow{% endblock %}",
    '<h{{ level }}{% if done %} class="done"{% endif %}>{{ words }}</h{{ level }}>',
    '{{ moment|date:"F Y" }} {{ names|join:" and " }} {# Only we read this. #}',
    '{% dialog "ask" _("Ask") _("Do it?") "danger slim" %}{% enddialog %}',
    '{% dialog "ask-"|add:name opener title "danger slim" %}{% enddialog %}',
    '{% if about == "grades" %}{% url "drop" drop.pk as drop_url %}{% endif %}',
    "<p>clorp · AGPL-3.0</p><!-- Only we read this. -->",
]
SAID_BY_SCRIPTS = [
    'say("Not saved, we try again.");',
    "say(`Saved ${time}`);",
    'button.lastChild.textContent = " Copied";',
    'make("button", { textContent: "remove" });',
    'count.textContent = `${words} ${words === 1 ? "word" : "words"}`;',
    "row.ariaLabel = `${name} sent`;",
    'fail("Did not get through.");',
]
SILENT_SCRIPTS = [
    'form.querySelector("a, button, [data-turn-next] .card");',
    'make("ul", { className: "stack tight small" });',
    'request.setRequestHeader("Idempotency-Key", key);',
    'if (event.key === "ArrowRight") turn();',
    'line.textContent = line.dataset.saved.replace("{time}", time);',
    'element.title = `${element.dateTime.replace("T", " ")} UTC`;',
    "// Says aloud what has changed.",
    'throw new Error("The server did not say the time.");',
]


@pytest.mark.parametrize("source", SAID)
def test_words_of_a_template_are_found(source):
    assert unmarked.unmarked_in_template(source)


@pytest.mark.parametrize("source", SILENT)
def test_what_is_marked_or_no_words_is_let_alone(source):
    assert unmarked.unmarked_in_template(source) == []


def test_a_fault_is_told_by_its_line():
    source = (
        '{% blocktranslate %}\nHello\n{% endblocktranslate %}\n<p>\n  Not this\n</p>\n<p\n  title="Nor this"></p>\n'
    )
    assert unmarked.unmarked_in_template(source) == [(5, "Not this"), (7, 'title="Nor this"')]


def test_a_mail_of_plain_text_is_read_line_by_line():
    source = "{% load i18n %}{% translate 'Hello' %}\nBye {{ name }}\n-- <clorp>\n"
    assert unmarked.unmarked_in_template(source, is_page=False) == [(2, "Bye")]


@pytest.mark.parametrize("source", SAID_BY_SCRIPTS)
def test_words_of_a_script_are_found(source):
    assert unmarked.unmarked_in_script(source)


@pytest.mark.parametrize("source", SILENT_SCRIPTS)
def test_a_script_that_takes_its_words_from_the_page_is_let_alone(source):
    assert unmarked.unmarked_in_script(source) == []


def test_no_template_and_no_script_of_ours_says_anything_unmarked():
    assert len(unmarked.templates()) > 100 and len(unmarked.scripts()) > 20
    assert list(unmarked.all_faults()) == []


def test_every_word_that_a_script_shows_is_given_by_a_template():
    given = [
        path.read_text()
        for path in (*(ROOT / "templates").rglob("*.html"), ROOT / "core/page_tags.py", ROOT / "core/forms.py")
    ]
    names = set(re.findall(r"\bdata-([a-z-]+)", "".join(given)))
    scripts = "".join(path.read_text() for path in unmarked.scripts())
    asked = set(re.findall(r"\b(?:dataset|words)\.(\w+)", scripts))
    kept = set(re.findall(r"\bdataset\.(\w+) (?:\?\?)?= ", scripts))
    assert len(asked) > 50
    assert {re.sub("[A-Z]", lambda sign: f"-{sign[0].lower()}", name) for name in asked - kept} <= names


@pytest.mark.parametrize(
    "source",
    [
        'app.out.note("Seat given up.")',
        'raise Failure(f"{site} is away for now.", Exit.AWAY)',
        'words = "under way"',
        'def help():\n    """Fine."""\n    return "Not so fine."',
    ],
)
def test_a_sentence_of_the_command_line_that_nobody_marked_is_found(source):
    assert cli_words.unmarked_in_code(source)


@pytest.mark.parametrize(
    "source",
    [
        'app.out.note(_("Seat given up."))',
        'ngettext("{count} seat free", "{count} seats free", count)',
        'STATES = {"held": marked("on hold")}',
        '@command()\ndef claim(app):\n    """Take a seat."""',
        'option("--seats", help="With a free seat.", metavar="SO MANY")',
        'lines = [f"  clorp wait {name}"]',
        'headers = {"Accept": "application/json, text/event-stream"}',
    ],
)
def test_what_the_command_line_marks_or_types_is_left_alone(source):
    assert cli_words.unmarked_in_code(source) == []


def test_the_command_line_says_nothing_unmarked():
    assert len(cli_words.code()) > 30
    assert list(cli_words.all_faults()) == []
    assert cli_words.FOR_PROGRAMS.keys() <= {path.name for path in cli_words.code()}
