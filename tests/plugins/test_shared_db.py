"""Rows that a module's tests share are the same at the start of each test."""

from __future__ import annotations

import pytest

from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def ada(shared_db):
    with shared_db():
        return User.objects.create_user("ada@example.com", name="Ada")


@pytest.mark.parametrize("name", ["Bob", "Cleo"])
def test_each_finds_it_as_it_was_written_whatever_another_did_to_it(ada, name):
    assert User.objects.get(pk=ada.pk).name == "Ada"
    User.objects.filter(pk=ada.pk).update(name=name)


@pytest.mark.parametrize("name", ["Bob", "Cleo"])
def test_what_one_adds_is_gone_for_the_next(ada, name):
    assert User.objects.count() == 1
    User.objects.create_user(f"{name}@example.com", name=name)
