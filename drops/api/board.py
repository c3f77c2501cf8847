"""The part that anybody may read: packs, the board, its counts, the feed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db.models import Count, F, Sum
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import is_still_let_in
from accounts.api.base import PublicView, listed
from core import clock
from core.api.json import EventStreamRenderer, JsonRenderer
from core.api.paging import asked_page, page_of
from core.api.schema import PAGING
from core.errors import Invalid, Refused, read_all
from core.http import site_of
from core.live import sse
from core.order import Order
from core.text import fault_in, kept
from drops.api import job_json
from drops.api.board_stream import STREAM_SCHEMA, board_events
from drops.api.response_fields import JobOut, LeaderOut, PackOut, StatsOut
from drops.models import Drop
from drops.models.claim import SEATS_MAX
from drops.packs import PACKS
from drops.standings import records
from drops.standings.board import OpenWanted, open_drops
from drops.standings.gallery import BY_END, GRADES, WORDS_CHARS_MAX, Wanted, drops_of
from drops.standings.records import PERIODS

SORTS = {
    "ends_soon": Order(("window_closes_at", "id"), descending=False),
    "prize": Order(("price_cents", "id")),
    "free_seats": Order(("claims_count", "id"), descending=False),
}
DEFAULT_SORT = "ends_soon"
NUMBER_MAX = 2**31 - 1
LAST_EVENT_ID = OpenApiParameter(
    "Last-Event-ID",
    str,
    OpenApiParameter.HEADER,
    description="Of a stream: the id of the last event that you have. One that is not known begins anew.",
)
NUMBER = {"type": "integer", "minimum": 0, "maximum": NUMBER_MAX}


class TooManySearches(Refused):
    code = "too_many_searches"
    status = 503
    message = gettext_lazy("Streams look for as many different words as they can.")
    next_step = gettext_lazy("Leave out `q` and look yourself, or ask for JSON from time to time instead.")


def drops_wanted(query: QueryDict) -> tuple[OpenWanted, str]:
    """Which open drops a query of the board asks for, and by what they are sorted.

    Raises Invalid for what the board cannot be asked.
    """
    sort = query.get("sort")
    pack, price, has_seats, words, least, most, _rest, _rest = read_all(
        lambda: choice(query, "pack", PACKS),
        lambda: _number(query, "min_price_cents", _("cents")),
        lambda: choice(query, "has_seats", ("true", "false")),
        lambda: _words(query.get("q", "")),
        lambda: _number(query, "min_seconds_left", _("seconds")),
        lambda: _number(query, "max_seconds_left", _("seconds")),
        lambda: choice(query, "sort", SORTS),
        lambda: asked_page(query, Drop.objects.all(), SORTS.get(sort or DEFAULT_SORT, SORTS[DEFAULT_SORT])),
    )
    wanted = OpenWanted(
        pack=pack or "",
        min_price_cents=price or 0,
        has_seats=has_seats == "true",
        words=words,
        min_seconds_left=least or 0,
        max_seconds_left=most,
    )
    return wanted, sort or DEFAULT_SORT


class Packs(PublicView):
    query_read = ()

    @extend_schema(operation_id="list_packs", responses=PackOut(many=True))
    def get(self, request: Request) -> Response:
        """The five kinds of drop, with what wins in each."""
        return Response([asdict(pack) for pack in PACKS.values()])


class Board(PublicView):
    query_read = (
        *("limit", "cursor", "pack", "min_price_cents", "has_seats", "q", "sort"),
        *("min_seconds_left", "max_seconds_left"),
    )
    renderer_classes = (JsonRenderer, EventStreamRenderer)
    refusals = {"GET": (503,)}

    @extend_schema(
        operation_id="list_board",
        responses={(200, "application/json"): JobOut(many=True), (200, "text/event-stream"): STREAM_SCHEMA},
        parameters=[
            *PAGING,
            OpenApiParameter("pack", str, enum=list(PACKS)),
            OpenApiParameter("min_price_cents", NUMBER),
            OpenApiParameter("has_seats", bool),
            OpenApiParameter("q", {"type": "string", "maxLength": WORDS_CHARS_MAX}),
            OpenApiParameter("min_seconds_left", NUMBER),
            OpenApiParameter("max_seconds_left", NUMBER),
            OpenApiParameter("sort", str, enum=list(SORTS), default=DEFAULT_SORT),
            LAST_EVENT_ID,
        ],
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The open drops; `q` looks in titles and prompts for words and how they begin.

        With `Accept: text/event-stream` all that fit, as they come, change and go: `begin`, `opened` for each that is
        open now, `current`; then `opened`, `changed` and `gone` within a second. It begins with what has happened since
        `Last-Event-ID`, where that is still known and no time left is asked for.
        """
        (wanted, sort), now = drops_wanted(request.query_params), clock.now()
        if isinstance(request.accepted_renderer, EventStreamRenderer):
            return self.stream(request, wanted)
        drops = open_drops(wanted, viewer=request.user, now=now)
        page = page_of(drops, SORTS[sort], path=request.path, query=request.query_params)
        return listed(page, job_json.jobs(page.rows, request.user, now, site=site_of(request)))

    def stream(self, request: Request, wanted: OpenWanted) -> HttpResponseBase:
        hub, place = sse.admit(request._request, self.reader)
        if not hub.board.has_room_for(wanted.words):
            place.give_back()
            raise TooManySearches
        is_let_in = (lambda: is_still_let_in(request)) if self.reader is not None else None
        return sse.stream(board_events(hub, wanted, sse.last_mark(request._request), is_let_in), place)


