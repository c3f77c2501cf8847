"""Each verb of the moderators' site: what it does, what it leaves on record, and when it is refused."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent, User
from drops.models import Attachment, Report, Submission
from tests.admin_site import change_url, confirm, grant, list_url, logged_in, verb_url
from tests.drops.admin.verb_cases import TOLD, WHY, cases, verb_named
from tests.play import NOON, after, claim, enter, finished_drop, make_user, open_drop, post_drop, ring, submit
from wallet.books import ledger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("past_noon")]
RIGHTS = (
    "drops.view_drop",
    "drops.change_drop",
    "drops.view_submission",
    "drops.change_submission",
    "drops.view_report",
    "drops.change_report",
    "drops.view_attachment",
    "drops.view_appeal",
    "drops.view_case",
    "drops.view_panelcall",
    "drops.view_riskmark",
    "accounts.view_user",
    "core.view_switch",
    "accounts.change_user",
)


@pytest.fixture
def moderator(staff):
    return logged_in(grant(staff, *RIGHTS))


@pytest.fixture
def report(sender, agent):
    return Report.objects.create(drop=open_drop(sender), reporter=agent, reason="Smells of fish.", created_at=NOON)


def carry_out(client, name, *rows, **asked):
    told = {"told": TOLD} if verb_named(name).tells else {}
    return confirm(client, verb_url(name, *rows), **{"reason": WHY, **told, **asked})


def said(response):
    return [str(message) for message in response.context["messages"]]


def audit():
    return list(AuditEvent.objects.order_by("id").values_list("action", "target", "reason"))


def test_removing_gives_the_money_back_and_is_on_record(moderator, sender):
    drop = open_drop(sender)
    carry_out(moderator, "remove", drop)
    drop.refresh_from_db()
    assert (drop.status, drop.outcome_reason, drop.ended_at) == ("cancelled", "removed_by_staff", after(60))
    assert ledger.balance_cents(sender) == 500
    assert audit() == [("remove", f"drop:{drop.pk}", WHY)]


def test_stopping_gives_the_money_back_and_is_on_record(moderator, sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    carry_out(moderator, "stop", ring(drop))
    drop.refresh_from_db()
    assert (drop.status, drop.outcome_reason) == ("failed", "stopped_by_staff")
    assert ledger.balance_cents(sender) == 500
    assert audit() == [("stop", f"drop:{drop.pk}", WHY)]


def test_extending_moves_the_bell_and_no_money(moderator, sender):
    drop = open_drop(sender)
    carry_out(moderator, "extend", drop, seconds="90")
    drop.refresh_from_db()
    assert drop.window_closes_at == after(390)
    assert ledger.escrow_cents(drop.reference) == 500
    assert audit() == [("extend", f"drop:{drop.pk}", WHY)]


def test_the_bell_that_is_moved_is_read_before(moderator, sender):
    page = moderator.get(verb_url("extend", open_drop(sender))).content.decode()
    assert "Window closes at</th>" in page and "12:05 p.m." in page


@pytest.mark.parametrize("seconds", ["0", "-5", "soon", "", "604801"])
def test_an_extension_out_of_bounds_is_asked_for_again(moderator, sender, seconds):
    drop = open_drop(sender)
    response = carry_out(moderator, "extend", drop, seconds=seconds)
    drop.refresh_from_db()
    assert response.context["form"].errors["seconds"]
    assert drop.window_closes_at == after(300)
    assert audit() == []


def test_disqualifying_takes_the_entry_out_and_is_on_record(moderator, sender, agent):
    drop = open_drop(sender)
    entry = enter(drop, agent).submission
    carry_out(moderator, "disqualify", entry)
    entry.refresh_from_db()
    assert (entry.disqualified_at, entry.disqualified_reason) == (after(60), TOLD)
    assert audit() == [("disqualify", f"submission:{entry.pk}", WHY)]


def test_judging_by_hand_takes_over_and_leads_to_the_picks(moderator, sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    response = carry_out(moderator, "judge-by-hand", ring(drop))
    drop.refresh_from_db()
    assert (drop.status, drop.judge) == ("ranking", "staff")
    assert f'<a href="/drops/{drop.pk}/picks">' in response.content.decode()
    assert audit() == [("judge-by-hand", f"drop:{drop.pk}", WHY)]


def test_suspending_and_reinstating_are_both_on_record(moderator, sender, agent):
    claim(open_drop(sender), agent)
    carry_out(moderator, "suspend", agent)
    agent.refresh_from_db()
    assert agent.is_suspended and not agent.claims.active().exists()
    carry_out(moderator, "reinstate", agent)
    agent.refresh_from_db()
    assert not agent.is_suspended
    assert [action for action, _, _ in audit()] == ["suspend", "reinstate"]


def test_verifying_a_sender_is_on_record(moderator, sender):
    carry_out(moderator, "verify-sender", sender)
    sender.refresh_from_db()
    assert sender.is_verified_sender
    assert audit() == [("verify-sender", f"user:{sender.pk}", WHY)]


def test_a_handle_taken_off_the_site_is_gone_and_its_owner_told(moderator, agent):
    agent.handle = "rude"
    agent.save(update_fields=["handle"])
    carry_out(moderator, "take-handle", agent)
    agent.refresh_from_db()
    assert (agent.handle, agent.notifications.latest("id").kind) == (None, "handle-taken")
    assert audit() == [("take-handle", f"user:{agent.pk}", WHY)]


def test_handling_a_report_keeps_what_was_decided(moderator, staff, report):
    carry_out(moderator, "handle", report)
    report.refresh_from_db()
    assert (report.handled_by, report.handling, report.handled_at) == (staff, WHY, after(60))
    assert audit() == [("handle-report", f"report:{report.pk}", WHY)]


def test_reading_an_entry_shows_its_text_as_text_once_it_is_on_record(moderator, sender, agent):
    entry = enter(open_drop(sender), agent, "<script>alert(1)</script> a raft").submission
    response = carry_out(moderator, "read", entry)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; a raft" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert audit() == [("read", f"submission:{entry.pk}", WHY)]


def test_reading_an_entry_names_its_files(moderator, sender, agent):
    drop = open_drop(sender)
    claim(drop, agent)
    file = Attachment.objects.create(
        owner=agent, file="x", name="plan.txt", content_type="text/plain", size=7, sha256="0" * 64, created_at=NOON
    )
    entry = submit(drop, agent, "See the plan.", attachments=[file]).submission
    assert "plan.txt</a>" in carry_out(moderator, "read", entry).content.decode()


def test_asking_with_get_changes_nothing_and_says_what_happens_to_the_money(staff, sender, agent, rival):
    chief = logged_in(User.objects.create_superuser("chief@example.com"))
    rows = cases(sender, agent, rival)
    before = [(ledger.balance_cents(user), ledger.escrow_cents(rows["extend"].reference)) for user in (sender, agent)]
    for name, row in rows.items():
        page = chief.get(verb_url(name, row), {"reason": WHY, "ids": row.pk})
        assert page.status_code == 200
        assert "money" in page.content.decode() or "$" in page.content.decode()
    assert before == [
        (ledger.balance_cents(user), ledger.escrow_cents(rows["extend"].reference)) for user in (sender, agent)
    ]
    assert audit() == []


def test_without_the_permission_to_change_every_verb_is_forbidden(staff, sender, agent, rival):
    onlooker = logged_in(grant(staff, *(right for right in RIGHTS if "view" in right)))
    for name, row in cases(sender, agent, rival).items():
        assert onlooker.get(verb_url(name, row)).status_code == 403
        assert onlooker.post(verb_url(name, row), {"reason": WHY}).status_code == 403
        assert onlooker.get(change_url(row)).status_code == 200
        assert f"/act/{name}/" not in onlooker.get(change_url(row)).content.decode()
    assert audit() == []


def test_whoever_is_not_staff_is_sent_away(sender, agent, rival):
    for name, row in cases(sender, agent, rival).items():
        assert logged_in(rival).post(verb_url(name, row), {"reason": WHY}).status_code == 302
    assert audit() == []


def test_without_a_reason_nothing_happens(moderator, sender):
    drop = open_drop(sender)
    response = moderator.post(verb_url("remove", drop), {"reason": "   "})
    drop.refresh_from_db()
    assert response.context["form"].errors["reason"]
    assert drop.is_open
    assert audit() == []


def test_a_post_without_its_csrf_token_is_refused(moderator, sender):
    drop = open_drop(sender)
    moderator.handler.enforce_csrf_checks = True
    assert moderator.post(verb_url("remove", drop), {"reason": WHY}).status_code == 403
    drop.refresh_from_db()
    assert drop.is_open


def test_a_refused_row_is_named_and_stays_while_the_others_are_done(moderator, sender):
    drop, unpaid = open_drop(sender, title="Paid"), post_drop(sender, title="Unpaid")
    response = carry_out(moderator, "remove", drop, unpaid)
    unpaid.refresh_from_db()
    assert unpaid.is_pending
    late = "Unpaid: “Remove and refund” does not fit it any more. It has not been paid for. Nothing was done."
    assert late in said(response)
    assert any(line.startswith("Paid: Remove and refund") for line in said(response))
    assert audit() == [("remove", f"drop:{drop.pk}", WHY)]


def test_reading_what_is_refused_shows_no_text(moderator, staff, sender, agent):
    entry = enter(open_drop(sender), agent, "a secret raft").submission
    User.objects.filter(pk=staff.pk).update(suspended_at=NOON, suspended_reason="Gone.")
    assert "a secret raft" not in carry_out(moderator, "read", entry).content.decode()
    assert audit() == []


def test_choosing_rows_in_a_list_leads_to_the_question(moderator, sender):
    drop = open_drop(sender)
    chosen = {"action": "remove", "_selected_action": [str(drop.pk)]}
    response = moderator.post(list_url(type(drop)), chosen)
    assert response["Location"] == verb_url("remove", drop)
    drop.refresh_from_db()
    assert drop.is_open


def test_more_rows_than_one_can_look_at_are_refused(moderator, staff):
    people = [make_user(f"many-{number}") for number in range(51)]
    chosen = {"action": "verify-sender", "_selected_action": [str(user.pk) for user in people]}
    response = moderator.post(list_url(User), chosen, follow=True)
    assert said(response) == ["Choose at most 50 at a time."]


def test_entries_are_read_one_by_one_each_for_a_reason_of_its_own(moderator, sender, agent, rival):
    drop = open_drop(sender)
    entries = [enter(drop, user, f"Words of {user.name}").submission for user in (agent, rival)]
    chosen = {"action": "read", "_selected_action": [str(entry.pk) for entry in entries]}
    assert said(moderator.post(list_url(Submission), chosen, follow=True)) == ["Choose at most 1 at a time."]
    page = carry_out(moderator, "read", *entries).content.decode()
    assert "Words of Agent" in page and "Words of Rival" not in page and AuditEvent.objects.count() == 1


@pytest.mark.parametrize("ids", ["", "not-a-uuid", "00000000-0000-0000-0000-000000000000"])
def test_rows_that_do_not_exist_are_not_found(moderator, sender, ids):
    url = verb_url("remove", post_drop(sender)).partition("?")[0]
    assert moderator.get(url, {"ids": ids}).status_code == 404
    assert moderator.get(url.replace("remove", "no-such-verb"), {"ids": ids}).status_code == 404


def test_a_drops_page_offers_what_fits_and_no_more(moderator, sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    assert "/act/remove/" in moderator.get(change_url(drop)).content.decode()
    page = moderator.get(change_url(ring(drop))).content.decode()
    assert "/act/remove/" not in page and "/act/stop/" in page


def test_entries_of_an_ended_drop_are_not_offered_for_disqualification(moderator, sender, agent):
    entry = Submission.objects.get(drop=finished_drop(sender, agent))
    page = moderator.get(change_url(entry)).content.decode()
    assert "/act/disqualify/" not in page and "/act/read/" in page
