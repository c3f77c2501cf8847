"""Each command does what its name says, with every option it has; the game and its failures are told elsewhere."""

from __future__ import annotations

import pytest

from tests.cli.conftest import key_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sender(site, monkeypatch):
    key = key_of("sender@example.com")
    monkeypatch.setenv("CLORP_KEY", key)
    return key


def test_a_drop_has_the_terms_it_was_given(clorp, sender, tmp_path):
    (tmp_path / "prompt.md").write_text("Name my ferry.\n\nIt is blue.")
    (tmp_path / "ferry.txt").write_text("A ferry.")
    words = ["--pack", "code", "--price", "$12.50", "--window", "2h", "--title", "Ferry", "--description", "Soon."]
    flags = ["--env", "SITE=a=b", "--public", "--close-when-full", "--proven", "-a", str(tmp_path / "ferry.txt")]
    job = clorp("drop", "-f", str(tmp_path / "prompt.md"), *words, *flags, "-y").json
    terms = {name: job[name] for name in ("pack", "price_cents", "time_limit_seconds", "title", "description")}
    assert terms == {
        "pack": "code",
        "price_cents": 1250,
        "time_limit_seconds": 7200,
        "title": "Ferry",
        "description": "Soon.",
    }
    assert (job["envVars"], job["public_result"], job["close_when_full"], job["agents"]) == (
        {"SITE": "a=b"},
        True,
        True,
        "proven",
    )
    assert [file["name"] for file in job["attachments"]] == ["ferry.txt"]


def test_a_prompt_and_an_entry_come_from_pipes_too(clorp, sender):
    job = clorp("drop", "-y", stdin="Zażółć gęślą.".encode()).json
    assert job["prompt"] == "Zażółć gęślą."
    ada = key_of("ada@example.com")
    clorp("claim", job["id"], key=ada)
    assert clorp("submit", job["id"], stdin=b"Jazn", key=ada).json["body"] == "Jazn"
    assert clorp("submit", job["id"], "-t", "-", stdin=b"Better", key=ada).json["receipt"]["revision"] == 2


def test_a_drop_is_taken_back_and_posted_again_on_other_terms(clorp, sender):
    job = clorp("drop", "Name my ferry.", "--price", "5", "-y").json
    assert clorp("cancel", job["id"], "-y").json["status"] == "cancelled"
    again = clorp("reroll", job["id"], "--price", "6", "-y").json
    assert (again["origin_id"], again["price_cents"], again["status"]) == (job["id"], 600, "open")
    assert [row["id"] for row in clorp("jobs", "--status", "open").json] == [again["id"]]
    assert clorp("wallet").json["balance_cents"] == 9_400
    assert [row["delta"] for row in clorp("wallet", "ledger", "-n", "3").json] == [-600, 500, -500]


def test_the_first_letters_of_an_id_and_its_address_will_do(clorp, sender, site):
    job = clorp("drop", "Name my ferry.", "-y").json["id"]
    for name in (job, job[:8], job.upper(), f"{site}/drops/{job}"):
        assert clorp("view", name).json["id"] == job


def test_files_are_saved_inside_the_folder_and_over_nothing(clorp, sender, tmp_path):
    (tmp_path / "ferry.txt").write_text("A ferry.")
    job = clorp("drop", "Name it.", "-a", str(tmp_path / "ferry.txt"), "-y").json["id"]
    assert clorp("view", job, "--save", str(tmp_path / "brief")).code == 0
    assert (tmp_path / "brief/ferry.txt").read_text() == "A ferry."
    (tmp_path / "brief/ferry.txt").write_text("Mine.")
    ran = clorp("view", job, "--save", str(tmp_path / "brief"))
    assert (ran.code, (tmp_path / "brief/ferry.txt").read_text()) == (2, "Mine.")


def test_of_two_files_of_one_name_both_are_saved_and_a_link_leads_nowhere_else(clorp, sender, tmp_path):
    files = [tmp_path / name / "ferry.txt" for name in ("a", "b")]
    for file in files:
        file.parent.mkdir()
        file.write_text(f"Of {file.parent.name}.")
    job = clorp("drop", "Name it.", "-y", *[word for file in files for word in ("-a", str(file))]).json["id"]
    folder, elsewhere = tmp_path / "brief", tmp_path / "elsewhere"
    folder.mkdir()
    (folder / ".ferry.txt.part").symlink_to(elsewhere)
    assert clorp("view", job, "--save", str(folder)).code == 0
    assert {file.read_text() for file in folder.glob("ferry*.txt")} == {"Of a.", "Of b."}
    assert not elsewhere.exists() and len([*folder.iterdir()]) == 3


def test_keys_are_made_shown_once_and_revoked(clorp, sender):
    key = clorp("keys", "new", "night shift", "--scope", "read", "--for", "30d").json
    assert (key["scopes"], key["expires_at"] is None) == (["read"], False)
    assert clorp("whoami", key=key["token"]).code == 0
    assert clorp("keys", "revoke", key["id"], "-y").code == 0
    assert clorp("whoami", key=key["token"]).code == 3
    assert [row["name"] for row in clorp("keys").json] == ["command line"]


def test_packs_are_followed_and_left_by_id_or_by_name(clorp, sender):
    first = clorp("alerts", "add", "--pack", "code", "--min-price", "5").json
    clorp("alerts", "add")
    assert {(row["pack"], row["min_price_cents"]) for row in clorp("alerts").json} >= {("code", 500)}
    assert clorp("alerts", "remove", first["id"]).code == 0
    assert clorp("alerts", "remove", "--any").code == 0
    assert clorp("alerts").json == []
    assert clorp("alerts", "remove").code == 2


def test_legacy_profiles_are_made_and_deleted(clorp, sender):
    agent = clorp("agents", "add", "Robo", "--personality", "Dry.").json
    assert [row["name"] for row in clorp("agents").json] == ["Robo"]
    assert clorp("agents", "remove", agent["id"]).code == 0
    assert clorp("agents").json == []


def test_any_call_of_the_api_can_be_made(clorp, sender):
    assert clorp("api", "packs").json[0]["id"] == "roast"
    assert clorp("api", "GET", "/api/board", "-q", "pack=code").json == []
    body = '{"prompt": "Name it.", "confirmed": true}'
    job = clorp("api", "POST", "jobs/run", "-d", "-", stdin=body.encode()).json
    assert job["status"] == "open"
    assert clorp("api", "jobs/run", "-d", "{").code == 2
    assert clorp("api", "DELETE", "board").code == 5


def test_finished_drops_are_listed_and_filtered(clorp, sender):
    assert clorp("feed").json == []
    assert clorp("feed", "--pack", "code", "--grade", "S", "-q", "ferry").json == []
    assert clorp("feed", typed="").out == "No drop has finished yet.\n"


def test_payment_pages_are_refused_kindly_on_play_money(clorp, sender):
    for arguments in (["topup", "20"], ["connect"], ["withdraw", "5", "-y"]):
        ran = clorp("wallet", *arguments)
        assert ran.code in {2, 5}, ran.err
        assert "Traceback" not in ran.err


def test_the_doctor_says_what_works(clorp, sender):
    ran = clorp("doctor")
    assert (ran.code, {line["check"] for line in ran.json if line["ok"]}) == (
        0,
        {"version", "sign-in", "site", "clock", "account"},
    )
    assert clorp("doctor", key="clorp_pat_nothing").code == 8
