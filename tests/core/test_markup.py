"""Strangers' text comes out as text, whatever it tries."""

import re

import nh3
import pytest

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
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


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


def test_emoji_made_of_several_and_wide_spaces_survive():
    assert markup.render_markdown("👩‍💻\u3000x\u00a0y") == "<p>👩‍💻\u3000x&nbsp;y</p>\n"


def test_colouring_code_stops_before_it_costs_seconds():
    block = "```python\n" + "x = 1\n" * 700 + "```\n"
    assert markup.render_markdown(block * 5).count("<span") == markup.render_markdown(block * 2).count("<span")
    assert "<span" in markup.render_markdown(block)
    assert "<span" not in markup.render_markdown("```python\n" + "x = 1\n" * 1_000 + "```\n")


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


def test_what_scrolls_by_itself_can_be_reached_by_keyboard():
    html = markup.render_markdown("    code\n\n| a |\n|---|\n| b |\n")
    assert '<pre tabindex="0">' in html and '<table tabindex="0">' in html
