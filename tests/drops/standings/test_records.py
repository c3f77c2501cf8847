"""Ratings, records and the leaderboard: from stored results, and only of those who chose to be seen."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from accounts.profiles import HandleTaken, update_profile
from core.errors import Invalid
from drops.models import Drop, Rating
from drops.moderation import people
from drops.standings import records
from tests.api import Api, hold_clock, is_problem
from tests.play import NOON, after, finished_drop, make_user

pytestmark = pytest.mark.django_db

DAY = 86_400
MIDNIGHT, TOMORROW = after(DAY / 2), after(DAY)
PUBLIC = ("/agents/ada", "/agents/bob", "/leaderboard", "/leaderboard?period=week", "/api/leaderboard?period=month")


@pytest.fixture
def ada(agent):
    return update_profile(user=agent, changes={"handle": "ada"})


def ended(minute, drop):
    Drop.objects.filter(pk=drop.pk).update(ended_at=after(60 * minute))


def told():
    """Byte for byte, to somebody whom nothing was told before."""
    return {path: Client().get(path).content for path in PUBLIC}


def fails_after(times, rate):
    left = iter(range(times))

    def failing(drops):
        if next(left, None) is None:
            raise OSError("lost")
        rate(drops)

    return failing


def stored():
    rows = Rating.objects.order_by("user_id", "pack")
    return list(rows.values_list("user_id", "pack", "mu", "sigma", "score", "drops", "wins", "last_ended_at"))


def test_a_winner_rises_above_a_loser_and_both_become_surer(sender, agent, rival):
    finished_drop(sender, agent, rival, pack="code")
    assert records.rate_ended(now=TOMORROW) == 1
    best, second = Rating.objects.filter(pack="code").best_first()
    assert ((best.user, best.wins), (second.user, second.wins)) == ((agent, 1), (rival, 0))
    assert best.mu > 25 > second.mu
    assert max(best.sigma, second.sigma) < 25 / 3
    assert best.score == pytest.approx(best.mu - 3 * best.sigma)


def test_whoever_has_won_stands_before_all_who_have_not_and_nobody_below_nothing(sender, agent, rival):
    finished_drop(sender, agent, rival, pack="code")
    records.rate_ended(now=TOMORROW)
    for user, handle, score in ((agent, "ada", -4), (rival, "basil", 9)):
        User.objects.filter(pk=user.pk).update(handle=handle)
        Rating.objects.of(user).update(mu=score + 3, sigma=1)
    assert [(leader.handle, leader.score) for leader in records.leaders().rows] == [("ada", 0), ("basil", 9)]
    assert [each.score for each in records.profile_of(agent)] == [0, 0]


def test_a_drop_is_rated_once_in_its_pack_and_over_all(sender, agent, rival):
    finished_drop(sender, agent, rival, pack="code")
    records.rate_ended(now=TOMORROW)
    assert records.rate_ended(now=TOMORROW) == 0
    assert {(row.pack, row.drops) for row in Rating.objects.of(agent)} == {("", 1), ("code", 1)}
    assert Drop.objects.unrated().count() == 0


def test_ratings_do_not_depend_on_when_they_are_computed(sender, agent, rival, monkeypatch):
    monkeypatch.setattr(records, "BATCH", 2)
    ended(-2 * DAY / 60, finished_drop(sender, agent, rival))
    records.rate_ended(now=TOMORROW)
    for minute, pack in enumerate(("roast", "wild", "cook")):
        ended(minute, finished_drop(sender, *((rival, agent) if minute else (agent, rival)), pack=pack))
    assert records.rate_ended(now=TOMORROW) == 3
    before = stored()
    hold_clock(monkeypatch, TOMORROW)
    call_command("rate_afresh")
    assert stored() == before


def test_walking_over_an_empty_field_is_a_win_but_says_nothing_of_skill(sender, agent):
    finished_drop(sender, agent)
    records.rate_ended(now=TOMORROW)
    assert {(row.mu, row.drops, row.wins) for row in Rating.objects.all()} == {(25.0, 1, 1)}


def test_a_disqualified_entry_counts_for_nobody(sender, agent, rival, staff):
    drop = finished_drop(sender, agent, rival)
    drop.submissions.filter(user=rival).update(disqualified_at=NOON, disqualified_reason="Stolen.")
    records.rate_ended(now=TOMORROW)
    assert not Rating.objects.of(rival).exists()
    assert records.records_of([rival.pk]) == {}


def test_a_record_counts_letters_wins_and_the_streak(sender, agent, rival):
    for minute, (winner, loser) in enumerate(((rival, agent), (agent, rival), (agent, rival))):
        ended(minute, finished_drop(sender, winner, loser, grade="S"))
    records.rate_ended(now=TOMORROW)
    record = records.records_of([agent.pk])[agent.pk, "wild"]
    assert (record.drops, record.wins, record.win_percent, record.grades["S"]) == (3, 2, 67, 2)
    assert (records.streak_of(agent), records.streak_of(rival)) == (2, 0)


def test_only_a_handle_puts_somebody_on_the_leaderboard(sender, ada, rival, client):
    finished_drop(sender, rival, ada)
    records.rate_ended(now=TOMORROW)
    page = client.get("/leaderboard").content.decode()
    assert ("/agents/ada" in page, rival.name in page, rival.email in page) == (True, False, False)
    assert [leader.handle for leader in records.leaders().rows] == ["ada"]


def test_a_period_lists_who_played_in_it_with_what_they_did_in_it(sender, ada, rival, monkeypatch):
    finished_drop(sender, ada, rival)
    records.rate_ended(now=TOMORROW)
    # The drop ended at noon; it leaves the week at a midnight.
    for days, listed in ((7, ["ada"]), (7.49, ["ada"]), (7.5, [])):
        hold_clock(monkeypatch, after(days * DAY))
        rows = Api().get(f"leaderboard?period=week&pack=wild&x={days}").json()
        assert [row["handle"] for row in rows] == listed
    is_problem(Api().get("leaderboard?period=year"), 400, "invalid")


def test_nothing_public_moves_before_the_day_is_over(sender, ada, rival, monkeypatch):
    update_profile(user=rival, changes={"handle": "bob"})
    ended(-DAY / 60, finished_drop(sender, ada, rival))
    records.rate_ended(now=NOON)
    hold_clock(monkeypatch, NOON)
    before = told()
    finished_drop(sender, ada, rival)
    records.rate_ended(now=after(DAY / 2 - 1))
    assert told() == before
    records.rate_ended(now=TOMORROW)
    assert not set(told().values()) & set(before.values())


def test_who_is_new_shows_no_result_before_the_day_is_over(sender, ada, rival, client):
    finished_drop(sender, ada, rival)
    records.rate_ended(now=after(DAY / 2 - 1))
    assert "No results yet" in client.get("/agents/ada").content.decode()
    assert "Nobody is listed here yet" in client.get("/leaderboard").content.decode()


def test_a_day_is_counted_once_its_last_verbs_are_done(sender, ada, rival):
    ended(DAY / 120 - 0.01, finished_drop(sender, ada, rival))
    assert records.rate_ended(now=MIDNIGHT) == 0
    assert records.rate_ended(now=MIDNIGHT + records.SETTLING) == 1


def test_a_day_is_counted_whole_or_not_at_all_and_the_oldest_first(sender, ada, rival, monkeypatch):
    monkeypatch.setattr(records, "BATCH", 1)
    for day in (-1, 0, 0):
        ended(day * DAY / 60, finished_drop(sender, ada, rival))
    assert records.rate_ended(now=TOMORROW) == 1
    before, rate = records.profile_of(ada), records.rate_games
    with monkeypatch.context() as trouble:
        trouble.setattr(records, "rate_games", fails_after(1, rate))
        with pytest.raises(OSError, match="lost"):
            records.rate_ended(now=TOMORROW)
    assert records.profile_of(ada) == before
    assert records.rate_ended(now=TOMORROW) == 2


def test_a_profile_names_no_drop(sender, ada, rival, client):
    drop = finished_drop(sender, ada, rival, prompt="A secret wish.")
    records.rate_ended(now=TOMORROW)
    page = client.get("/agents/ada").content.decode()
    assert "1 of 1 drop won, 100%" in " ".join(page.split())
    assert not any(told in page for told in (str(drop.pk), "A secret wish", ada.email, ada.name + " "))


def test_without_a_handle_or_in_disgrace_there_is_no_profile(ada, rival, staff, client):
    assert client.get("/agents/rival").status_code == 404
    assert client.get("/agents/ada").status_code == 200
    people.suspend_user(user=ada, staff=staff, told="Cheating.", reason="Cheating.", now=NOON)
    assert client.get("/agents/ada").status_code == 404


@pytest.mark.parametrize(
    "handle",
    ["ab", "Ada", "a" * 31, "a--b", "-ada", "ada-", "a b", "\u0430da", "ada\n", "staff", "the-staff", "clorphelp", ""],
)
def test_a_handle_is_plain_and_not_ours(handle, agent):
    with pytest.raises(Invalid):
        update_profile(user=agent, changes={"handle": handle})
    assert User.objects.get(pk=agent.pk).handle is None


def test_the_database_refuses_a_bad_handle_too(agent):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=agent.pk).update(handle="Bad Handle")


def test_a_handle_is_one_persons_and_the_page_says_so(ada, client):
    other = make_user("other")
    with pytest.raises(HandleTaken):
        update_profile(user=other, changes={"handle": "ada"})
    client.force_login(other)
    answer = client.post("/me", {"name": "Other", "handle": "ADA"})
    assert answer.status_code == 422
    assert "Somebody else has this handle." in answer.content.decode()


def test_a_handle_is_chosen_and_given_up_on_the_account_page(agent, client):
    client.force_login(agent)
    for typed, kept in (("Swift-Fox ", "swift-fox"), ("", None)):
        assert client.post("/me", {"name": "Agent", "handle": typed}).status_code == 302
        assert User.objects.get(pk=agent.pk).handle == kept
