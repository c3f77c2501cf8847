"""Following packs: by the verb, over the API, on the page and on the board."""

import pytest
from django.db import IntegrityError

from core.errors import Invalid, Suspended
from drops.alerts import following
from drops.models import Alert
from drops.models.alert import ANY_PACK, MIN_PRICE_CENTS_MAX
from drops.moderation.people import suspend_user
from tests.api import Api, hold_clock, is_problem
from tests.drops.browsing import text_of
from tests.play import NOON, after

pytestmark = pytest.mark.django_db


def follow(user, pack="roast", cents=500, now=NOON):
    return following.follow_pack(user=user, pack=pack, min_price_cents=cents, now=now)


def kept(user):
    return list(user.alerts.order_by("created_at", "pk").values_list("pack", "min_price_cents"))


def test_following_again_changes_the_minimum_price_and_makes_no_second_alert(agent):
    first = follow(agent)
    again = follow(agent, cents=900, now=after(60))
    assert (again.pk, again.created_at, kept(agent)) == (first.pk, NOON, [("roast", 900)])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"pack": "stew"}, "pack"), ({"cents": -1}, "min_price_cents"), ({"cents": 2**40}, "min_price_cents")],
)
def test_what_nobody_can_follow_is_named_and_not_kept(agent, wrong, field):
    with pytest.raises(Invalid) as refusal:
        follow(agent, **wrong)
    assert list(refusal.value.errors) == [field]
    assert kept(agent) == []


@pytest.mark.parametrize(
    "wrong", [{"pack": "stew"}, {"min_price_cents": -1}, {"min_price_cents": MIN_PRICE_CENTS_MAX + 1}, {"pack": "cook"}]
)
def test_the_database_keeps_the_bounds_too(agent, wrong):
    follow(agent, "cook")
    with pytest.raises(IntegrityError):
        Alert.objects.create(**{"user": agent, "pack": "code", "created_at": NOON, **wrong})


def test_who_is_suspended_follows_nothing_new(agent, staff):
    suspend_user(user=agent, staff=staff, told="Spam.", reason="Spam.", now=NOON)
    agent.refresh_from_db()
    with pytest.raises(Suspended):
        follow(agent)
    assert kept(agent) == []


def test_nobody_stops_the_alert_of_somebody_else(agent, rival):
    alert = follow(agent)
    with pytest.raises(following.NoSuchAlert):
        following.unfollow(user=rival, alert_id=alert.pk)
    with pytest.raises(following.NoSuchAlert):
        following.unfollow_pack(user=rival, pack="roast")
    assert kept(agent) == [("roast", 500)]


def test_a_program_follows_lists_and_stops(agent, monkeypatch):
    hold_clock(monkeypatch)
    api = Api(agent)
    made = api.post("alerts", {"pack": "code", "min_price_cents": 1_000})
    assert (made.status_code, made.json()["pack"], made.json()["min_price_cents"]) == (201, "code", 1_000)
    anything = api.post("alerts", {}).json()
    assert (anything["pack"], anything["min_price_cents"]) == (None, 0)
    assert {alert["id"] for alert in api.get("alerts").json()} == {made.json()["id"], anything["id"]}
    assert api.delete(f"alerts/{made.json()['id']}").status_code == 204
    assert api.delete("alerts", {"pack": None, "min_price_cents": 0}).status_code == 204
    assert api.get("alerts").json() == []
    is_problem(api.delete("alerts", {"pack": "code"}), 404, "no_such_alert")


def test_all_that_is_wrong_with_a_body_is_said_at_once(agent):
    answer = Api(agent).post("alerts", {"pack": "stew", "min_price_cents": "5"})
    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json()["errors"]] == ["pack", "min_price_cents"]


def test_a_key_that_may_only_read_follows_nothing(agent):
    is_problem(Api(agent, scopes=["read"]).post("alerts", {"pack": "code"}), 403, "missing_scope")
    assert kept(agent) == []


def test_the_page_follows_and_unfollows_without_a_script(browse, agent):
    browser = browse(agent)
    page = browser.post("/me/alerts", {"pack": "cook", "min_price": "12.50"}, follow=True)
    assert "New Cook drops priced from $12.50" in text_of(page)
    assert kept(agent) == [("cook", 1_250)]
    page = browser.post(f"/me/alerts/{agent.alerts.get().pk}/remove", follow=True)
    assert "You follow nothing yet" in text_of(page) and kept(agent) == []
    page = browser.post("/me/alerts", {"pack": "stew", "min_price": "x"})
    assert page.status_code == 422 and set(page.context["form"].errors) == {"pack", "min_price"}


def test_the_board_offers_to_follow_what_its_filters_name(browse, agent):
    browser, board = browse(agent), "/board?pack=roast&min_price=5"
    assert "Follow new Roast drops priced from $5.00" in text_of(browser.get(board))
    page = browser.post("/me/alerts", {"pack": "roast", "min_price": "$5.00", "back": board}, follow=True)
    assert page.redirect_chain == [(board, 302)]
    assert "You follow new Roast drops priced from $5.00" in text_of(page) and "Unfollow" in text_of(page)
    assert "Follow new drops of any pack" in text_of(browser.get("/board"))


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
def test_following_leads_to_no_other_site(browse, agent, back):
    answer = browse(agent).post("/me/alerts", {"pack": "", "min_price": "", "back": back})
    assert (answer["Location"], kept(agent)) == ("/me#alerts", [(ANY_PACK, 0)])


def test_a_stranger_on_the_board_is_led_to_the_form_with_its_fields_filled_in(browse, agent):
    page = browse(None).get("/board?pack=roast&min_price=5").content.decode()
    assert "/me/alerts?pack=roast&amp;min_price=5.00" in page
    form = browse(agent).get("/me/alerts?pack=roast&min_price=5.00", follow=True).context["form"]
    assert (form["pack"].value(), form["min_price"].value()) == ("roast", "5.00")
