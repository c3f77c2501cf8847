"""`./run audit`: known vulnerabilities fail it, and an index that can't be asked is said to be."""

from __future__ import annotations

import json
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from clorp.dev import audit

TODAY = date(2026, 11, 29)
LOCK = """third==3.0
fourth==4.0
safe==1.0 \\
    --hash=sha256:00
    # via other
bad-one==2.1 ; python_version < '4'
"""
ADVISORY = {"id": "PYSEC-1", "fixed_in": ["2.2"], "withdrawn": None}


@pytest.fixture
def house(tmp_path):
    """A checkout with two locked packages and an empty list."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "advisories.toml").write_text("")
    (tmp_path / "requirements.txt").write_text(LOCK)
    return tmp_path


@pytest.fixture
def index(monkeypatch):
    """An index on loopback; `index.answers[path]` is what it says, everything else is 404."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            body = server.answers.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.end_headers()
            self.wfile.write((body or "").encode())

        def log_message(self, *_):
            """Tests read `asked`."""

    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.answers, server.asked = {}, asked
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setenv("PIP_INDEX_URL", f"http://user:secret@127.0.0.1:{server.server_port}/simple/")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(audit, "index_url", lambda: f"http://127.0.0.1:{server.server_port}/simple/")
    yield server
    server.shutdown()
    server.server_close()


def told(*advisories):
    return json.dumps({"vulnerabilities": list(advisories)})


def run(house, capsys):
    code = audit.run_audit(root=house, today=TODAY)
    out = capsys.readouterr()
    return code, out.out + out.err


def answers(index, *advisories):
    unsuspected = dict.fromkeys(["/pypi/safe/1.0/json", "/pypi/fourth/4.0/json"], told())
    index.answers = {**unsuspected, "/pypi/bad-one/2.1/json": told(*advisories)}


def test_what_the_index_knows_against_a_locked_version_fails(house, index, capsys):
    answers(index, ADVISORY, {**ADVISORY, "id": "PYSEC-2", "withdrawn": "2026-01-01"})
    code, printed = run(house, capsys)
    assert code == 1 and "bad-one 2.1 is vulnerable (PYSEC-1); fixed in 2.2" in printed and "PYSEC-2" not in printed


def test_nothing_known_passes_and_says_who_was_asked(house, index, capsys):
    answers(index)
    code, printed = run(house, capsys)
    assert code == 0 and "4 locked packages, compared with our list and with the index" in printed
    assert len(set(index.asked)) == len(index.asked) == 4
    assert "could not be asked about third 3.0" in printed


@pytest.mark.parametrize("body", [None, "<html>", "{}", "[]"], ids=["not found", "a page", "no such field", "a list"])
def test_an_index_that_knows_no_advisories_is_said_to_and_asked_no_further(body, house, index, capsys):
    index.answers = {"/pypi/bad-one/2.1/json": body} if body else {}
    code, printed = run(house, capsys)
    assert code == 0 and "could not be asked" in printed and "our own list alone" in printed and len(index.asked) == 2
    assert "compared with our list and with the index" not in printed and "secret" not in printed


def test_our_own_list_needs_nobody(house, index, capsys):
    floor = '[[floor]]\npackage = "bad-one"\nadvisory = "CVE-1"\nfixed_in = "2.10"\n'
    (house / "tools" / "advisories.toml").write_text(floor)
    code, printed = run(house, capsys)
    assert (
        code == 1 and "could not be asked" in printed and "bad-one 2.1 is vulnerable (CVE-1); fixed in 2.10" in printed
    )


@pytest.mark.parametrize(("until", "code"), [("2026-11-29", 0), ("2026-11-28", 1)])
def test_an_advisory_is_accepted_until_its_day(until, code, house, index, capsys):
    answers(index, ADVISORY)
    row = f'[[accepted]]\nadvisory = "PYSEC-1"\nreason = "We never call it."\nuntil = {until}\n'
    (house / "tools" / "advisories.toml").write_text(row)
    assert run(house, capsys)[0] == code


def test_the_index_is_the_one_that_pip_is_set_up_for(monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://packages.example/simple")
    assert audit.index_url() == "https://packages.example/simple"


def test_the_locks_are_read_and_hold_to_our_own_list():
    packages = audit.locked_packages(audit.ROOT)
    floors = audit.tomllib.loads(audit.LIST.read_text())["floor"]
    assert len(packages) > 100 and {floor["package"] for floor in floors} <= {package.name for package in packages}
    assert audit.listed_faults(packages, floors) == []
