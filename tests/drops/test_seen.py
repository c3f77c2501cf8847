"""Queries that are written once find for each viewer what the usual ones do."""

import itertools

import pytest
from django.contrib.auth.models import AnonymousUser

from drops.models import Attachment, Drop
from drops.models.seen import listed_inputs, seen_drop, seen_headings
from drops.moderation import decisions, takedowns
from drops.standings.board import OpenWanted, first_for_all, open_drops
from tests import play
from tests.play import NOON, after

WANTED = [
    OpenWanted(*fields)
    for fields in itertools.product(["", "code"], [0, 600], [False, True], ["", "ferry"], [0, 400], [None, 900])
]


@pytest.fixture
def drops(sender, agent, rival, staff):
    """One of each: open, removed, out of sight, unpaid, over."""
    play.prove(agent)
    made = [play.open_drop(sender, env_vars={"KEY": "é"}, title=f"ferry {number}") for number in range(3)]
    for drop in made:
        play.claim(drop, agent)
    told = {"staff": staff, "told": "rules", "reason": "rules", "now": after(5)}
    decisions.remove_drop(drop=made[1], **told)
    takedowns.hide_drop(drop=made[2], **told)
    return [*made, play.post_drop(sender), play.finished_drop(sender, rival)]


def values(drop):
    return drop and {name: value for name, value in vars(drop).items() if name != "_state"}


def test_each_viewer_sees_a_drop_as_far_as_they_may(drops, sender, agent, rival, staff):
    for viewer, drop in itertools.product([sender, agent, rival, staff, AnonymousUser()], drops):
        usual = Drop.objects.visible_to(viewer).with_round().filter(pk=drop.pk).first()
        seen = seen_drop(drop.pk, viewer)
        assert values(seen) == values(usual), (viewer, drop.status)
        assert seen is None or seen.current_round == usual.current_round


def test_headings_are_those_of_drops_that_a_player_may_see(drops, sender, agent, rival, staff):
    ids = {drop.pk for drop in drops}
    for player in (sender, agent, rival):
        usual = Drop.objects.visible_to(player).filter(pk__in=ids)
        assert seen_headings(ids, player) == {drop.pk: drop.heading for drop in usual}
    assert seen_headings(ids, staff) == seen_headings(ids, rival) != seen_headings(ids, sender)
    assert seen_headings(set(), sender) == {}


def test_files_out_of_sight_are_listed_to_their_owner_alone(sender, rival, staff):
    drop = play.post_drop(sender)
    for name in ("b.txt", "a.txt"):
        drop.attachments.add(Attachment.objects.create(owner=sender, name=name, size=1, created_at=NOON))
    hidden = drop.attachments.get(name="a.txt")
    takedowns.hide_file(attachment=hidden, staff=staff, told="rules", reason="rules", now=after(5))
    listed = [[(each.name, each.hidden_reason) for each in listed_inputs(drop, who)] for who in (sender, rival)]
    assert listed == [[("a.txt", hidden.takedowns.get().told), ("b.txt", None)], [("b.txt", None)]]
    assert [file.name for file in listed_inputs(drop, None)] == ["b.txt"]


@pytest.mark.parametrize("order", [("window_closes_at", "id"), ("-price_cents", "-id")])
def test_the_board_lists_the_same_by_every_filter(sender, order):
    for number, pack in enumerate(["code", "code", "cook"]):
        play.open_drop(sender, pack=pack, price_cents=500 + 100 * number, window_seconds=300 + 300 * number)
    full = Drop.objects.filter(pack="code").order_by("pk")[0]
    for number in range(5):
        play.claim(full, play.make_user(f"agent{number}"))
    for wanted in WANTED:
        usual = open_drops(wanted, viewer=None, now=after(1)).order_by(*order)[:2]
        assert first_for_all(wanted, order=order, most=2, now=after(1)) == list(usual), wanted
    assert len(first_for_all(OpenWanted(), order=order, most=9, now=after(1))) == 3
    assert first_for_all(OpenWanted(min_price_cents=10**12), order=order, most=9, now=after(1)) == []
