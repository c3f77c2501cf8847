"""A copy of somebody's data: who gets one, how often, and that it is theirs alone."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import Export, Note, Notification, User
from drops import tasks
from drops.models import Attachment
from drops.moderation import decisions, standing
from drops.privacy import archive, exporting, tables
from tests.browsers import signed_in
from tests.drops.browsing import text_of
from tests.play import NOON, after, claim, enter, finished_drop, open_drop, prove, staff_as, submit
from wallet import adjusting, approvals
from wallet.models import Approval

pytestmark = pytest.mark.django_db
DAY = 86_400
OTHERS = "Words that only a rival may read"

# By table, why none of it is in a copy though it names a person.
LEFT_OUT = {
    "accounts.Note": "Notes of moderators for each other; their subject never reads them.",
    "accounts.IdempotencyKey": "Answers that were given already, kept for a day.",
    "accounts.Registration": "The account of a program that nobody has adopted; nobody can sign in to it.",
    "drops.Case": "How moderators share their work.",
    "drops.RiskMark": "Guesses of rules and decisions of moderators, which tell of other people too.",
    "drops.LinkEvidence": "Digests by which accounts are compared; they say something about others too.",
    "wallet.Account": "The lines of the ledger tell all of it.",
    "wallet.Approval": "What staff ask each other to approve.",
    "admin.LogEntry": "Django's own record of its admin, in which nothing is changed by hand.",
    "allauth_idp_oidc.Token": "Secrets of programs; `programs` says which.",
    "allauth_idp_oidc.Client": "Programs belong to nobody.",
}


def upload(owner, name="raft.txt", content=b"doors"):
    digest = hashlib.sha256(content).hexdigest()
    file = ContentFile(content, name=name)
    about = {"content_type": "text/plain", "size": len(content), "sha256": digest, "created_at": NOON}
    return Attachment.objects.create(owner=owner, file=file, name=name, **about)


def copy_of(user, now=NOON):
    """Return what is in the copy of the user's data, by name."""
    whole = io.BytesIO()
    archive.write_archive(whole, user, now, go_on=lambda: None)
    with ZipFile(whole) as made:
        assert made.testzip() is None
        return {name: made.read(name) for name in made.namelist()}


def table(copy, name):
    return json.loads(copy[f"{name}.json"])


def built(user, at, now=NOON):
    at(now)
    exporting.ask_for_export(user=user, now=now)
    tasks.build_exports()
    return Export.objects.get(user=user, asked_at=now)


def test_all_that_somebody_made_is_in_their_copy(sender, agent, rival):
    drop = finished_drop(sender, agent, rival, title="=A ferry")
    mine = upload(agent)
    copy = copy_of(agent)
    assert [line["body"] for line in table(copy, "receipts")] == ["Words of Agent"]
    assert table(copy, "entries")[0]["grade"] == "A" and table(copy, "ledger")[0]["delta"] == 500
    assert copy[f"files/{mine.pk}/raft.txt"] == b"doors" and table(copy, "account")[0]["email"] == agent.email
    sent = copy_of(sender)
    assert table(sent, "drops")[0]["id"] == str(drop.pk) and b"'=A ferry" in sent["drops.csv"]


@pytest.mark.parametrize("is_over", [False, True])
def test_nothing_of_anybody_else_is_in_it(is_over, sender, agent, rival, lead):
    prove(agent), prove(rival)
    drop = open_drop(sender) if not is_over else finished_drop(sender, agent, rival)
    if not is_over:
        enter(drop, agent), claim(drop, rival)
        submit(drop, rival, OTHERS, attachments=[upload(rival, "theirs.txt", b"a rival's bytes")])
    Note.objects.create(about=agent, author=lead, text="Keep an eye on them.", created_at=NOON)
    standing.warn_user(user=agent, staff=lead, told="Be kind.", reason="A private note.", now=NOON)
    told = {rival.email, "Words of Rival", OTHERS, "theirs.txt", "a rival's bytes", "Keep an eye", "A private note"}
    for person in (agent, sender):
        whole = b"".join(copy_of(person).values()).decode()
        assert [word for word in told if word in whole] == []
    assert table(copy_of(agent), "decisions_about_you")[0]["told"] == "Be kind."


