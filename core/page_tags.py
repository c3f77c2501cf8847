"""Tags every template may use without loading: icons, times, countdowns."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django import template
from django.template import Context
from django.template.defaultfilters import stringfilter
from django.templatetags.static import static
from django.utils.functional import lazy
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from core import figures, text
from core.addresses import readable_address
from core.fixed_parts import same_for_all
from core.switches import pauses_of

register = template.Library()
register.filter("day", figures.day)
# Our sentences set strangers' words apart like this, and those stored before they did put them into quotation marks.
APART = re.compile(f"{text.ISOLATE}([^{text.ISOLATE}{text.END_OF_ISOLATE}]*){text.END_OF_ISOLATE}?")
QUOTED = re.compile("“([^“”]+)”")


@register.simple_tag
@same_for_all
@cache  # A board draws over a hundred, out of a few dozen.
def icon(name: str, label: str = "") -> SafeString:
    """One icon of the sprite: silent beside its word, or with `label` as its name where it stands alone."""
    sprite = static("vendor/lucide/icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>', label, sprite, name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name)


@register.simple_block_tag(end_name="endemptystate")
def emptystate(content: str, icon_name: str, title: str, level: int = 2) -> SafeString:
    """Return the box for an empty list: why it is empty, and in `content` what to do. `level` is its heading's."""
    return format_html(
        '<div class="empty">{}<h{}>{}</h{}>{}</div>', icon(icon_name), level, title, level, SafeString(content)
    )


@register.simple_block_tag(end_name="enddialog")
def dialog(content: str, name: str, opener: str, title: str, css: str = "") -> SafeString:
    """A button that asks first: `opener` opens a box with `title` and `content`, the form that does it. No script."""
    return format_html(
        '<button class="button {css}" type="button" popovertarget="{name}">{opener}</button>'
        '<div class="dialog" id="{name}" popover role="dialog" aria-labelledby="{name}-title"><div class="stack">'
        '<p class="dialog-title" id="{name}-title">{title}</p>{content}<button class="button" type="button" '
        'popovertarget="{name}" popovertargetaction="hide">{not_now}</button></div></div>',
        css=css,
        name=name,
        opener=opener,
        title=title,
        not_now=_("Not now"),
        content=SafeString(content),
    )


@register.inclusion_tag("parts/pauses.html", takes_context=True)
def pauses(context: Context, *parts: str) -> dict[str, Any]:
    """Return what staff have paused of these parts of the site: why, until when, and what it means."""
    return {"pauses": pauses_of(parts, context["server_now"])}


@register.filter(is_safe=True)
@stringfilter
def sentence_case(words: str) -> str:
    """allauth Writes Its Titles Like This, in English; all of ours are written like sentences."""
    if not (get_language() or "").startswith("en"):
        return words
    return re.sub(r"(?<=[\w)][ -])[A-Z](?=[a-z])", lambda letter: letter[0].lower(), words)


@register.filter
def quoting(sentence: object) -> SafeString:
    """A sentence of ours as HTML: what it quotes of strangers runs in its own direction, and does not turn the rest."""
    if isinstance(sentence, SafeString):
        return sentence
    shown = escape(sentence)
    if text.ISOLATE in shown:
        return SafeString(APART.sub(r"<bdi>\1</bdi>", shown))  # nosec: it is escaped
    return SafeString(QUOTED.sub(r"“<bdi>\1</bdi>”", shown))  # nosec: it is escaped


@register.filter
@stringfilter
def apart(words: str) -> str:
    """Somebody's words where no element can be: in a title, an attribute, a mail of plain text."""
    return text.apart(words)


@register.filter
def percent(share: int) -> str:
    """A share of a hundred: "35%", or as the reader's language writes it."""
    return pgettext("a share", "{share}%").format(share=share)


@register.filter
@stringfilter
def readable(address: str) -> str:
    """A mail address as its owner reads it."""
    return readable_address(address)


@register.filter
def when(moment: datetime | None) -> SafeString:
    """A time in UTC, which a script turns into the reader's own zone, keeping UTC as its title."""
    if moment is None:
        return SafeString("&mdash;")
    utc = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}" data-local>{} UTC</time>',
        utc.isoformat().replace("+00:00", "Z"),
        _day_and_time(utc, f"{utc:%H:%M}"),
    )


@register.filter
def on_day(moment: datetime) -> SafeString:
    """The same as a date alone, where there is no room for more; the title says the rest."""
    utc = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}" data-local="day" title="{} UTC">{}</time>',
        utc.isoformat().replace("+00:00", "Z"),
        f"{utc:%Y-%m-%d %H:%M:%S}",
        figures.day(utc),
    )


@register.filter
def to_the_second(moment: datetime) -> SafeString:
    """The same with its seconds, for what is a receipt."""
    utc = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}" data-local="seconds">{} UTC</time>',
        utc.isoformat().replace("+00:00", "Z"),
        _day_and_time(utc, f"{utc:%H:%M:%S}"),
    )


def _day_and_time(utc: datetime, time: str) -> str:
    return pgettext("a moment", "{day}, {time}").format(day=figures.day(utc), time=time)


@register.simple_tag
def countdown(
    moment: datetime, now: datetime, css: str = "", announced: str = "", over: str | None = None
) -> SafeString:
    """The time left until `moment`; the page's script goes on counting by the server's clock.

    With `announced`, such as "{seconds} seconds to go.", it is said at 60, 30 and 10 seconds. From `moment` on it says
    `over`, or 0:00 where that is empty, as inside a sentence.
    """
    over = pgettext("of a time that has run out", "over") if over is None else over
    return format_html(
        '<time class="countdown {}" datetime="{}"{} data-then="{}" data-countdown>{}</time>',
        css,
        moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        format_html(' data-announce="{}"', announced) if announced else "",
        over,
        (over if moment <= now else "") or clock_face(moment - now),
    )


@register.filter
def span(seconds: int | None) -> str:
    """A length of time in words: `300` is "5 minutes", `5400` "90 minutes", `8640` "2 h 24 min"."""
    total = int(seconds or 0)
    if total >= 86_400 and total % 86_400 == 0:
        return _counted(ngettext("{count} day", "{count} days", total // 86_400), total // 86_400)
    if total >= 3_600 and total % 3_600 == 0:
        return _counted(ngettext("{count} hour", "{count} hours", total // 3_600), total // 3_600)
    if 60 <= total < 7_200 and total % 60 == 0:
        return _counted(ngettext("{count} minute", "{count} minutes", total // 60), total // 60)
    if total < 60:
        return _counted(ngettext("{count} second", "{count} seconds", total), total)
    hours, rest = divmod(total, 3_600)
    if hours:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=rest // 60)
    return _("{minutes} min {seconds} s").format(minutes=rest // 60, seconds=rest % 60)


def _counted(words: str, count: int) -> str:
    return words.format(count=count)


# For a sentence that waits for its reader.
span_lazy = lazy(span, str)


def clock_face(left: timedelta) -> str:
    """`4:07`, `1:02:03` or `2 d 03:04:05`; never below `0:00`. Rounded up, so that 0:00 means over."""
    total = max(0, -(-left // timedelta(seconds=1)))
    days, rest = divmod(total, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    if days:
        return _("{days} d {time}").format(days=days, time=f"{hours:02}:{minutes:02}:{seconds:02}")
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
