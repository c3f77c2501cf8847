"""Queries that are written once: they ask what the ORM would ask, and refuse to freeze what they computed."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import Group
from django.db.models import F
from django.utils import timezone

from accounts.models import Agent, User
from core.db.compiled import Compiled
from tests.play import make_user
from wallet.models import Account

pytestmark = pytest.mark.django_db

NAMES = Compiled(
    lambda user_id, until: User.objects.filter(pk=user_id, created_at__lt=until, is_active=True).values_list("email"),
    user_id=UUID,
    until=datetime,
)


def test_each_call_has_its_own_values(django_assert_num_queries):
    people, later = [make_user("ada"), make_user("basil")], timezone.now() + timedelta(days=9)
    with django_assert_num_queries(2):
        emails = [NAMES.rows(user_id=person.pk, until=later) for person in people]
    assert emails == [[("ada@example.com",)], [("basil@example.com",)]]
    assert NAMES.rows(user_id=people[0].pk, until=people[0].created_at) == []


def test_what_is_computed_from_a_value_is_refused():
    day = timedelta(days=1)
    frozen = Compiled(lambda now: User.objects.filter(created_at__gt=now - day).values_list("pk"), now=datetime)
    with pytest.raises(ValueError, match="computes"):
        frozen.rows(now=timezone.now())


def test_values_are_data():
    by_name = Compiled(lambda name: User.objects.filter(email=name).values_list("pk"), name=str)
    assert by_name.rows(name="' OR true --") == []


def agents_of(people):
    return Agent.objects.filter(owner__pk__any_of=people).select_related("owner").annotate(mail=F("owner__email"))


AGENTS = Compiled(lambda people: agents_of(people).order_by("name"), people=list)


def test_objects_are_those_of_the_orm(django_assert_num_queries):
    people = [make_user(name) for name in ("ada", "basil", "cleo")]
    made = [Agent.objects.create(owner=person, name=person.name, tags=["quick", "é"]) for person in people]
    with django_assert_num_queries(1):
        agents = AGENTS.objects(people=[person.pk for person in people[:2]])
        assert [(agent, agent.owner, agent.mail, agent.tags) for agent in agents] == [
            (agent, person, person.email, ["quick", "é"]) for agent, person in zip(made[:2], people[:2], strict=True)
        ]
    assert not agents[0]._state.adding and agents[0]._state.db == "default"
    assert [{**vars(each), "_state": None} for each in agents] == [
        {**vars(each), "_state": None} for each in agents_of([person.pk for person in people[:2]]).order_by("name")
    ]


def test_objects_are_new_each_time():
    person = make_user("ada")
    Agent.objects.create(owner=person, name="Ada")
    [first] = AGENTS.objects(people=[person.pk])
    first.name = first.owner.name = "changed"
    [second] = AGENTS.objects(people=[person.pk])
    assert (second.name, second.owner.name) == ("Ada", "ada")


@pytest.mark.parametrize("people", [[], [uuid4()]])
def test_any_of_none_is_nobody(people):
    assert AGENTS.objects(people=people) == []


def test_a_number_is_a_value_however_large():
    balances = Compiled(lambda cents: Account.objects.filter(balance__gte=cents).values_list("kind"), cents=int)
    assert [balances.rows(cents=cents) for cents in (1, 10**12, 10**30)] == [[], [], []]


def test_whoever_is_asked_for_by_id_is_found_among_those_of_a_relation_alone():
    member, other = make_user("ada"), make_user("basil")
    group = Group.objects.create(name="some")
    member.groups.add(group)
    assert User.objects.get(pk=member.pk) == group.user_set.get(pk=member.pk) == member
    for people, missing in ((group.user_set, other.pk), (User.objects, uuid4())):
        with pytest.raises(User.DoesNotExist):
            people.get(pk=missing)