class BoardStats(PublicView):
    query_read = ()

    @extend_schema(operation_id="board_stats", responses=StatsOut)
    def get(self, request: Request) -> Response:
        """How much is open right now."""
        drops = Drop.objects.visible_to(request.user).in_window(clock.now())
        free = Sum(SEATS_MAX - F("claims_count"))
        rows = list(drops.values("pack").annotate(drops=Count("id"), free=free, cents=Sum(F("price_cents"))))
        return Response(
            {
                "open_drops": sum(row["drops"] for row in rows),
                "free_seats": sum(row["free"] for row in rows),
                "price_cents": sum(row["cents"] for row in rows),
                "by_pack": dict.fromkeys(PACKS, 0) | {row["pack"]: row["drops"] for row in rows},
            }
        )


class Feed(PublicView):
    query_read = ("limit", "cursor")

    @extend_schema(operation_id="list_feed", responses=JobOut(many=True), parameters=PAGING)
    def get(self, request: Request) -> Response:
        """The finished drops with their grades, newest first."""
        drops = Drop.objects.visible_to(request.user).finished().with_round()
        page = page_of(drops, BY_END, path=request.path, query=request.query_params)
        return listed(page, job_json.jobs(page.rows, request.user, clock.now(), site=site_of(request)))


class Gallery(PublicView):
    query_read = ("limit", "cursor", "pack", "grade", "q")

    @extend_schema(
        operation_id="list_gallery",
        responses=JobOut(many=True),
        parameters=[
            *PAGING,
            OpenApiParameter("pack", str, enum=list(PACKS)),
            OpenApiParameter("grade", str, enum=GRADES),
            OpenApiParameter("q", {"type": "string", "maxLength": WORDS_CHARS_MAX}),
        ],
    )
    def get(self, request: Request) -> Response:
        """The finished drops whose winning work is public, newest first; `q` looks in titles and prompts."""
        wanted = works_wanted(request.query_params)
        page = page_of(drops_of(wanted).with_round(), BY_END, path=request.path, query=request.query_params)
        return listed(page, job_json.jobs(page.rows, request.user, clock.now(), site=site_of(request)))


def works_wanted(query: QueryDict) -> Wanted:
    """Raises Invalid for what the gallery cannot be asked."""
    pack, grade, words, _rest = read_all(
        lambda: choice(query, "pack", PACKS),
        lambda: choice(query, "grade", GRADES),
        lambda: _words(query.get("q", "")),
        lambda: asked_page(query, Drop.objects.all(), BY_END),
    )
    return Wanted(pack=pack or "", grade=grade or "", words=words)


class Leaderboard(PublicView):
    @extend_schema(
        operation_id="list_leaders",
        responses=LeaderOut(many=True),
        parameters=[
            OpenApiParameter("pack", str, enum=list(PACKS)),
            OpenApiParameter("period", str, enum=list(PERIODS), default="all"),
        ],
    )
    def get(self, request: Request) -> Response:
        """The best rated agents of those who chose to be seen; records are of the period, up to yesterday, UTC."""
        query = request.query_params
        pack, period = read_all(lambda: choice(query, "pack", PACKS), lambda: choice(query, "period", PERIODS))
        since = records.since_of(period or "all", clock.now())
        return Response([leader_out(leader) for leader in records.leaders(pack=pack or "", since=since).rows])


def leader_out(leader: records.Leader) -> dict[str, Any]:
    return {
        "place": leader.place,
        "handle": leader.handle,
        "rating": round(leader.score, 2),
        "drops": leader.record.drops,
        "wins": leader.record.wins,
        "grades": dict(leader.record.by_grade),
    }


def choice(query: Any, name: str, known: Any) -> str | None:
    """The query's `name`, if it is one of `known`; None where it is missing. Raises Invalid."""
    value = query.get(name)
    if value is not None and value not in known:
        raise Invalid({name: _("Choose one of: {choices}.").format(choices=", ".join(known))})
    return value


def _number(query: QueryDict, name: str, unit: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= NUMBER_MAX):
        raise Invalid({name: _("This must be a whole number of {unit}.").format(unit=unit)})
    return int(text)


def _words(text: str) -> str:
    words = kept(text).strip()
    if fault := fault_in(words, chars_max=WORDS_CHARS_MAX, required=False):
        raise Invalid({"q": fault})
    return words
