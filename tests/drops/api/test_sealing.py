"""Who reads what of an entry over the API, before the bell and after the end."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AuditEvent
from accounts.reading_links import sign_reading
from drops.appeals.asking import appeal_verdict
from drops.contest import attachments
from drops.judging import rounds
from drops.moderation import decisions, disqualifying
from tests.admin_site import confirm, logged_in, verb_url
from tests.api import Api, hold_clock, is_problem
from tests.play import NOON, after, claim, enter, finished_drop, judge, open_drop, ring, submit

pytestmark = pytest.mark.django_db
SECRET, FILE = "The words that nobody may see", "secret-plan.txt"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    hold_clock(monkeypatch)


@pytest.fixture
def entered(sender, agent):
    """A drop with one sealed entry of `agent`: a text and a file."""
    drop = open_drop(sender, public_result=True)
    claim(drop, agent)
    file = attachments.store_attachment(owner=agent, upload=SimpleUploadedFile(FILE, b"12345678901"), now=NOON)
    submit(drop, agent, SECRET, attachments=[file])
    return drop


def paths_about(drop):
    entry = drop.submissions.get()
    file = entry.counting.attachments.get()
    about = ["", "/claims", "/submissions", "/logs", "/picks"]
    return [
        *(f"jobs/{drop.pk}{tail}" for tail in about),
        *(f"submissions/{entry.pk}", f"attachments/{file.pk}", "board", "feed", "jobs", "users/status", "cooldowns"),
    ]


@pytest.mark.parametrize("role", ["sender", "rival", "stranger", "seated moderator"])
def test_until_the_bell_nothing_of_an_entry_shows_anywhere(entered, role, sender, rival, staff):
    claim(entered, staff)
    api = Api({"sender": sender, "rival": rival, "stranger": None, "seated moderator": staff}[role])
    entry = entered.submissions.get()
    file = entry.counting.attachments.get()
    told = [SECRET, FILE, str(entry.pk), str(entry.user_id), str(file.pk), file.sha256, entry.counting.sha256]
    for path in paths_about(entered):
        shown = b"".join(api.get(path)).decode()
        assert not [word for word in told if word in shown], path


def test_a_rival_sees_seats_but_neither_people_nor_times_nor_leases(entered, rival):
    claim(entered, rival)
    others = [row for row in Api(rival).get(f"jobs/{entered.pk}/claims").json() if row["user_id"] is None]
    assert len(others) == 1 and others[0]["seat"] in range(1, 6)
    assert (others[0]["created_at"], others[0]["lease_expires_at"], others[0]["agent_id"]) == (None, None, None)


def test_a_submission_leaves_no_trace_in_updated_at(sender, agent, rival):
    drop = open_drop(sender)
    before = Api(rival).get(f"jobs/{drop.pk}").json()["updated_at"]
    claim(drop, agent, now=NOON.replace(minute=1))
    submit(drop, agent, now=NOON.replace(minute=2))
    assert Api(rival).get(f"jobs/{drop.pk}").json()["updated_at"] == before


def test_its_author_always_reads_their_own(entered, agent):
    (own,) = Api(agent).get(f"jobs/{entered.pk}/submissions").json()
    assert (own["body"], own["attachments"][0]["name"], own["user_id"]) == (SECRET, FILE, str(agent.pk))


def test_after_the_end_the_sender_reads_the_winner_and_only_grades_of_the_rest(sender, agent, rival):
    drop = finished_drop(sender, agent, rival)
    entries = Api(sender).get(f"jobs/{drop.pk}/submissions").json()
    won, lost = sorted(entries, key=lambda entry: not entry["is_winner"])
    assert (won["body"], won["grade"], won["user_id"]) == ("Words of Agent", "A", None)
    assert (lost["body"], lost["attachments"], lost["created_at"], lost["user_id"]) == (None, [], None, None)
    assert lost["grade"] and lost["reasons"] and lost["receipt"] is None and won["receipt"] is None
    job = Api(sender).get(f"jobs/{drop.pk}").json()
    assert (job["output_text"], job["grade"], job["judged_by"]) == ("Words of Agent", "A", "sender")


def test_after_the_end_an_agent_knows_their_own_grade_and_no_other(sender, agent, rival):
    drop = finished_drop(sender, agent, rival)
    (own,) = Api(rival).get(f"jobs/{drop.pk}/submissions").json()
    assert (own["user_id"], own["place"], own["is_winner"]) == (str(rival.pk), 2, False)
    assert own["grade"] and own["reasons"] and own["gap"] > 0
    assert Api(rival).get(f"jobs/{drop.pk}").json()["output_text"] is None
    is_problem(Api(rival).get(f"submissions/{drop.winning_submission_id}"), 404, "not_found")


def test_the_winning_work_is_public_only_if_the_sender_chose_so(sender, agent):
    finished_drop(sender, agent)
    public = finished_drop(sender, agent, public_result=True)
    shown = {job["id"]: job["output_text"] for job in Api().get("feed").json()}
    assert shown.pop(str(public.pk)) == "Words of Agent" and list(shown.values()) == [None]


def test_a_refunded_sender_never_reads_the_work(sender, agent, staff, settings):
    settings.JUDGE = "staff"
    drop = open_drop(sender)
    claim(drop, agent), submit(drop, agent, SECRET)
    drop = judge(ring(drop), staff, grade="F")
    (entry,) = Api(sender).get(f"jobs/{drop.pk}/submissions").json()
    assert (drop.status, entry["grade"], entry["body"]) == ("failed", "F", None)
    assert SECRET not in Api(sender).get(f"jobs/{drop.pk}").content.decode()


def test_staff_read_a_sealed_entry_only_with_a_reason_on_record(entered, staff):
    path = f"submissions/{entered.submissions.get().pk}"
    assert Api(staff).get(path).json()["body"] is None and not AuditEvent.objects.exists()
    assert Api(staff).get(f"{path}?reason=A+report").json()["body"] == SECRET
    assert AuditEvent.objects.get().reason == "A report"


def linked(staff):
    """Return the browser of a moderator, which sends its cookie along with whatever link it follows."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    client.cookies["csrftoken"] = "a" * 32
    return client


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_link_that_a_moderator_follows_reads_nothing_in_their_name(entered, staff, method):
    entry = entered.submissions.get()
    file = entry.counting.attachments.get()
    signed_for_another = sign_reading(staff, entry.pk)
    for path in (f"submissions/{entry.pk}?reason=x", f"attachments/{file.pk}?reason=x&signed={signed_for_another}"):
        answer = getattr(linked(staff), method)(f"/api/{path}")
        assert answer.status_code == 403 and (method == "head" or answer.json()["code"] == "asked_by_link")
    assert not AuditEvent.objects.exists()


