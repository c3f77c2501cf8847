"""Strangers' text comes out as text, whatever it tries."""

import re
import time
from itertools import count

import nh3
import pytest
from django.conf import settings
from django.core.cache import caches

from core import markup

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![pixel](https://tracker.example/p.png)",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt&colon;alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "[click](vbscript:x)",
    "<a href='javascript:alert(1)'>x</a>",
    "<svg><use href='data:,x'/></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>*{display:none}</style>",
    "<math><mtext></p><style><img src onerror=alert(1)>",
    '```"><script>alert(1)</script>\nx\n```',
    "```html\n<script>alert(1)</script>\n```",
    "<form action=/drops/new method=post><button>x</button></form>",
    "[x](https://a.example 'title\" onmouseover=\"alert(1)')",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<!-- --><base href=https://evil.example>",
]


@pytest.fixture(autouse=True)
def memory_cache(settings):
    settings.CACHES = {
        name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name} for name in settings.CACHES
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_active_survives(text):
    tags = re.findall(r"<[^>]*>", markup.render_markdown(text))
    names = {re.match(r"</?([a-z0-9]+)", tag)[1] for tag in tags}
    assert names <= markup.ALLOWED_TAGS
    for tag in tags:
        assert not re.search(r"\s(on\w+|style|src|srcdoc|action|id)\s*=", re.sub(r'"[^"]*"', '""', tag))
        assert not re.search(r'href="(?!https?:|mailto:)', tag)


def test_links_carry_no_trust():
    html = markup.render_markdown("[a](https://a.example)")
    assert 'rel="nofollow ugc noopener"' in html


def test_code_in_a_known_language_gets_classes_and_no_styles():
    html = markup.render_markdown("```python\ndef f(): return 1\n```")
    assert '<span class="k">def</span>' in html
    assert "style=" not in html


def test_headings_of_strangers_stay_below_the_pages_own():
    assert markup.render_markdown("# big") == "<h3>big</h3>\n"


def test_characters_that_turn_or_hide_text_are_dropped():
    assert markup.render_markdown("a\u202eb\u200bc\x00d") == "<p>abcd</p>\n"


def test_the_same_text_is_rendered_once(monkeypatch):
    first = markup.render_markdown("only *once*")
    monkeypatch.setattr(nh3, "clean", lambda html, **_: pytest.fail("rendered again"))
    assert markup.render_markdown("only *once*") == first


def test_texts_take_no_room_from_the_limits_of_sign_ins(settings):
    settings.CACHES = {name: {**cache, "OPTIONS": {"MAX_ENTRIES": 3}} for name, cache in settings.CACHES.items()}
    caches["default"].set("limit", 1)
    for number in range(20):
        markup.render_markdown(f"text {number}")
    assert caches["default"].get("limit") == 1


def test_emoji_made_of_several_and_wide_spaces_survive():
    assert markup.render_markdown("👩‍💻\u3000x\u00a0y") == "<p>👩‍💻\u3000x&nbsp;y</p>\n"


def test_colouring_code_stops_when_its_time_is_up(monkeypatch):
    ticks = count()
    monkeypatch.setattr(markup.time, "thread_time", lambda: next(ticks) * markup.COLOURING_SECONDS_MAX / 100)
    rendered = markup.render_markdown("```python\nx = 1\n```\n" * 50)
    assert 1 <= rendered.count('<span class="o">=</span>') < 50
    assert rendered.count("<pre") == 50 and "x = 1" in rendered


@pytest.mark.parametrize(("language", "longest"), [("python", 4_000), ("c", 1_000), ("cpp", 1_000), ("brainfuck", 0)])
def test_code_is_coloured_up_to_a_length_that_its_language_bears(language, longest):
    fits, too_long = (f"```{language}\n{'x' * (length - 5)} = 1\n```\n" for length in (longest, longest + 1))
    assert ("<span" in markup.render_markdown(fits)) == (longest > 0)
    assert "<span" not in markup.render_markdown(too_long)