def test_what_was_only_asked_for_is_no_decision(agent):
    fin, lea, words = (
        staff_as("finance", "fin"),
        staff_as("lead", "lea"),
        {"told": "Paid.", "reason": "A private note."},
    )
    adjusting.adjust_wallet(user=agent, cents=9_900, staff=fin, **words, now=NOON)
    assert table(copy_of(agent), "decisions_about_you") == []
    approvals.approve(approval=Approval.objects.get(), staff=lea, reason="Yes.", now=after(1))
    (decided,) = table(copy_of(agent), "decisions_about_you")
    assert (decided["act"], decided["told"]) == ("adjust", "Paid.")


def test_how_an_entry_stands_is_not_told_before_its_drop_ends(sender, agent, rival, staff):
    drop = open_drop(sender)
    enter(drop, agent)
    decisions.extend_window(drop=drop, staff=staff, seconds=60, told="Tide.", reason="Tide.", now=after(5))
    copy = copy_of(agent)
    assert table(copy, "entries")[0]["grade"] is None and table(copy, "feedback_to_you") == []


def test_every_table_that_names_a_person_is_in_a_copy_or_says_why_not():
    theirs = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model is User and not field.many_to_many
        if field.name not in {"handled_by", "decided_by", "author", "actor", "taken_back_by", "asked_by"}
    }
    in_copies = {
        "account.EmailAddress": "addresses", "mfa.Authenticator": "ways_to_sign_in", "accounts.ApiKey": "keys",
        "usersessions.UserSession": "sessions", "accounts.Agent": "named_agents", "accounts.Mail": "mails",
        "accounts.Notification": "notifications", "accounts.Preference": "notification_settings",
        "accounts.WebhookEndpoint": "webhooks", "accounts.PushSubscription": "browsers", "accounts.Export": "copies",
        "accounts.Erasure": "erasures", "wallet.Topup": "money_added", "wallet.Withdrawal": "withdrawals",
        "wallet.CardRefund": "card_refunds", "wallet.Dispute": "disputes", "wallet.HeldPayout": "held_prizes",
        "wallet.PaymentProfile": "payment_settings", "drops.Drop": "drops", "drops.Alert": "alerts",
        "drops.Claim": "seats", "drops.Cooldown": "waits", "drops.Submission": "entries",
        "drops.Feedback": "feedback_by_you", "drops.JudgeAnswer": "judgements_by_you", "drops.Rating": "ratings",
        "drops.Report": "reports", "drops.Appeal": "appeals", "drops.Takedown": "out_of_sight",
        "drops.SandboxDrop": "sandbox_drops",
    }  # fmt: skip
    assert set(in_copies.values()) <= {each.name for each in tables.TABLES}
    assert theirs - set(in_copies) - {"drops.Attachment"} - set(LEFT_OUT) == set()