def test_a_page_of_ours_reads_it_by_a_link_that_it_signed_or_by_the_token_of_a_write(entered, staff):
    entry, client = entered.submissions.get(), linked(staff)
    sent = {"X-CSRFToken": "a" * 32}
    assert client.get(f"/api/submissions/{entry.pk}?reason=x", headers=sent).json()["body"] == SECRET
    page = confirm(logged_in(staff), verb_url("read", entry), reason="A report.").content.decode()
    [link] = re.findall(r'href="(/api/attachments/[^"]+)"', page)
    assert b"".join(client.get(unescape(link))) == b"12345678901"
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == ["read", "read", "download"]


def test_a_file_that_staff_download_is_on_record(entered, staff):
    file = entered.submissions.get().counting.attachments.get()
    for reason in ("", "?reason=%00"):
        is_problem(Api(staff).get(f"attachments/{file.pk}{reason}"), 400, "invalid")
    assert b"".join(Api(staff).get(f"attachments/{file.pk}?reason=A+report")) == b"12345678901"
    assert AuditEvent.objects.get().target == f"attachment:{file.pk}"


@pytest.mark.parametrize("role", ["agent", "sender"])
def test_in_a_contest_of_their_own_moderators_are_players(sender, agent, rival, staff, role):
    drop = open_drop(staff if role == "sender" else sender)
    claim(drop, agent)
    submit(drop, agent, SECRET)
    if role == "agent":
        claim(drop, staff)
    assert Api(staff).get(f"jobs/{drop.pk}/submissions").json() == []
    others = [row for row in Api(staff).get(f"jobs/{drop.pk}/claims").json() if row["user_id"] == str(agent.pk)]
    assert not others


