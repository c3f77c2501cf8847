"""Parts of a template that say the same to everybody are made once; parts about a reader never are."""

import copy
import re
from typing import NamedTuple

import pytest
from django.template import Context, Engine, TemplateSyntaxError
from django.test import Client
from django.urls import set_script_prefix
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override

from core import clock
from core.fixed_parts import KEPT_MAX, FixedPart, OncePer
from tests.play import make_user, open_drop

OWN_EACH_TIME = re.compile(r'(?<=csrfmiddlewaretoken" value=")[^"]*|(?<=token" value=")[^"]*|(?<=data-countdown>)[^<]*')
DJANGOS = "django.template.loaders.cached.Loader"


def read(source):
    page = ("django.template.loaders.locmem.Loader", {"page": f"{{% load i18n static %}}{source}"})
    libraries = {name: f"django.templatetags.{name}" for name in ("i18n", "static")}
    engine = Engine(
        loaders=[("core.fixed_parts.Loader", [page])],
        libraries=libraries,
        builtins=["core.page_tags", "core.fixed_parts"],
    )
    return engine.get_template("page")


def say(template, *, autoescape=True, **values):
    return template.render(Context(values, autoescape=autoescape))


def is_one_part(template):
    return [type(node) for node in template.nodelist] == [FixedPart]


@pytest.mark.parametrize(
    "source",
    [
        "<p>{% translate 'Board' %}</p>",
        "{% translate 'Open' context 'status' %}",
        "{% blocktranslate trimmed %}\n Every seat\n{% endblocktranslate %}",
        "<a href='{% url 'board' %}'>{% icon 'bell' _('Board') %}</a>",
        "{% static 'icon.svg' %}{# nothing #}",
    ],
)
def test_what_names_no_value_of_the_page_is_one_part(source):
    template = read(source)
    assert is_one_part(template)
    assert say(template) == say(template) == read(source + "{{ no }}").render(Context())


def test_readers_of_each_language_have_their_own():
    template = read("{% translate 'Leaderboard' %}")
    outcomes = []
    for language in ("en", "de", "en", "de"):
        with override(language):
            outcomes.append(say(template))
    assert outcomes == ["Leaderboard", "Rangliste"] * 2


@pytest.mark.parametrize(
    ("source", "outcomes"),
    [
        ("{% translate word %}", ["a", "b"]),
        ("{{ word }}", ["a", "b"]),
        ("{% blocktranslate %}to {{ word }}{% endblocktranslate %}", ["to a", "to b"]),
        ("{% blocktranslate with w=word %}to {{ w }}{% endblocktranslate %}", ["to a", "to b"]),
        ("{% url 'help' word %}", ["/help/a", "/help/b"]),
        ("{% if word == 'a' %}{% translate 'Yes' %}{% else %}{% translate 'No' %}{% endif %}", ["Yes", "No"]),
        ("{% for each in word %}{% translate 'Yes' %}{{ each }}{% endfor %}", ["Yesa", "Yesb"]),
    ],
)
def test_a_value_of_the_page_is_never_kept(source, outcomes):
    template = read(source)
    assert [say(template, word=word) for word in ("a", "b")] == outcomes


def test_a_name_that_depends_on_the_page_is_resolved_there():
    assert not is_one_part(read("{% url 'admin:index' %}"))


def test_what_is_put_aside_is_there_for_the_rest_of_the_page():
    assert say(read("{% url 'board' as at %}{% translate 'Yes' as yes %}{{ at }} {{ yes }}")) == "/board Yes"


def test_where_the_site_is_mounted_is_part_of_an_address():
    template = read("{% url 'board' %}")
    at_root = say(template)
    set_script_prefix("/below/")
    try:
        assert (at_root, say(template)) == ("/board", "/below/board")
    finally:
        set_script_prefix("/")


WORDS = "{% onceper word=given %}{% translate 'Yes' %} {{ word }} {{ user }}{% csrf_token %}{% endonceper %}"


def test_what_is_made_of_a_value_is_made_once_for_each():
    template = read(WORDS)
    asked = ["a", "b", "a", "b", 1, True, 1.0, mark_safe("<b>"), "<b>", None]
    outcomes = [say(template, given=value, user="Ada", csrf_token="secret") for value in asked]
    ends = ["a", "b", "a", "b", "1", "True", "1.0", "<b>", "&lt;b&gt;", "None"]
    assert outcomes == [f"Yes {end} " for end in ends]


def test_a_part_is_another_in_each_language_also_where_its_value_waits_for_the_reader():
    template, later = read(WORDS), gettext_lazy("Leaderboard")
    outcomes = []
    for language in ("en", "de", "en"):
        with override(language):
            outcomes.append(say(template, given=later))
    assert outcomes == ["Yes Leaderboard ", "Ja Rangliste ", "Yes Leaderboard "]


def test_a_part_is_made_anew_only_for_new_values():
    template, asked = read("{% onceper f=given %}{{ f.words }}{% endonceper %}"), []

    class Given(NamedTuple):
        number: int

        @property
        def words(self):
            asked.append(self.number)
            return self.number

    assert [say(template, given=Given(number)) for number in (1, 1, 2, 1)] == ["1", "1", "2", "1"]
    assert asked == [1, 2]


def test_not_all_that_was_ever_made_is_kept():
    template = read("{% onceper word=given %}{{ word }}{% endonceper %}")
    for number in range(KEPT_MAX + 5):
        assert say(template, given=number) == str(number)
    [part] = [node for node in template.nodelist if isinstance(node, OncePer)]
    assert len(part.kept) <= KEPT_MAX


@pytest.mark.parametrize("source", ["{% onceper %}{% endonceper %}", "{% onceper word %}{% endonceper %}"])
def test_a_part_names_its_values(source):
    with pytest.raises(TemplateSyntaxError, match="values with names"):
        read(source)


@pytest.fixture
def with_djangos_loader(settings):
    """Turn back to templates whose every tag is asked each time."""

    def turn() -> None:
        templates = copy.deepcopy(settings.TEMPLATES)
        templates[0]["OPTIONS"]["loaders"] = [(DJANGOS, templates[0]["OPTIONS"]["loaders"][0][1])]
        settings.TEMPLATES = templates

    return turn


def pages_of(drop, people):
    for person in (None, *people):
        client = Client()
        if person is not None:
            client.force_login(person)
        for path in ("/", "/board", "/gallery", "/new", "/wallet", drop.get_absolute_url(), "/me/drops", "/nowhere"):
            response = client.get(path, headers={"accept-language": "en"})
            yield response.status_code, OWN_EACH_TIME.sub("", response.content.decode())


def test_everybody_reads_what_they_read_with_djangos_own_loader(sender, agent, monkeypatch, with_djangos_loader):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    people = [sender, agent, make_user("german", language="de")]
    drop = open_drop(sender, now=now)
    # The second time from what was kept.
    first, second = list(pages_of(drop, people)), list(pages_of(drop, people))
    with_djangos_loader()
    assert first == second == list(pages_of(drop, people))
