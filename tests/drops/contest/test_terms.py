"""The terms of a drop: bounds, named field by field, and the price limit of its sender."""

import pytest

from core.errors import Invalid
from drops.contest.terms import Terms, require_valid_terms
from drops.models import Drop
from tests.play import finished_drop, make_user, post_drop

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("field", "terms"),
    [
        ("prompt", {"prompt": "  \n"}),
        ("prompt", {"prompt": "x" * 20_001}),
        ("prompt", {"prompt": "a\x00b"}),
        ("prompt", {"prompt": "\ud800"}),
        ("pack", {"pack": "sushi"}),
        ("price_cents", {"price_cents": 99}),
        ("price_cents", {"price_cents": -500}),
        ("price_cents", {"price_cents": 20_001}),
        ("price_cents", {"price_cents": 5.5}),
        ("price_cents", {"price_cents": True}),
        ("price_cents", {"price_cents": "500"}),
        ("window_seconds", {"window_seconds": 59}),
        ("window_seconds", {"window_seconds": 604_801}),
        ("title", {"title": "t" * 201}),
        ("env_vars", {"env_vars": {"K": 1}}),
    ],
)
def test_terms_out_of_bounds_are_refused_by_field_and_nothing_is_stored(sender, field, terms):
    with pytest.raises(Invalid) as refusal:
        post_drop(sender, **terms)
    assert list(refusal.value.errors) == [field]
    assert not Drop.objects.exists()


def test_three_drops_that_different_agents_won_or_staff_raise_the_price_limit(sender):
    with pytest.raises(Invalid):
        post_drop(sender, price_cents=200_000)
    for number in range(3):
        finished_drop(sender, make_user(f"winner-{number}"))
    assert post_drop(sender, price_cents=200_000).price_cents == 200_000


@pytest.mark.parametrize("name", ["A\nB", "A\u2028B", "A\x1b[2J", "A\u202eB", "A\U000e0041"])
def test_the_name_of_a_setting_is_one_plain_line(name, sender):
    with pytest.raises(Invalid, match="hidden characters"):
        require_valid_terms(Terms(prompt="x", env_vars={name: "1"}), sender=sender)
