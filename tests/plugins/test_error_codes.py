"""A code counts once the site has answered with it, and a run of all tests fails where one is missing."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from accounts.models import User
from accounts.permissions import require_good_standing
from core.errors import Refused, Suspended
from drops.contest.rules import DropNotOpen
from tests.api import Api
from tests.play import NOON
from tests.plugins import error_codes


@pytest.fixture
def seen(monkeypatch):
    seen = set()
    monkeypatch.setattr(error_codes, "SEEN", seen)
    return seen


def test_what_the_site_refuses_counts_and_what_a_test_makes_does_not(seen):
    DropNotOpen()
    with pytest.raises(Suspended):
        require_good_standing(User(suspended_at=NOON))
    assert seen == {"suspended"}


@pytest.mark.django_db
def test_a_code_of_the_framework_counts_by_its_problem_document(seen):
    Api().get("whoami")
    assert seen == {"not_authenticated"} and "not_authenticated" not in error_codes.missing()


def run_of(args_source=pytest.Config.ArgsSource.TESTPATHS, **options):
    """A run by its options; without more, of all tests."""
    return SimpleNamespace(args_source=args_source, getoption=lambda name, _none: options.get(name))


@pytest.mark.parametrize(
    "chosen",
    [{"keyword": "ferry"}, {"markexpr": "not races"}, {"args_source": pytest.Config.ArgsSource.ARGS}, {"lf": True}],
)
def test_only_a_run_of_all_tests_is_asked_for_all_codes(chosen):
    assert error_codes.is_whole(run_of()) and not error_codes.is_whole(run_of(**chosen))


def test_refusals_of_tests_are_none_of_the_sites(seen):
    class OfTests(Refused):
        code = "of_tests"

    with pytest.raises(OfTests):
        raise OfTests
    assert seen == set()
