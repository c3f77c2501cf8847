"""The files in docs/operations fit the site: alerts and dashboard ask for figures that there are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from prometheus_client import exposition

from core.metrics import reading
from tests.play import NOON
from wallet.models import Reconciliation

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = ROOT / "docs/operations"
NAME = re.compile(r"\bclorp_[a-z_]+")
ALERTS = yaml.safe_load((OPERATIONS / "prometheus-rules.yaml").read_text())["groups"][0]["rules"]
PANELS = json.loads((OPERATIONS / "grafana-dashboard.json").read_text())["panels"]


@pytest.fixture
def figures(db, settings):
    """The names of all figures, of a site with judges and Stripe."""
    settings.JUDGE_SEATS = "there are some"
    none = {"new_lines": 0, "unmatched_lines": 0, "unmatched_transfers": 0}
    Reconciliation.objects.create(ran_at=NOON, stripe_cents=0, mirror_cents=0, books_cents=0, **none)
    exposed = exposition.generate_latest(reading(NOON)).decode()
    return set(re.findall(r"^# TYPE (\S+)", exposed, re.MULTILINE))


def named(expressions):
    return {name for expression in expressions for name in NAME.findall(expression)}


def test_alerts_and_dashboard_name_figures_that_there_are(figures):
    alarmed = named(rule["expr"] for rule in ALERTS)
    shown = named(target["expr"] for panel in PANELS for target in panel["targets"])
    assert len(alarmed) > 10 and alarmed - figures == set()
    assert shown - figures == set()


def test_the_dashboard_shows_every_figure(figures):
    assert figures - named(target["expr"] for panel in PANELS for target in panel["targets"]) == set()


def test_the_operators_guide_says_what_each_figure_and_each_alert_means(figures):
    guide = (ROOT / "docs/operators.md").read_text()
    assert [name for name in figures if name.removesuffix("_total") not in guide] == []
    assert [rule["alert"] for rule in ALERTS if f"`{rule['alert']}`" not in guide] == []


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_waits_a_while_and_says_whom_it_wakes(rule):
    assert rule["for"] and rule["labels"]["severity"] in {"page", "ticket"} and rule["annotations"]["summary"]


def words_of_unit(name):
    """The program and its options that a unit starts."""
    text = (OPERATIONS / f"systemd/clorp-{name}.service").read_text().replace("\\\n", "")
    return [word.replace("--pidfile=", "--pidfile") for word in re.search(r"^ExecStart=(.+)$", text, re.M)[1].split()]


def words_of_container(name):
    """The same, of a service of compose.yaml; of the image's own web server."""
    if name == "web@":
        text = (ROOT / "Dockerfile").read_text().replace("\\\n", "")
        return json.loads(re.search(r"^CMD (.+)$", text, re.M)[1])
    return yaml.safe_load((ROOT / "compose.yaml").read_text())["services"][name]["command"]


@pytest.mark.parametrize("name", ["web@", "worker", "beat"])
def test_systemd_starts_what_the_containers_do(name):
    places = {"0.0.0.0": "127.0.0.1", "8000": "%i", "/tmp/beat-schedule": "/var/lib/clorp/beat-schedule"}  # noqa: S104, S108
    theirs = [places.get(word, word) for word in words_of_container(name) if word]
    program, *ours = words_of_unit(name)
    assert [Path(program).name, *ours] == theirs


@pytest.mark.parametrize("name", ["web@", "worker", "beat"])
def test_a_unit_starts_again_and_leaves_nothing_behind(name):
    text = (OPERATIONS / f"systemd/clorp-{name}.service").read_text()
    for line in ("Restart=always", "KillMode=mixed", "StateDirectory=clorp", "StartLimitIntervalSec=0"):
        assert f"\n{line}\n" in text
    assert "MemoryMax=" in text and "TasksMax=" in text


def test_each_container_of_ours_is_watched_limited_and_logs_within_bounds():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    for name in ("web", "web2", "worker", "beat"):
        assert services[name]["mem_limit"] and services[name]["pids_limit"], name
        assert services[name]["logging"]["options"]["max-file"], name
        # The webs' is the image's own.
        assert name.startswith("web") or services[name]["healthcheck"]["test"][0] == "CMD", name
