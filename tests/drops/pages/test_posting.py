"""Posting a drop in the browser: drafts, payment, cancelling, posting again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from drops.models import Drop
from tests import play
from tests.drops.browsing import text_of
from wallet.books import ledger

FORM = {"prompt": "Name my ferry.", "pack": "cook", "window": "300", "price": "4.50", "token": "t" * 24}


def test_a_draft_survives_signing_in(browse, sender):
    browser = browse(None)
    answer = browser.post("/drops/new", FORM)
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/drops/new"
    browser.force_login(sender, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = text_of(browser.get("/drops/new"))
    assert "Name my ferry." in page
    assert 'value="4.50"' in page
    assert not Drop.objects.exists()


def test_the_prompt_typed_on_the_landing_page_is_in_the_form(browse):
    page = text_of(browse(None).post("/drops/new", {"prompt": "Sing to me", "from_landing": "1"}))
    assert "Sing to me</textarea>" in page


def test_a_double_click_makes_one_drop(browse, sender):
    browser = browse(sender)
    first, second = browser.post("/drops/new", FORM), browser.post("/drops/new", FORM)
    drop = Drop.objects.get()
    assert first["Location"] == second["Location"] == drop.get_absolute_url()
    assert (drop.price_cents, drop.pack, drop.is_pending) == (450, "cook", True)


def test_going_back_and_changing_something_makes_another_drop(browse, sender):
    browser = browse(sender)
    browser.post("/drops/new", FORM)
    browser.post("/drops/new", {**FORM, "prompt": "Name my other ferry."})
    assert Drop.objects.count() == 2


def test_the_same_token_of_another_sender_makes_another_drop(browse, sender, rival):
    for user in (sender, rival):
        browse(user).post("/drops/new", FORM)
    assert Drop.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"prompt": " "}, "Say what you want made."),
        ({"prompt": "x" * 20_001}, "at most 20,000 fit"),
        ({"prompt": "a\x00b"}, "Null characters are not allowed"),
        ({"pack": "banana"}, "Select a valid choice"),
        ({"price": "-5"}, "Write a sum in dollars"),
        ({"price": "4.555"}, "Write a sum in dollars"),
        ({"price": "0.99"}, "Set a prize between $1.00 and $200.00"),
        ({"price": "200.01"}, "Set a prize between $1.00 and $200.00"),
        ({"window": "own"}, "Enter a length"),
        ({"window": "own", "own_count": "9", "own_unit": "86400"}, "A window is from 1 minute to 7 days."),
    ],
)
def test_a_fault_is_named_beside_its_field_and_nothing_is_stored(browse, sender, change, words):
    answer = browse(sender).post("/drops/new", {**FORM, **change})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert change.get("prompt", FORM["prompt"])[:20].replace("\x00", "") in text_of(answer).replace("\x00", "")
    assert not Drop.objects.exists()


def test_an_own_window_and_the_packs_own_price(browse, sender):
    browse(sender).post("/drops/new", {**FORM, "price": "", "window": "own", "own_count": "2", "own_unit": "3600"})
    drop = Drop.objects.get()
    assert (drop.window_seconds, drop.price_cents) == (7200, 500)


def test_files_come_along_and_eleven_are_refused(browse, sender):
    files = [SimpleUploadedFile(f"{number}.txt", b"text") for number in range(11)]
    answer = browse(sender).post("/drops/new", {**FORM, "uploads": files})
    assert answer.status_code == 422
    assert "At most 10 files fit; these are 11" in text_of(answer)
    assert not Drop.objects.exists()
    browse(sender).post("/drops/new", {**FORM, "uploads": [SimpleUploadedFile("plan.txt", b"text")]})
    assert [file.name for file in Drop.objects.get().attachments.all()] == ["plan.txt"]


def test_paying_twice_pays_once_and_opens_the_drop(browse, sender):
    play.fund(sender, 1_000)
    drop = play.post_drop(sender)
    for _ in range(2):
        assert browse(sender).post(f"/drops/{drop.pk}/pay")["Location"] == drop.get_absolute_url()
    drop.refresh_from_db()
    assert drop.is_open
    assert ledger.balance_cents(sender) == 500


def test_the_shortfall_is_shown_and_paying_anyway_is_refused(browse, sender):
    play.fund(sender, 120)
    drop = play.post_drop(sender)
    assert "$3.80 short" in text_of(browse(sender).get(f"/drops/{drop.pk}"))
    answer = browse(sender).post(f"/drops/{drop.pk}/pay")
    assert answer.status_code == 402
    drop.refresh_from_db()
    assert drop.is_pending
    assert ledger.balance_cents(sender) == 120


def test_an_unpaid_drop_is_hidden_from_others(browse, sender, rival):
    drop = play.post_drop(sender)
    for path in ("", "/live", "/pull", "/picks"):
        assert browse(rival).get(f"/drops/{drop.pk}{path}").status_code == 404
    assert browse(rival).post(f"/drops/{drop.pk}/pay").status_code == 404


def test_cancelling_gives_the_money_back(browse, sender):
    drop = play.open_drop(sender)
    browse(sender).post(f"/drops/{drop.pk}/cancel")
    drop.refresh_from_db()
    assert drop.was_refunded
    assert ledger.balance_cents(sender) == 500


def test_giving_up_an_unpaid_drop_moves_no_money_and_never_cancels_a_paid_one(browse, sender):
    drop = play.open_drop(sender)
    answer = browse(sender).post(f"/drops/{drop.pk}/cancel", {"step": "abandon"})
    assert answer.status_code == 409
    drop.refresh_from_db()
    assert drop.is_open


def test_a_reroll_is_a_new_unpaid_drop_and_a_double_click_makes_one(browse, sender, agent):
    drop = play.finished_drop(sender, agent)
    for _ in range(2):
        answer = browse(sender).post(f"/drops/{drop.pk}/reroll", {"token": "r" * 24})
    again = Drop.objects.get(origin=drop)
    assert answer["Location"] == again.get_absolute_url()
    assert again.is_pending


def test_what_such_drops_have_drawn_is_said_beside_the_price_once_there_are_enough(browse, sender, agent, rival):
    browser = browse(sender)
    assert "Too few similar drops yet" in text_of(browser.get("/drops/new?pack=cook"))
    for grade in "BDBSA":
        play.finished_drop(sender, agent, rival, pack="cook", price_cents=400, grade=grade)
    page = text_of(browser.get("/drops/new?pack=cook"))
    assert '<span class="digits">5</span> like it have finished, with 2 entries each; typical grade' in " ".join(
        page.split()
    )
    assert 'class="grade grade-B small"' in page
    assert 'class="grade grade-B' in text_of(browser.get("/drops/new/drawn?pack=cook&price=8"))
    for other in ("pack=roast&price=4", "pack=cook&price=8.01", "pack=%00&price=x"):
        assert "Too few" in text_of(browser.get(f"/drops/new/drawn?{other}"))


def test_a_title_is_what_the_board_shows_and_it_waits_through_signing_in(browse, sender):
    typed = {"prompt": "Name my ferry. It is red.", "title": "A red ferry's name", "pack": "wild", "window": "300"}
    stranger = browse(None)
    stranger.post("/drops/new", typed)
    assert 'value="A red ferry&#x27;s name"' in stranger.get("/drops/new").content.decode()
    browse(sender).post("/drops/new", typed)
    assert Drop.objects.get().heading == "A red ferry's name"


@pytest.mark.parametrize("typed", ["12.5", "12,50", "$12.50"])
def test_a_price_may_be_typed_as_people_write_sums(typed, browse, sender):
    browse(sender).post("/drops/new", {"prompt": "Name my ferry.", "pack": "wild", "window": "300", "price": typed})
    assert Drop.objects.get().price_cents == 1250
