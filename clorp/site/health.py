"""For whoever watches the house: is it alive, can it work, and its figures."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from prometheus_client import exposition
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from core import clock
from core.api.page_limits import unlimited
from core.live import threads
from core.metrics import reading

ALIVE = "/healthz"
# The slowest page takes far less. Whoever waits behind requests that hang should not wait for ever.
STUCK_SECONDS_MAX = 30.0
BROKER_SECONDS_MAX = 2
# HAProxy asks by OPTIONS where it is told no method, and goes by the status.
PROBED_BY = ["GET", "HEAD", "OPTIONS"]


@require_http_methods(PROBED_BY)
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: this process answers requests; else 503. Says nothing about anything behind it.

    It is asked in a thread of its own, which waits for no other, so it looks whether those of requests get on.
    """
    if threads.of_requests.stuck_seconds > STUCK_SECONDS_MAX:
        return JsonResponse({"status": "stuck"}, status=503)
    return JsonResponse({"status": "ok"})


@require_http_methods(PROBED_BY)
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Ready: the database can be reached, which every request needs; else 503.

    Without the broker the site answers, and only its periodic tasks wait: that is said, and turns nobody away.
    """
    checks: dict[str, Callable[[], bool]] = {"database": database_answers, "broker": broker_answers}
    states = {name: "ok" if answers() else "unreachable" for name, answers in checks.items()}
    is_ready = states["database"] == "ok"
    is_whole = all(state == "ok" for state in states.values())
    status = "ok" if is_whole else "degraded" if is_ready else "unavailable"
    return JsonResponse({"status": status, **states}, status=200 if is_ready else 503)


class ProbeMiddleware:
    """Answer probes before anything asks for the host or the session: they come by the number of an address."""

    probes: ClassVar = {ALIVE: healthz, "/readyz": readyz}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = self.probes.get(request.path)
        if request.path == "/metrics" and is_from_private_network(request):
            # Others are let in by their session, behind whatever asks for the host.
            probe = metrics
        return self.get_response(request) if probe is None else probe(request)


@unlimited
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures, for staff and the private network."""
    if not (is_from_private_network(request) or (request.user.is_authenticated and request.user.moderates)):
        return HttpResponse("Metrics are for staff and the private network.\n", status=403, content_type="text/plain")
    return HttpResponse(exposition.generate_latest(reading(clock.now())), content_type=exposition.CONTENT_TYPE_LATEST)


def figures(now: datetime) -> Iterable[Metric]:
    """Yield whether the broker answers: without it the site is open, and no periodic task runs."""
    yield GaugeMetricFamily("clorp_broker_answers", "1 while the broker can be reached, else 0", value=broker_answers())


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_answers() -> bool:
    if not settings.REDIS_URL:
        return os.access(Path(settings.BROKER_DIR) / "messages", os.W_OK)
    seconds = BROKER_SECONDS_MAX
    try:
        with redis.from_url(settings.REDIS_URL, socket_timeout=seconds, socket_connect_timeout=seconds) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def is_from_private_network(request: HttpRequest) -> bool:
    """Whether every address the request names as its way here is private.

    A caller can add a forwarding header but not take away the proxy's, so a header with a
    public or unreadable address in it is enough to say no.
    """
    forwarded = request.headers.get("X-Forwarded-For")
    way = [request.META.get("REMOTE_ADDR", ""), *(forwarded.split(",") if forwarded is not None else [])]
    if "Forwarded" in request.headers:
        return False
    return all(is_private(address.strip()) for address in way)


def is_private(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return False
