"""A form that is sent back shows beside each field what is wrong with it: all of it, whoever finds it, form or verb."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.pages.forms import KeyForm, ProfileForm
from drops.pages.drop_form import DropForm
from tests.machines import by_turns
from wallet.pages.forms import AutoTopupForm, TopupForm

pytestmark = pytest.mark.django_db
# By form: what it takes, and of each field what its shape and what its rules refuse.
FORMS = {
    DropForm: (
        {"prompt": "Name my ferry.", "pack": "wild", "price": "5", "window": "own", "own_count": 2, "own_unit": "60"},
        {
            "prompt": ["", "a\ud800b", "x" * 20_001],
            "pack": ["nope"],
            "price": ["five", "0.01"],
            "own_count": ["", "x", "0"],
            "own_unit": ["7"],
            "agents": ["some"],
            "description": ["a\ud800b", "x" * 10_001],
            "env_vars": ["no sign", "A=1\nA=2", "=x"],
        },
    ),
    ProfileForm: ({}, {"name": ["x" * 500, "a\ud800b"], "handle": ["no", "-", "clorp-team"]}),
    KeyForm: ({"name": "laptop", "scopes": ["read"]}, {"name": ["", "x" * 81, "\u200b"], "scopes": ["", ["all"]]}),
    TopupForm: ({"amount_cents": "10"}, {"amount_cents": ["", "ten", "0.01"]}),
    AutoTopupForm: (
        {"enabled": "on", "amount_cents": "10", "threshold_cents": "5"},
        {"amount_cents": ["ten", "0", "0.01", "1000000"], "threshold_cents": ["five"]},
    ),
}


def some_of(wrong):
    """Any of the fields, each with one of its wrong values."""
    named = st.sets(st.sampled_from(sorted(wrong)), min_size=1)
    return named.flatmap(lambda names: st.fixed_dictionaries({name: st.sampled_from(wrong[name]) for name in names}))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_exactly_the_wrong_fields_are_named(form, sender):
    fine, wrong = FORMS[form]
    more = {"sender": sender} if form is DropForm else {}

    @settings(max_examples=by_turns(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(chosen=some_of(wrong))
    def check(chosen):
        assert {*form({**fine, **chosen}, **more).errors} == {*chosen}

    check()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_what_a_form_takes_is_not_refused(form, sender):
    fine, _ = FORMS[form]
    assert form(fine, **({"sender": sender} if form is DropForm else {})).errors == {}
