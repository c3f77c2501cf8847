"""Health, readiness and figures, and who may see them."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.metrics_core import GaugeMetricFamily

from core import metrics
from core.live import threads
from tests.play import make_user

PUBLIC = "93.184.215.14"
HOSTS = ["10.1.2.3", "10.1.2.3:8000", "[fd00::1]:8000", "nobody.example", "a b", ""]


def test_healthz_answers_without_touching_the_database(client):
    # No database mark: a query would be an error.
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(("seconds", "status"), [(0.0, 200), (29.0, 200), (31.0, 503)])
def test_a_process_whose_requests_hang_is_not_alive(client, monkeypatch, seconds, status):
    monkeypatch.setattr(threads, "of_requests", SimpleNamespace(stuck_seconds=seconds))
    assert client.get("/healthz").status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_probe_is_answered_by_whichever_method_it_asks(client, path, method):
    assert client.generic(method, path, headers={"Host": "10.1.2.3"}).status_code == 200
    assert client.post(path).status_code == 405


@pytest.mark.django_db
def test_readyz_says_that_database_and_broker_are_reachable(client, settings, tmp_path):
    (tmp_path / "messages").mkdir()
    settings.BROKER_DIR, settings.REDIS_URL = tmp_path, ""
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": "ok", "broker": "ok"})


@pytest.mark.django_db
@pytest.mark.parametrize("redis_url", ["", "redis://127.0.0.1:1/0"])
def test_without_a_broker_the_site_takes_visitors_and_readyz_says_what_is_away(client, settings, tmp_path, redis_url):
    settings.BROKER_DIR, settings.REDIS_URL = tmp_path / "gone", redis_url
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "database": "ok", "broker": "unreachable"}


@pytest.mark.needs_redis
@pytest.mark.django_db
def test_readyz_reaches_redis(client, settings, redis_url):
    settings.REDIS_URL = redis_url
    assert client.get("/readyz").json()["broker"] == "ok"


@pytest.mark.django_db
def test_readyz_names_a_database_that_is_away(client, monkeypatch, tmp_path, settings):
    def no_cursor():
        raise OperationalError("the server went away")

    (tmp_path / "messages").mkdir()
    settings.BROKER_DIR, settings.REDIS_URL = tmp_path, ""
    monkeypatch.setattr(connection, "cursor", no_cursor)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "way",
    [
        {"REMOTE_ADDR": PUBLIC},
        {"REMOTE_ADDR": "10.0.0.7", "HTTP_X_FORWARDED_FOR": PUBLIC},
        {"REMOTE_ADDR": "10.0.0.7", "HTTP_X_FORWARDED_FOR": f"127.0.0.1, {PUBLIC}"},
        {"REMOTE_ADDR": "10.0.0.7", "HTTP_X_FORWARDED_FOR": ""},
        {"REMOTE_ADDR": "10.0.0.7", "HTTP_FORWARDED": "for=10.0.0.8"},
    ],
)
def test_strangers_get_no_figures(client, way):
    answer = client.get("/metrics", **way)
    assert answer.status_code == 403
    assert b"clorp_" not in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("is_staff", [True, False])
def test_staff_get_the_figures_from_anywhere_and_others_do_not(client, is_staff):
    user = make_user("someone", is_staff=is_staff)
    client.force_login(user)
    assert client.get("/metrics", REMOTE_ADDR=PUBLIC).status_code == (200 if is_staff else 403)


@pytest.mark.django_db
def test_the_private_network_gets_every_rooms_figures(client, monkeypatch):
    def figures(now):
        yield GaugeMetricFamily("clorp_fish", "Fish", value=3)

    monkeypatch.setattr(metrics, "rooms", [])
    metrics.add_figures(figures)
    metrics.add_figures(figures)
    answer = client.get("/metrics", REMOTE_ADDR="10.1.2.3")
    assert answer.content.decode().count("clorp_fish 3.0") == 1


@override_settings(SECURE_SSL_REDIRECT=True)
def test_probes_are_not_redirected_to_https(client):
    assert client.get("/healthz").status_code == 200


def test_figures_are_read_as_of_the_moment_they_are_asked_for(monkeypatch):
    asked = []
    monkeypatch.setattr(metrics, "rooms", [lambda now: asked.append(now) or []])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert list(metrics.reading(now).collect()) == []
    assert asked == [now]


@pytest.mark.django_db
@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_a_probe_may_come_by_any_name(path, host, settings):
    settings.ALLOWED_HOSTS = ["clorp.example"]
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get(path, headers={"Host": host}).status_code == 200


@pytest.mark.django_db
@given(
    st.text(st.characters(max_codepoint=255, exclude_characters="\r\n")) | st.ip_addresses().map(str),
    st.integers(-1, 10**6),
)
def test_no_name_keeps_a_probe_out(host, port):
    # No database mark here either.
    for name in (host, f"{host}:{port}", f"[{host}]:{port}"):
        assert Client().get("/healthz", headers={"Host": name}).status_code == 200


@pytest.mark.parametrize("way", [{"REMOTE_ADDR": PUBLIC}, {"REMOTE_ADDR": "10.0.0.7", "HTTP_X_FORWARDED_FOR": PUBLIC}])
@pytest.mark.parametrize("host", HOSTS)
def test_by_no_name_does_a_stranger_get_figures(host, way, settings):
    settings.ALLOWED_HOSTS = ["clorp.example"]
    answer = Client().get("/metrics", headers={"Host": host}, **way)
    assert answer.status_code in {400, 403} and b"clorp_" not in answer.content


@pytest.mark.django_db
def test_the_figures_say_whether_the_broker_answers(settings, tmp_path):
    settings.REDIS_URL, settings.BROKER_DIR = "", tmp_path
    assert metrics.reading(datetime.now(UTC)).get_sample_value("clorp_broker_answers") == 0
    (tmp_path / "messages").mkdir()
    assert metrics.reading(datetime.now(UTC)).get_sample_value("clorp_broker_answers") == 1
