"""The pieces of ./run that decide something."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from clorp.dev import browser, doctor, environment, postgres, testing, up
from clorp.dev.say import Trouble


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_refused_with_another_to_try(monkeypatch, taken_port):
    monkeypatch.setenv("PORT", str(taken_port))
    with pytest.raises(Trouble, match=f"{taken_port} is taken.*PORT={taken_port + 1}"):
        up.free_port()


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "٣"])
def test_what_is_no_port_is_refused(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(Trouble, match="no port number"):
        up.free_port()


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "secret_key"
    made = environment.kept_secret_key(path)
    assert len(made) > 50
    assert environment.kept_secret_key(path) == made
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("postgres://u:p@host:5432/one", "postgres://u:p@host:5432/two"),
        ("postgres://postgres@/one?host=/a/b&port=5432", "postgres://postgres@/two?host=/a/b&port=5432"),
        ("postgres:///one", "postgres:///two"),
    ],
)
def test_the_same_server_holds_another_database(url, other):
    assert environment.with_database(url, "two") == other


@pytest.mark.parametrize("folder", ["/home/ada/my files/clorp/.data/postgres", "/srv/it's", "/" + "long/" * 20])
def test_a_socket_goes_elsewhere_where_the_path_of_the_data_is_awkward(folder, tmp_path):
    assert not postgres.takes_socket(Path(folder))
    socket = postgres.socket_folder(Path(folder), tmp_path)
    assert socket.is_dir() and socket.parent == tmp_path
    assert postgres.takes_socket(Path("/home/ada/clorp/.data/postgres"))


def test_a_pid_file_left_by_a_crash_is_forgotten_but_not_a_running_servers(tmp_path):
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n/somewhere\n")
    postgres.forget_dead_server(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()


def test_the_operators_browser_comes_first_and_a_missing_one_counts_as_none(monkeypatch, tmp_path):
    chosen = tmp_path / "mine"
    chosen.write_text("#!/bin/sh\n")
    chosen.chmod(0o755)
    monkeypatch.setenv("CLORP_BROWSER", str(chosen))
    assert browser.find_browser() == str(chosen)
    chosen.unlink()
    assert browser.find_browser() is None


def test_playwrights_own_browser_is_the_last_resort(monkeypatch, tmp_path):
    monkeypatch.delenv("CLORP_BROWSER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "MAC_BUNDLES", ())
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    assert browser.find_browser() is None
    for own in ("chromium-1200/chrome-linux/chrome", "chromium_headless_shell-1199/chrome-linux/headless_shell"):
        (tmp_path / own).parent.mkdir(parents=True)
        (tmp_path / own).touch(mode=0o755)
        assert browser.find_browser() == str(tmp_path / own)


def test_a_headless_shell_is_taken_before_a_browser_with_windows(monkeypatch, tmp_path):
    monkeypatch.delenv("CLORP_BROWSER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("chromium", "chromium-headless-shell"):
        (tmp_path / name).touch(mode=0o755)
        assert browser.find_browser() == str(tmp_path / name)


def test_the_sandbox_is_off_for_root_only(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "--no-sandbox" not in browser.launch_flags()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert "--no-sandbox" in browser.launch_flags()


def test_the_doctor_never_shows_a_secret(monkeypatch, capsys):
    for name in doctor.SECRETS:
        monkeypatch.setenv(name, "hush-hush")
    monkeypatch.setenv("JUDGE_SEATS", '[{"api_key": "hush-hush"}]')
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody:hush-hush@127.0.0.1:1/clorp")
    monkeypatch.setenv("REDIS_URL", "redis://:hush-hush@127.0.0.1:1/0")
    doctor.run_doctor()
    printed = "".join(capsys.readouterr())
    assert "127.0.0.1:1" in printed
    assert "hush-hush" not in printed


def test_tests_never_see_the_operators_keys(monkeypatch, tmp_path):
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_live_x")
    monkeypatch.setenv("JUDGE_SEATS_FILE", str(tmp_path / "seats"))
    testing.forget_outside_world()
    assert not environment.is_set("STRIPE_SECRET_KEY")
    assert not environment.is_set("JUDGE_SEATS")


def test_a_second_run_of_the_tests_beside_the_first_has_a_database_of_its_own(monkeypatch, tmp_path):
    used = []
    monkeypatch.setenv("CLORP_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(testing, "use_database", used.append)
    with testing.run_of_its_own() as first, testing.run_of_its_own() as second:
        assert (first, second, used) == (1, 2, ["clorp_run2"])
    with testing.run_of_its_own() as next_one:
        assert (next_one, used) == (1, ["clorp_run2"])


@pytest.mark.parametrize(("cpus", "connections", "processes"), [(2, 300, 3), (64, 300, 10), (8, 100, 2), (4, 60, 1)])
def test_the_tests_share_the_cpus_as_far_as_the_databases_connections_go(monkeypatch, cpus, connections, processes):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(cpus)), raising=False)
    monkeypatch.setattr(postgres, "connections_max", lambda url: connections)
    assert testing.process_count() == processes


def test_the_database_says_how_many_connections_it_takes():
    assert postgres.connections_max(environment.database_url()) >= 60


def test_when_one_child_ends_the_other_is_ended_too():
    def start(code):
        return subprocess.Popen([sys.executable, "-c", code])  # noqa: S603

    children = {"web": start("import time; time.sleep(60)"), "worker": start("raise SystemExit(3)")}
    assert up.wait_for_the_first_to_end(children) == 1
    assert children["web"].poll() is None
    up.end_all(children)
    assert children["web"].returncode == -signal.SIGTERM


def test_a_child_that_does_not_listen_is_ended_all_the_same(monkeypatch):
    monkeypatch.setattr(up, "STOP_SECONDS_MAX", 0.3)
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)  # noqa: S603
    child.stdout.readline()
    up.end_all({"web": child})
    child.stdout.close()
    assert child.wait(60) == -signal.SIGKILL


def test_an_unknown_command_is_refused_before_anything_is_set_up(tmp_path):
    shown = subprocess.run(  # noqa: S603
        [str(environment.ROOT / "run"), "dance"],
        env={"PATH": os.environ["PATH"], "CLORP_VENV": str(tmp_path / "venv")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (shown.returncode, shown.stdout) == (2, "")
    assert "There is no ./run dance" in shown.stderr
    assert not list(tmp_path.iterdir())


def write_command(path, script):
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def installed_by(tmp_path):
    """`installed_by("manage", JUDGE_SEATS="…")` runs ./run and returns which lock file it installed, if any."""
    (tmp_path / "bin").mkdir()
    write_command(tmp_path / "bin" / "python", "exit 0")
    write_command(tmp_path / "bin" / "uv", f'printf "%s\\n" "$@" | grep requirements >>{tmp_path}/installed')

    def run(command, **given):
        (tmp_path / "installed").write_text("")
        subprocess.run(  # noqa: S603
            [str(environment.ROOT / "run"), command],
            env={"PATH": os.environ["PATH"], "CLORP_VENV": str(tmp_path), **given},
            check=True,
            capture_output=True,
        )
        return (tmp_path / "installed").read_text().split()

    return run


def test_the_panels_packages_come_with_its_judges_and_stay_without_them(installed_by):
    assert installed_by("manage") == ["requirements.txt"]
    assert installed_by("up", JUDGE_SEATS="[{}, {}]") == ["requirements-panel.txt"]
    assert installed_by("manage") == []
    assert installed_by("up", JUDGE_SEATS_FILE="/run/secrets/seats") == []


def test_so_do_those_of_a_bucket_with_the_panels_or_without(installed_by):
    assert installed_by("up", FILES_S3_BUCKET="files") == ["requirements.txt", "requirements-s3.txt"]
    assert installed_by("manage") == []
    both = ["requirements-panel.txt", "requirements-s3.txt"]
    assert installed_by("up", JUDGE_SEATS="[{}, {}]") == both
    assert installed_by("up", FILES_S3_BUCKET="files", JUDGE_SEATS="[{}, {}]") == []
    assert installed_by("test") == ["requirements-dev.txt"]
    assert installed_by("up", FILES_S3_BUCKET="files") == []


def test_so_do_those_of_a_collector_of_traces(installed_by):
    three = ["requirements.txt", "requirements-otel.txt", "requirements-s3.txt"]
    assert installed_by("up", OTEL_EXPORTER_OTLP_ENDPOINT="http://localhost:4318") == three[:2]
    assert installed_by("up", FILES_S3_BUCKET="files") == three
    assert installed_by("manage") == []


def test_what_was_installed_for_the_panel_or_for_development_is_renewed_as_such(installed_by, tmp_path):
    stamp = tmp_path / ".clorp-stamp"
    stamp.write_text("runtime requirements-panel.txt 1 2\n")
    assert installed_by("manage") == ["requirements-panel.txt"]
    assert installed_by("test") == ["requirements-dev.txt"]
    assert installed_by("up", JUDGE_SEATS="[{}, {}]") == []
    stamp.write_text("dev 1 2 3 4\n")
    assert installed_by("manage") == ["requirements-dev.txt"]


@pytest.mark.parametrize("arguments", [[], ["--all"]], ids=["by day", "at night"])
@pytest.mark.parametrize("missed", [0, 1])
def test_at_night_ci_plays_the_drills_too_and_fails_where_one_misses(arguments, missed, tmp_path):
    (tmp_path / ".ci").mkdir()
    shutil.copy(Path(__file__).parents[2] / ".ci/run", tmp_path / ".ci/run")
    does = f'echo "$1" >> did; [ "$1" != drill ] || exit {missed}'
    fakes = {"run": does, "apt-get": ":", "sudo": ":"}
    for name, does in fakes.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    code = subprocess.run(  # noqa: S603
        [tmp_path / ".ci/run", *arguments], env={**os.environ, "PATH": path}, check=False
    ).returncode
    did = (tmp_path / "did").read_text().split()
    assert (did, code) == (
        (["lint", "audit", "drill", "test"], missed) if arguments else (["lint", "audit", "test"], 0)
    )