@pytest.mark.parametrize(
    "piece", ["[", "![", "*a_", "~a", "<!--", "`", "> ", "[a](<", "&", "\\", "```py\n", "- ", "|\n", "*a "]
)
def test_a_text_of_the_greatest_length_is_read_whatever_it_is_made_of(piece):
    """At two hundred thousand characters, readers whose time grows with the square take most of a minute."""
    half = (piece * settings.SUBMISSION_CHARS_MAX)[: settings.SUBMISSION_CHARS_MAX // 2]
    text = half + half[::-1]
    began = time.thread_time()
    markup.render_markdown(text, kept=False)
    assert time.thread_time() - began < 10


def test_tags_and_pictures_are_shown_as_they_were_written_and_not_as_what_they_would_be():
    assert markup.render_markdown("<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"
    picture = markup.render_markdown('![a < b](https://a.example/p.png "t")')
    assert re.sub(r' rel="[^"]*"', "", picture) == '<p>!<a href="https://a.example/p.png">a &lt; b</a></p>\n'


def test_what_is_not_kept_is_not_looked_for(monkeypatch):
    markup.render_markdown("a sealed text")
    monkeypatch.setattr(type(caches["texts"]), "get", lambda *_: pytest.fail("asked the cache"))
    assert markup.render_markdown("a sealed text", kept=False) == "<p>a sealed text</p>\n"


def test_a_table_invents_no_more_cells_than_a_text_may_have_empty():
    wide = "|".join(["a"] * 400) + "\n" + "|".join(["-"] * 400) + "\n" + "x\n" * 160 + "\n"
    assert markup.render_markdown(wide * 9).count("<td>") < 3 * markup.EMPTY_CELLS_MAX
    written = "|a|b|\n|-|-|\n" + "|1|2|\n" * 2 * markup.EMPTY_CELLS_MAX
    assert markup.render_markdown(written).count("<td>") == 4 * markup.EMPTY_CELLS_MAX


def test_headings_start_below_the_pages_own_and_skip_no_level():
    html = markup.render_markdown("## a\n#### b\n##### c\n### d\n# e\n###### f\n")
    assert re.findall(r"<h(\d)>(\w)</h(\d)>", html) == [
        (level, name, level) for level, name in zip("345434", "abcdef", strict=True)
    ]


def test_a_line_ends_where_its_writer_ended_it():
    verse = markup.render_markdown("Furu ike ya\nkawazu tobikomu\r\nmizu no oto\n\n- one\n  and a half")
    assert verse.count("<br>") == 3 and verse.count("<p>") == 1
    assert markup.plain_start("Furu ike ya\nkawazu tobikomu", 40) == "Furu ike ya kawazu tobikomu"


def test_bars_and_bullets_stand_where_the_words_beside_them_begin():
    html = markup.render_markdown("> a\n\n- b\n\n1. c\n")
    assert re.findall(r'<(\w+)[^>]* dir="auto"', html) == ["blockquote", "ul", "ol"]


def test_what_scrolls_by_itself_can_be_reached_by_keyboard():
    html = markup.render_markdown("    code\n\n| a |\n|---|\n| b |\n")
    assert '<pre tabindex="0">' in html and '<table tabindex="0">' in html


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("# A toast\n\nTo **Ann**, who <b>never</b> golfs.", "A toast To Ann, who <b>never</b> golfs."),
        ("```python\nprint('a < b')\n```", "print('a < b')"),
        ("[a link](https://example.com) and `code`", "a link and code"),
        ("one two three four five six", "one two three four…"),
        ("x" * 80, "x" * 19 + "…"),
        (">" * 500, ">" * 19 + "…"),
        ("\u202egnp.cod\u200b", "gnp.cod"),
        ("", ""),
    ],
)
def test_the_start_of_a_text_is_plain_words(text, plain):
    assert markup.plain_start(text, 20 if len(plain) <= 20 else 60) == plain
