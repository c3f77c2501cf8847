"""The meaning of `Accept` depends on neither order nor case, whatever it lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.api.negotiation import quality_of, wish_for

TYPES = ["application/json", "text/event-stream", "application/problem+json"]
NAMED = [*TYPES, "application/*", "text/*", "*/*", "*", "text/html", "image/png"]
QUALITIES = ["", ";q=0", ";q=0.0", ";q=0.001", ";q=0.5", "; q=1", ";q=1.000", ";q=nonsense"]
range_of = st.tuples(
    st.sampled_from(NAMED), st.sampled_from(["", ";charset=utf-8", ';x="a,b"']), st.sampled_from(QUALITIES)
)
ranges = st.lists(range_of.map("".join), min_size=1, max_size=6)


@given(ranges, st.randoms(use_true_random=False), st.sampled_from(TYPES))
def test_order_and_case_change_nothing(listed, random, media_type):
    turned = ["".join(random.choice([str.upper, str.lower])(letter) for letter in each) for each in listed]
    random.shuffle(turned)
    for measure in (quality_of, wish_for):
        assert measure(", ".join(listed), media_type) == measure(",".join(turned), media_type)


@given(ranges, st.sampled_from(TYPES), st.integers(0, 6))
def test_what_is_refused_by_name_is_never_given(listed, media_type, at):
    plain = [each for each in listed if not each.startswith(f"{media_type};charset") and ";x=" not in each]
    accept = ", ".join([*plain[:at], f"{media_type};q=0", *plain[at:]])
    assert quality_of(accept, media_type) == wish_for(accept, media_type) == 0


@given(ranges, st.sampled_from(TYPES))
def test_a_wish_is_between_nothing_and_all(listed, media_type):
    assert 0 <= quality_of(", ".join(listed), media_type) <= 1


@given(st.text(), st.sampled_from(TYPES))
def test_no_header_breaks_it(accept, media_type):
    assert 0 <= wish_for(accept, media_type) <= 1


@pytest.mark.parametrize("media_type", TYPES)
def test_who_says_nothing_takes_anything(media_type):
    assert quality_of("", media_type) == 1
