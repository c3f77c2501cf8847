"""Who chooses the language of the pages, and what they then speak."""

import pytest
from django.core import mail as sent
from django.test import Client
from django.utils import translation

from accounts import tasks
from accounts.models import User
from accounts.notifications.notify import notify
from tests.api import hold_clock
from tests.browsers import signed_in
from tests.play import NOON, fund

pytestmark = pytest.mark.django_db
GERMAN = {"HTTP_ACCEPT_LANGUAGE": "de-AT,de;q=0.9,en;q=0.5"}


def language_of(answer):
    return answer.content.decode().partition('<html lang="')[2][:2]


def chosen(client, language, back="/board"):
    return client.post("/language", {"language": language, "back": back})


def test_a_stranger_is_spoken_to_as_their_browser_asks():
    assert [language_of(Client().get("/board", **given)) for given in ({}, GERMAN)] == ["en", "de"]


def test_a_stranger_chooses_by_a_button_and_a_cookie_remembers_it():
    client = Client(enforce_csrf_checks=True)
    form = client.get("/language?back=/board%3Fpack%3Dcode")
    token = form.content.decode().partition('csrfmiddlewaretoken" value="')[2].partition('"')[0]
    sent = {"language": "de", "back": "/board?pack=code", "csrfmiddlewaretoken": token}
    answer = client.post("/language", sent)
    assert answer["Location"] == "/board?pack=code"
    assert (answer.cookies["language"].value, answer.cookies["language"]["httponly"]) == ("de", True)
    assert language_of(client.get("/board", HTTP_ACCEPT_LANGUAGE="en")) == "de"


def test_without_its_token_nothing_is_chosen():
    client = Client(enforce_csrf_checks=True)
    assert chosen(client, "de").status_code == 403
    assert "language" not in client.cookies


@pytest.mark.parametrize("language", ["fr", "", "de\x00", "d" * 5_000])
def test_a_language_that_is_not_ours_is_not_chosen(agent, language):
    client = signed_in(agent)
    answer = chosen(client, language)
    assert (answer.status_code, "language" in answer.cookies) == (422, False)
    assert User.objects.get(pk=agent.pk).language == ""


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_way_back_stays_on_the_site(back):
    assert chosen(Client(), "de", back)["Location"] == "/"


def test_every_page_leads_to_the_choice():
    page = Client().get("/board?pack=code").content.decode()
    assert 'href="/language?back=%2Fboard%3Fpack%3Dcode"' in page


def test_a_members_choice_stands_above_cookie_and_browser(agent):
    client = signed_in(agent)
    client.cookies["language"] = "en"
    client.post("/me", {"name": "Ada", "language": "de"})
    assert User.objects.get(pk=agent.pk).language == "de"
    assert language_of(client.get("/me", HTTP_ACCEPT_LANGUAGE="en")) == "de"


def test_a_member_chooses_by_the_page_and_leaves_no_cookie_in_the_browser(agent):
    client = signed_in(agent)
    answer = chosen(client, "de")
    assert (User.objects.get(pk=agent.pk).language, "language" in answer.cookies) == ("de", False)


def test_as_the_browser_asks_is_what_it_says_whatever_cookie_there_is(agent):
    client = signed_in(agent)
    User.objects.filter(pk=agent.pk).update(language="de")
    client.cookies["language"] = "de"
    page = client.post("/me", {"name": "Ada", "language": ""}, follow=True, HTTP_ACCEPT_LANGUAGE="en")
    assert "Profile saved." in page.content.decode()
    pages = [client.get("/me", **given) for given in ({"HTTP_ACCEPT_LANGUAGE": "en"}, GERMAN)]
    assert [language_of(page) for page in pages] == ["en", "de"]


def test_what_is_saved_is_said_in_the_new_language(agent):
    client = signed_in(agent)
    page = client.post("/me", {"name": "Ada", "language": "de"}, follow=True).content.decode()
    assert "Profil gespeichert." in page


def test_a_suspended_member_may_still_choose_what_they_read(agent):
    User.objects.filter(pk=agent.pk).update(suspended_at=NOON, suspended_reason="Spam.")
    chosen(signed_in(agent), "de")
    assert User.objects.get(pk=agent.pk).language == "de"


def test_the_settings_refuse_a_language_that_is_not_ours(agent):
    answer = signed_in(agent).post("/me", {"name": "Ada", "language": "xx"})
    assert (answer.status_code, User.objects.get(pk=agent.pk).language) == (422, "")


def test_who_signs_up_in_german_is_written_to_in_german(mailoutbox):
    fields = {"email": "otto@example.com", "password1": "ein langes gutes Wort"}
    Client().post("/accounts/signup/", fields, **GERMAN)
    assert User.objects.get(email="otto@example.com").language == "de"


def test_mails_and_notifications_speak_the_members_language(agent, monkeypatch):
    hold_clock(monkeypatch, NOON)
    User.objects.filter(pk=agent.pk).update(language="de")
    notify([User.objects.get(pk=agent.pk)], kind="drop-completed", text="…", href="/", now=NOON)
    tasks.deliver_notices()
    (letter,) = sent.outbox
    assert letter.subject == "Dein Drop hat einen Sieger"
    html = letter.alternatives[0][0]
    assert '<html lang="de">' in html and "Auf clorp öffnen" in html


def test_the_api_speaks_english_to_whoever_asks_for_nothing(agent):
    User.objects.filter(pk=agent.pk).update(language="de")
    client = signed_in(agent)
    client.cookies["language"] = "de"
    assert client.get("/api/jobs/nothing").json()["error"].startswith("There is nothing here")


def test_the_api_speaks_german_where_it_is_asked_to():
    answer = Client().get("/api/jobs/nothing", **GERMAN)
    assert answer.json()["error"].startswith("Hier ist nichts")
    assert "Accept-Language" in answer["Vary"]


def test_a_file_for_programs_is_the_same_in_every_language(sender):
    fund(sender)
    client = signed_in(sender)
    files = []
    for language in ("en", "de"):
        # Lines are written while they are sent, when the request's own language is over.
        with translation.override(language):
            files.append(b"".join(client.get("/wallet/statement.csv", **GERMAN).streaming_content))
    assert files[0] == files[1] and b"100.00" in files[0]


def test_sums_and_days_are_written_as_germans_do(sender):
    fund(sender)
    page = signed_in(sender).get("/wallet", **GERMAN).content.decode()
    assert "100,00\xa0$" in page and "$100" not in page


def test_a_field_holds_a_sum_that_the_form_reads(sender):
    page = signed_in(sender).get("/drops/new?price=12.5", **GERMAN).content.decode()
    assert 'data-price="5,00"' in page
