"""The form of a drop's terms: nothing typed or chosen is lost by an error, and terms change until payment alone."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from drops.contest import finishing, posting, sender_rules
from drops.models import Attachment, Drop
from drops.moderation import takedowns
from drops.pages import writing
from tests import play
from tests.drops.browsing import text_of

pytestmark = pytest.mark.django_db
FORM = {"prompt": "Name my ferry.", "pack": "cook", "window": "300", "price": "4.50", "token": "t" * 24}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def plan(name="plan.txt", content=b"text"):
    return SimpleUploadedFile(name, content)


def kept_in(answer):
    return [file.name for file in answer.context["form"].kept_files]


def post(browser, path="/drops/new", **changes):
    return browser.post(path, {**FORM, **changes})


def test_files_are_kept_through_an_error_of_another_field_and_need_not_be_sent_again(browse, sender):
    answer = post(browse(sender), price="0.5", uploads=[plan()])
    assert (answer.status_code, kept_in(answer), Drop.objects.exists()) == (422, ["plan.txt"], False)
    post(browse(sender), keep=[str(Attachment.objects.get().pk)])
    assert [file.name for file in Drop.objects.get().attachments.all()] == ["plan.txt"]


def test_of_two_files_the_good_one_is_kept_and_the_bad_one_named(browse, sender):
    answer = post(browse(sender), uploads=[plan(), plan("empty.txt", b"")])
    assert (answer.status_code, kept_in(answer)) == (422, ["plan.txt"])
    assert "“empty.txt”: This file is empty." in text_of(answer)


def test_a_file_that_was_unticked_is_left_out(browse, sender):
    post(browse(sender), price="0.5", uploads=[plan()])
    post(browse(sender))
    assert not Drop.objects.get().attachments.exists()


def test_files_added_before_count_with_the_new_ones(browse, sender):
    for number in range(9):
        post(browse(sender), price="0.5", uploads=[plan(f"{number}.txt")])
    ids = [str(file.pk) for file in Attachment.objects.all()]
    answer = post(browse(sender), keep=ids, uploads=[plan("a.txt"), plan("b.txt")])
    assert answer.status_code == 422
    assert "At most 10 files fit; these are 11." in text_of(answer)


def test_nobody_takes_somebody_elses_file_along(browse, sender, rival):
    post(browse(rival), price="0.5", uploads=[plan("secret.txt")])
    answer = post(browse(sender), keep=[str(Attachment.objects.get().pk)])
    assert (answer.status_code, kept_in(answer), "secret.txt" in text_of(answer)) == (422, [], False)
    assert post(browse(sender), keep=["no-uuid"]).status_code == 422
    assert not Drop.objects.exists()


def test_what_a_rule_refuses_is_said_on_the_form_with_all_of_it_still_there(browse, sender):
    for _ in range(5):
        play.post_drop(sender)
    answer = post(browse(sender), title="A ferry's name", uploads=[plan()])
    assert (answer.status_code, kept_in(answer), Drop.objects.count()) == (409, ["plan.txt"], 5)
    assert "are waiting for payment" in text_of(answer)
    assert 'value="A ferry&#x27;s name"' in answer.content.decode()


def test_files_of_a_session_that_ended_are_found_again_by_whose_they_are(browse, sender, rival):
    post(browse(sender), price="0.5", uploads=[plan()])
    for user, names in ((sender, ["plan.txt"]), (rival, [])):
        browser = browse(None)
        post(browser, keep=[str(Attachment.objects.get().pk)])
        browser.force_login(user, backend=BACKEND)
        assert kept_in(browser.get("/drops/new")) == names


def test_a_stranger_is_offered_no_files_and_is_told_why(browse):
    page = text_of(browse(None).get("/drops/new"))
    assert 'type="file"' not in page and "You need an account to add files." in page


def test_a_stranger_who_wants_an_account_goes_straight_there_with_the_draft(browse):
    answer = post(browse(None), step="signup")
    assert answer["Location"] == "/accounts/signup/?next=/drops/new"


def test_who_comes_back_is_told_that_the_draft_waited(browse, sender):
    browser = browse(None)
    post(browser)
    browser.force_login(sender, backend=BACKEND)
    assert "Your draft is here." in text_of(browser.get("/drops/new"))
    post(browser)
    assert "Your draft is here." not in text_of(browser.get("/drops/new"))


@pytest.mark.parametrize(("who", "is_shown"), [("sender", True), ("rival", False), (None, False)])
def test_a_draft_of_a_session_that_ended_is_shown_to_its_writer_and_nobody_else(browse, sender, rival, who, is_shown):
    sender.set_password("a good password")
    sender.save()
    browser = browse(None)
    browser.post("/accounts/login/", {"login": sender.email, "password": "a good password"})
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get("/drops/new").content.decode())[1]
    del browser.cookies["sessionid"]
    post(browser, csrfmiddlewaretoken=token, env_vars="KEY=what nobody else may see")
    if who:
        browser.force_login({"sender": sender, "rival": rival}[who], backend=BACKEND)
    shown = text_of(browser.get("/drops/new"))
    assert [words in shown for words in ("Name my ferry.", "what nobody else may see")] == [is_shown] * 2
    assert ("Your draft is here." in shown) is is_shown and token not in shown


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"prompt": " ", "price": "x"}, "prompt"),
        ({"title": "x" * 201, "price": "x"}, "title"),
        ({"price": "x", "env_vars": "?"}, "price"),
        ({"window": "own", "price": "x"}, "own_count"),
        ({"window": "own", "own_count": "1", "own_unit": "1"}, "own_count"),
        ({"env_vars": "?"}, "env_vars"),
    ],
)
def test_the_first_fault_has_the_focus_and_no_other(browse, sender, changes, name):
    page = post(browse(sender), **changes).content.decode()
    assert page.count("autofocus") == 1
    field = next(tag for tag in page.split("<") if "autofocus" in tag)
    assert f'name="{name}"' in field and 'aria-invalid="true"' in field


def test_all_terms_are_shown_to_be_changed_and_saved(browse, sender):
    terms = {"title": "T", "description": "D", "env_vars": {"A": "1 2"}, "agents": "proven", "window_seconds": 90}
    drop = play.post_drop(sender, public_result=True, close_when_full=True, **terms)
    form = browse(sender).get(f"/drops/{drop.pk}/edit").context["form"]
    shown = {name: form[name].value() for name in form.fields if name != "uploads"}
    browse(sender).post(f"/drops/{drop.pk}/edit", {**shown, "price": "9"})
    changed = Drop.objects.get()
    before, after = posting.terms_of(drop), posting.terms_of(changed)
    assert after == before.__class__(**{**vars(before), "price_cents": 900})


def test_files_of_an_unpaid_drop_are_changed_too(browse, sender):
    post(browse(sender), uploads=[plan(), plan("old.txt")])
    drop = Drop.objects.get()
    kept = Attachment.objects.get(name="plan.txt")
    post(browse(sender), f"/drops/{drop.pk}/edit", keep=[str(kept.pk)], uploads=[plan("new.txt")])
    assert {file.name for file in drop.attachments.all()} == {"plan.txt", "new.txt"}


def test_once_paid_the_form_leads_back_to_the_drop_and_gives_back_what_was_typed(browse, sender, rival):
    drop = play.open_drop(sender)
    answer = browse(sender).get(f"/drops/{drop.pk}/edit", follow=True)
    assert answer.redirect_chain == [(drop.get_absolute_url(), 302)] and "its terms stand" in text_of(answer)
    answer = post(browse(sender), f"/drops/{drop.pk}/edit", prompt="Name my raft.")
    assert (answer.status_code, "Name my raft." in text_of(answer)) == (409, True)
    assert browse(rival).get(f"/drops/{drop.pk}/edit").status_code == 403
    assert browse(rival).get(f"/drops/{play.post_drop(sender).pk}/edit").status_code == 404
    assert Drop.objects.get(pk=drop.pk).prompt == "Name my ferry."


def test_of_a_drop_that_is_not_theirs_nobody_has_files_stored_or_sees_the_form(browse, sender, rival):
    drop = play.open_drop(sender)
    answer = post(browse(rival), f"/drops/{drop.pk}/edit", uploads=[plan()], price="x")
    assert (answer.status_code, "Save changes" in text_of(answer)) == (403, False)
    answer = post(browse(sender), f"/drops/{drop.pk}/edit", uploads=[plan()], price="x", prompt="Name my raft.")
    assert (answer.status_code, answer.context["form"]["prompt"].value()) == (409, "Name my raft.")
    assert not Attachment.objects.exists()


def test_a_rule_that_refuses_the_change_is_told_on_the_form_as_it_was_sent(browse, sender, monkeypatch):
    drop = play.post_drop(sender)

    def paid_meanwhile(**_):
        raise sender_rules.TermsFixed

    monkeypatch.setattr(writing, "change_terms", paid_meanwhile)
    answer = post(browse(sender), f"/drops/{drop.pk}/edit", prompt="Name my raft.", uploads=[plan()])
    assert (answer.status_code, kept_in(answer)) == (409, ["plan.txt"])
    assert answer.context["form"]["prompt"].value() == "Name my raft."


def test_a_page_of_before_the_change_pays_nothing(browse, sender):
    play.fund(sender, 10_000)
    drop = play.post_drop(sender)
    seen = drop.updated_at.isoformat()
    posting.change_terms(drop=drop, sender=sender, changes={"price_cents": 5_000}, now=play.after(5))
    assert browse(sender).post(f"/drops/{drop.pk}/pay", {"terms_as_of": seen}).status_code == 409
    page = browse(sender).get(drop.get_absolute_url()).content.decode()
    assert f'name="terms_as_of" value="{play.after(5).isoformat()}"' in page
    assert browse(sender).post(f"/drops/{drop.pk}/pay", {"terms_as_of": play.after(5).isoformat()}).status_code == 302
    drop.refresh_from_db()
    assert drop.is_open


def test_a_drop_is_posted_again_on_other_terms_and_both_say_so(browse, sender, agent, rival):
    origin = play.finished_drop(sender, agent, title="A ferry")
    browse(sender).get(f"{origin.get_absolute_url()}/pull")
    assert browse(sender).get(f"/drops/{origin.pk}/again").context["form"]["title"].value() == "A ferry"
    for _ in range(2):
        answer = post(browse(sender), f"/drops/{origin.pk}/again", prompt="Name my raft.")
    again = Drop.objects.get(origin=origin)
    assert (answer["Location"], again.prompt, again.price_cents) == (again.get_absolute_url(), "Name my raft.", 450)
    assert f'href="{again.get_absolute_url()}"' in text_of(browse(sender).get(f"{origin.get_absolute_url()}/pull"))
    assert f'href="{origin.get_absolute_url()}"' in text_of(browse(sender).get(again.get_absolute_url()))
    assert browse(rival).get(f"/drops/{origin.pk}/again").status_code == 403


def test_an_origin_that_its_reader_may_not_see_is_not_linked(browse, sender, rival):
    origin = play.post_drop(sender)
    posting.abandon_drop(drop=origin, sender=sender, now=play.NOON)
    again = posting.reroll_drop(drop=origin, sender=sender, now=play.NOON)
    play.fund(sender)
    posting.pay_for_drop(drop=again, sender=sender, now=play.NOON)
    assert str(origin.pk) not in text_of(browse(rival).get(again.get_absolute_url()))


def test_the_winner_reads_the_thanks_and_a_loser_does_not(browse, sender, agent, rival):
    drop = finishing.pull_drop(drop=play.finished_drop(sender, agent, rival), sender=sender, now=play.NOON)
    # A second press, or another button, finds what was sent.
    for thanks in ("beyond", "beyond", "again"):
        answer = browse(sender).post(f"/drops/{drop.pk}/thank", {"thanks": thanks})
        assert answer["Location"] == f"{drop.get_absolute_url()}/pull"
    shown = ["Better than I hoped." in text_of(browse(user).get(drop.get_absolute_url())) for user in (agent, rival)]
    assert shown == [True, False]


def test_only_its_sender_has_the_link_to_invite_by_and_a_stranger_who_follows_it_is_welcomed(
    browse, sender, agent, staff
):
    drop = play.open_drop(sender)
    path = drop.get_absolute_url()
    has_link = ["Invite an agent" in text_of(browse(user).get(path)) for user in (sender, agent, None)]
    assert has_link == [True, False, False]
    welcome = ["invited to compete" in text_of(browse(user).get(f"{path}?invited")) for user in (agent, None)]
    assert welcome == [False, True]
    takedowns.hide_drop(drop=drop, staff=staff, told="It names a person.", reason="reported", now=play.after(1))
    assert "Invite an agent" not in text_of(browse(sender).get(path))