def test_a_copy_is_built_by_a_worker_and_its_owner_is_told(sender, at):
    export = built(sender, at)
    with default_storage.open(export.path) as stored:
        content = stored.read()
    assert (export.size, export.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    kinds = list(Notification.objects.filter(user=sender).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["export-asked", "export-ready"]


def test_one_is_made_at_a_time_and_one_a_day(sender, at):
    exporting.ask_for_export(user=sender, now=NOON)
    with pytest.raises(exporting.ExportUnderWay):
        exporting.ask_for_export(user=sender, now=NOON)
    tasks.build_exports()
    with pytest.raises(exporting.ExportTooSoon) as refusal:
        exporting.ask_for_export(user=sender, now=after(DAY - 1))
    assert refusal.value.retry_at == after(DAY) and Export.objects.count() == 1


def test_a_newer_copy_takes_the_place_of_the_older(sender, at, django_capture_on_commit_callbacks):
    older = built(sender, at)
    with django_capture_on_commit_callbacks(execute=True):
        newer = built(sender, at, after(DAY))
    assert default_storage.exists(newer.path) and not default_storage.exists(older.path)


def test_what_fails_is_tried_again_and_given_up_in_the_end(sender, at, monkeypatch):
    monkeypatch.setattr(exporting, "write_archive", lambda *_args, **_more: 1 / 0)
    exporting.ask_for_export(user=sender, now=NOON)
    for days in range(exporting.TRIES_MAX + 1):
        at(after(DAY * days))
        tasks.build_exports()
    export = Export.objects.get()
    assert export.tries == exporting.TRIES_MAX and export.gone_at and not export.built_at
    assert Notification.objects.filter(kind="export-failed").count() == 1
    exporting.ask_for_export(user=sender, now=after(DAY * 9))


def test_whoever_lost_its_lease_finishes_nothing(sender, at):
    export = exporting.ask_for_export(user=sender, now=NOON)

    def taken_over():
        Export.objects.filter(pk=export.pk, lease_until__isnull=False).update(lease_until=after(9_000))
        return NOON

    exporting.build_export(export_id=export.pk, clock=taken_over)
    export.refresh_from_db()
    assert export.built_at is None and not default_storage.exists(export.path)


def test_whoever_lost_its_lease_leaves_the_copy_of_the_other_alone(sender, at, monkeypatch):
    """The other takes over while the slow one works out its digest, finishes, and its copy is offered."""
    export, at_work = exporting.ask_for_export(user=sender, now=NOON), iter([True])
    measure = exporting.measure

    def slowly(whole):
        measured = measure(whole)
        if next(at_work, False):
            later = after(3_600)
            exporting.build_export(export_id=export.pk, clock=lambda: later)
            whole.write(b"of the slow one")
        return measured

    monkeypatch.setattr(exporting, "measure", slowly)
    exporting.build_export(export_id=export.pk, clock=lambda: NOON)
    export.refresh_from_db()
    with default_storage.open(export.path) as stored:
        assert hashlib.sha256(stored.read()).hexdigest() == export.sha256
    assert export.built_at == after(3_600)


def test_half_a_file_of_a_build_that_was_killed_is_replaced(sender, at):
    export = exporting.ask_for_export(user=sender, now=NOON)
    default_storage.save(export.path, ContentFile(b"half"))
    tasks.build_exports()
    export.refresh_from_db()
    assert default_storage.size(export.path) == export.size > 4


def test_it_is_downloaded_by_its_owner_after_a_fresh_login(sender, rival, at):
    export = built(sender, at)
    address = f"/me/data/copies/{exporting.token_of(export)}"
    assert signed_in(sender, lately=False).get(address)["Location"].startswith("/me/confirm?next=")
    answer = signed_in(sender).get(address)
    assert len(b"".join(answer.streaming_content)) == export.size == int(answer["Content-Length"])
    assert signed_in(rival).get(address).status_code == 404
    assert signed_in(sender).get(f"/me/data/copies/{export.pk.hex}:forged").status_code == 404
    export.refresh_from_db()
    assert export.downloads == 1 and export.downloaded_at == NOON


def test_after_its_days_it_is_gone_and_that_it_was_stays(sender, at, django_capture_on_commit_callbacks):
    export = built(sender, at)
    at(export.expires_at)
    assert signed_in(sender).get(f"/me/data/copies/{exporting.token_of(export)}").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.tend_people() == 1
    assert not default_storage.exists(export.path) and Export.objects.get().gone_at == export.expires_at
    with pytest.raises(exporting.NoSuchExport):
        exporting.take_away_export(export_id=export.pk, now=export.expires_at + timedelta(days=1))


def test_bytes_that_a_crash_left_behind_are_swept(sender, at):
    export = built(sender, at)
    default_storage.save(f"exports/{export.user_id}.zip", ContentFile(b"half"))
    assert exporting.sweep_exports(now=NOON) == 1 and exporting.sweep_exports(now=NOON) == 0
    assert default_storage.exists(export.path)


def test_the_page_asks_for_a_fresh_login_then_says_how_it_stands(sender, at):
    at(NOON)
    assert signed_in(sender, lately=False).post("/me/data/copy")["Location"].startswith("/me/confirm?next=")
    browser = signed_in(sender)
    assert "Your copy is being made" in text_of(browser.post("/me/data/copy", follow=True))
    tasks.build_exports()
    page = text_of(browser.get("/me/data"))
    assert "Make a new copy" in page and exporting.token_of(Export.objects.get()) in page