def test_staff_who_play_read_no_file_of_a_rival(entered, staff):
    claim(entered, staff)
    file = entered.submissions.get().counting.attachments.get()
    is_problem(Api(staff).get(f"attachments/{file.pk}?reason=curious"), 403, "forbidden")
    assert not AuditEvent.objects.exists()


def test_whoever_judges_sees_files_by_number_and_not_by_name(entered, sender, agent):
    ring(entered)
    (shown,) = Api(sender).get(f"jobs/{entered.pk}/picks").json()["left"]["attachments"]
    assert shown["name"] == "file-1.txt"
    client = Api().client
    client.force_login(sender)
    paths = (f"/api/attachments/{shown['id']}", f"/attachments/{shown['id']}")
    own = Api(agent).get(f"attachments/{shown['id']}")
    answers = [*(client.get(path) for path in paths), own]
    assert [b"".join(answer) for answer in answers] == [b"12345678901"] * 3
    named = [answer["Content-Disposition"].partition("=")[2] for answer in answers]
    assert named == ['"file-1.txt"', '"file-1.txt"', f'"{FILE}"']


@pytest.fixture
def judged_by_staff(settings):
    settings.JUDGE = "staff"


def test_what_staff_read_to_judge_is_on_record_once(judged_by_staff, entered, staff):
    ring(entered)
    for _ in range(2):
        assert Api(staff).get(f"jobs/{entered.pk}/picks").json()["left"]["body"] == SECRET
    event = AuditEvent.objects.get()
    assert (event.actor, event.target) == (staff, f"submission:{entered.submissions.get().pk}")


def test_a_log_line_about_an_entry_is_its_authors_until_the_bell(entered, agent, sender, staff):
    entry = entered.submissions.get()
    disqualifying.disqualify_entry(submission=entry, staff=staff, told="Off topic.", reason="Off topic.", now=NOON)
    shown = [len(Api(user).get(f"jobs/{entered.pk}/logs").json()) for user in (agent, sender)]
    assert shown == [1, 0]
    page = Api().client
    page.force_login(sender)
    assert b"Off topic." not in page.get(f"/drops/{entered.pk}").content


def test_agents_do_not_read_how_the_judging_goes_before_it_has_ended(entered, agent, rival, sender):
    drop = rounds.hand_to_staff(drop=ring(entered), reason="Odd entries.", now=NOON)
    shown = [len(Api(user).get(f"jobs/{drop.pk}/logs").json()) for user in (agent, rival, sender)]
    assert shown == [0, 0, 1]


def test_a_removed_drop_is_gone_for_all_but_its_players(entered, staff, rival, agent):
    decisions.remove_drop(drop=entered, staff=staff, told="Unlawful.", reason="Unlawful.", now=NOON)
    assert Api(agent).get(f"jobs/{entered.pk}").status_code == 200
    is_problem(Api(rival).get(f"jobs/{entered.pk}"), 404, "not_found")


def test_the_page_of_an_appeal_signs_its_links_to_files_too(entered, sender, agent, rival, staff):
    enter(entered, rival)
    made = appeal_verdict(drop=judge(ring(entered), sender, favourite=rival), user=agent, reason="Why?", now=after(400))
    page = confirm(logged_in(staff), verb_url("read-appealed", made), reason="To answer.").content.decode()
    [link] = re.findall(r'href="(/api/attachments/[^"]+)"', page)
    assert b"".join(linked(staff).get(unescape(link))) == b"12345678901"
