"""Which representation a request gets: the one it wants most of those there are (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from django.http.request import MediaType
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer

JSON, EVENT_STREAM = "application/json", "text/event-stream"
# Whoever asks for problems alone takes JSON too, or could be told of nothing else.
PROBLEM = "application/problem+json"
ANYTHING = "*/*"
# One range with its parameters; a comma within quotation marks ends none.
RANGE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^,"])+')
LONE_STAR = re.compile(r"^\*(?=\s*(?:;|$))")


def quality_of(accept: str, media_type: str) -> float:
    """Return how much `accept` wants `media_type`, from 0, which is not at all, to 1.

    The most specific range that it fits counts, so a type can be excepted from a range that would take it; of two such
    the one that wants it less, whichever comes first. Parameters, such as a charset or a version, are passed over: what
    there is is better than nothing, which many would get.
    """
    fitting = [accepted for accepted in ranges_of(accept) if _fits(media_type, accepted)]
    return min(((-each.specificity, _quality(each)) for each in fitting), default=(0, 0.0))[1]


def ranges_of(accept: str) -> list[MediaType]:
    """Return the media ranges that `accept` lists; a lone star is every type, as old libraries mean it."""
    tokens = [token.strip() for token in RANGE.findall(accept.strip() or ANYTHING)]
    return [MediaType(LONE_STAR.sub(ANYTHING, token)) for token in tokens if token]


def _quality(accepted: MediaType) -> float:
    """Return the quality of one range; 1 where it is no number, as Django has it of all others that are none."""
    return 1.0 if math.isnan(accepted.quality) else float(accepted.quality)


def _fits(media_type: str, accepted: MediaType) -> bool:
    main, _, sub = media_type.partition("/")
    return accepted.main_type in {"*", main} and accepted.sub_type in {"*", sub}


class ByQuality(DefaultContentNegotiation):
    """The renderer that the request wants most; of two that it wants alike, the view's first."""

    def select_renderer(
        self, request: Any, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderers = list(renderers)
        accept = request.META.get("HTTP_ACCEPT", ANYTHING)
        qualities = [wish_for(accept, str(renderer.media_type)) for renderer in renderers]
        best = max(qualities)
        if best == 0:
            raise NotAcceptable(available_renderers=renderers)
        renderer = renderers[qualities.index(best)]
        return renderer, str(renderer.media_type)


def wish_for(accept: str, media_type: str) -> float:
    """As `quality_of`; JSON is wanted as well by whoever names problem documents and says nothing of it."""
    named = {f"{each.main_type}/{each.sub_type}" for each in ranges_of(accept)}
    wish = quality_of(accept, media_type)
    if media_type == JSON and PROBLEM in named and JSON not in named:
        return max(wish, quality_of(accept, PROBLEM))
    return wish
