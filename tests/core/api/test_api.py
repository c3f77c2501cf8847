"""Every address of the API is alike in who may ask, how often, and how errors and lists look."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts import keys
from accounts.models import ApiKey, Notification
from core.http import address_of
from drops.api import jobs
from drops.contest import posting
from drops.models import Drop
from tests.api import Api, hold_clock, is_problem
from tests.play import NOON, after, fund, open_drop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    hold_clock(monkeypatch)


def test_without_a_key_only_the_public_lists_are_read(db):
    for path in ("packs", "board", "board/stats", "feed"):
        assert Api().get(path).status_code == 200
    for path in ("jobs", "whoami", "wallet/balance", "keys", "agents", "cooldowns", "users/status"):
        answer = Api().get(path)
        is_problem(answer, 401, "not_authenticated")
        assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer clorp_pat_nonsense", "Bearer ", "Basic eDp5", "Bearer ü", "nonsense"])
def test_a_bad_key_is_refused_even_where_none_is_needed(db, header):
    answer = Api(headers={"Authorization": header}).get("board")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_a_key_stops_at_its_expiry_and_when_revoked(agent, monkeypatch):
    key, token = keys.create_key(user=agent, name="a", now=NOON, expires_at=after(10))
    api = Api(headers={"Authorization": f"Bearer {token}"})
    assert api.get("whoami").status_code == 200
    hold_clock(monkeypatch, after(10))
    is_problem(api.get("whoami"), 401, "bad_key")
    hold_clock(monkeypatch, after(9))
    keys.revoke_key(user=agent, public_id=key.public_id)
    is_problem(api.get("whoami"), 401, "bad_key")


def test_of_a_key_that_a_program_makes_its_owner_is_told(agent):
    Api(agent, ["read"]).post("keys", {"name": "at night\n"})
    note = Notification.objects.get(user=agent)
    assert note.kind == "key-added" and "“at night”" in note.text and "“test”" in note.text


def test_a_keys_use_is_noted_to_the_minute(agent, monkeypatch):
    api = Api(agent)
    for seconds, noted in ((0, 0), (59, 0), (60, 60)):
        hold_clock(monkeypatch, after(seconds))
        api.get("whoami")
        assert ApiKey.objects.get().last_used_at == after(noted)


@pytest.mark.parametrize(
    ("scopes", "method", "path"),
    [
        (["compete"], "get", "whoami"),
        (["compete"], "get", "board"),
        (["read", "send"], "post", "jobs/{drop}/claim"),
        (["read", "compete"], "post", "jobs/run"),
        (["read", "compete"], "post", "jobs/{drop}/cancel"),
        (["read", "wallet"], "post", "attachments"),
        (["read", "wallet"], "post", "jobs/{drop}/report"),
        (["read", "compete"], "post", "jobs/{drop}/picks"),
        (["read", "send"], "post", "jobs/{drop}/submit"),
        (["read", "send"], "post", "agents"),
        (["read", "compete"], "patch", "users/{drop}"),
    ],
)
def test_a_key_does_what_its_scopes_say(sender, agent, scopes, method, path):
    drop = open_drop(sender)
    answer = getattr(Api(agent, scopes), method)(path.format(drop=drop.pk))
    is_problem(answer, 403, "missing_scope")
    drop.refresh_from_db()
    assert (drop.claims_count, drop.status) == (0, "open")


def test_the_browsers_session_needs_its_csrf_token_to_write(agent):
    client = Client(enforce_csrf_checks=True)
    client.force_login(agent)
    assert client.get("/api/whoami").status_code == 200
    is_problem(client.post("/api/whoami"), 403, "permission_denied")
    client.cookies["csrftoken"] = "a" * 32
    assert client.post("/api/whoami", b"", "application/json", headers={"X-CSRFToken": "a" * 32}).status_code == 200


def test_an_address_or_a_method_that_is_not_there_is_a_problem_document(agent):
    is_problem(Api(agent).get("nowhere"), 404, "not_found")
    answer = Api(agent).delete("whoami")
    is_problem(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET, HEAD, POST"


def test_a_bug_tells_no_details(agent, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(posting, "create_drop", broken)
    api = Api(agent)
    api.client.raise_request_exception = False
    answer = api.post("jobs/run", {"prompt": "x", "confirmed": True}, key="a")
    is_problem(answer, 500, "internal_error")
    assert b"secret" not in answer.content


def test_a_bug_is_logged_by_its_route_without_the_ids_in_its_path(agent, monkeypatch, caplog):
    monkeypatch.setattr(jobs, "visible_drop", lambda *_: 1 / 0)
    api, drop_id = Api(agent), uuid4()
    api.client.raise_request_exception = False
    is_problem(api.get(f"jobs/{drop_id}"), 500, "internal_error")
    (record,) = [record for record in caplog.records if record.name == "core.api.problems"]
    assert record.route == "/api/jobs/<uuid:drop_id>" and str(drop_id) not in record.getMessage()


def test_a_request_id_is_taken_and_given_back(db):
    assert Api().get("nowhere", **{"X-Request-ID": "my-id"}).json()["request_id"] == "my-id"


def test_too_many_requests_are_refused_until_the_minute_is_over(agent, rival, settings, monkeypatch):
    settings.API_USER_PER_MINUTE = 2
    hold_clock(monkeypatch, after(50))
    api = Api(agent)
    first = api.get("whoami")
    assert (first["RateLimit"], first["RateLimit-Policy"]) == ('"user";r=1;t=11', '"user";q=2;w=60')
    api.get("whoami")
    refused = api.get("whoami")
    told = is_problem(refused, 429, "throttled")
    assert (refused["Retry-After"], told["retry_at"]) == ("11", f"{after(61):%Y-%m-%dT%H:%M:%SZ}")
    assert Api(rival).get("whoami").status_code == 200
    hold_clock(monkeypatch, after(62))
    assert api.get("whoami").status_code == 200


def test_a_stranger_cannot_shake_off_the_limit_with_a_header(settings, monkeypatch):
    settings.API_ANONYMOUS_PER_MINUTE = 1
    hold_clock(monkeypatch, after(50))
    answers = [Api().get(f"board?limit={n}", **{"X-Forwarded-For": f"10.0.0.{n}"}) for n in (1, 2)]
    is_problem(answers[1], 429, "throttled")


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::"),
        ("no:address", "no:address"),
    ],
)
def test_one_line_at_home_is_one_stranger_whichever_address_it_uses(address, counted, rf):
    assert address_of(rf.get("/", REMOTE_ADDR=address)) == counted


def test_an_unchanged_answer_is_not_sent_again(sender):
    drop = open_drop(sender)
    api = Api(sender)
    first = api.get(f"jobs/{drop.pk}")
    assert api.get(f"jobs/{drop.pk}", **{"If-None-Match": first["ETag"]}).status_code == 304
    posting.cancel_drop(drop=drop, sender=sender, now=NOON)
    assert api.get(f"jobs/{drop.pk}", **{"If-None-Match": first["ETag"]}).status_code == 200


def linked(answer, rel):
    links = [part.split("; ") for part in answer.get("Link", "").split(", ") if part]
    return next((url.strip("<>").removeprefix("/api/") for url, name in links if name == f'rel="{rel}"'), None)


@pytest.mark.parametrize("sort", ["ends_soon", "prize", "free_seats"])
def test_a_list_leads_on_to_its_end_and_back_to_its_start(sender, sort):
    for number in range(5):
        open_drop(sender, now=after(number // 2), price_cents=500 + number // 2)
    whole = [job["id"] for job in Api(sender).get(f"board?sort={sort}").json()]
    pages = [Api(sender).get(f"board?sort={sort}&limit=2")]
    while following := linked(pages[-1], "next"):
        pages.append(Api(sender).get(following))
    assert [job["id"] for page in pages for job in page.json()] == whole and len(pages) == 3
    assert linked(pages[0], "prev") is None
    back = Api(sender).get(linked(pages[2], "prev"))
    assert back.json() == pages[1].json() and linked(back, "next")
    start = Api(sender).get(linked(back, "prev"))
    assert start.json() == pages[0].json() and linked(start, "prev") is None


def test_the_board_filters(sender):
    open_drop(sender)
    dear = open_drop(sender, pack="code", price_cents=2000, title="A raft", window_seconds=900)
    left = ("min_seconds_left=800", "min_seconds_left=400&max_seconds_left=1000", "q=raf")
    for query in ("pack=code", "min_price_cents=501", "sort=prize&limit=1", "has_seats=true&pack=code", *left):
        assert [job["id"] for job in Api(sender).get(f"board?{query}").json()] == [str(dear.pk)]
    assert Api().get("board/stats").json()["open_drops"] == 2


def test_a_repeat_gets_the_first_answer_and_nothing_is_done_twice(sender):
    fund(sender)
    body = {"prompt": "Name my ferry.", "confirmed": True}
    first, second = (Api(sender).post("jobs/run", body, key="a") for _ in range(2))
    assert (second.status_code, second.json()) == (201, first.json())
    assert second["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first
    assert Drop.objects.count() == 1


def test_the_same_key_with_another_request_is_refused(sender, rival):
    fund(sender)
    Api(sender).post("jobs/run", {"prompt": "a", "confirmed": True}, key="a")
    is_problem(Api(sender).post("jobs/run", {"prompt": "b"}, key="a"), 422, "idempotency_key_reused")
    is_problem(Api(sender).post("whoami", key="a"), 422, "idempotency_key_reused")
    assert Api(rival).post("jobs/run", {"prompt": "b"}, key="a").status_code == 200
    is_problem(Api(sender).post("whoami", key="two words"), 400, "invalid")
