"""A request on a condition is done only where it holds: a change over somebody else's change is refused."""

from __future__ import annotations

import pytest

from tests.api import Api, is_problem

pytestmark = pytest.mark.django_db
OTHER = '"0123456789abcdef0123456789abcdef"'


def current(user):
    return Api(user).get(f"users/{user.pk}")["ETag"]


def change(user, **headers):
    return Api(user, headers=headers).patch(f"users/{user.pk}", {"name": "Fern"})


HOLDS = {
    "its own": {"If-Match": "{etag}"},
    "one of several": {"If-Match": f"{OTHER}, {{etag}}"},
    "any": {"If-Match": "*"},
    "not another": {"If-None-Match": OTHER},
}
FAILS = {
    "another": {"If-Match": OTHER},
    "a weak one": {"If-Match": "W/{etag}"},
    "no ETag at all": {"If-Match": "nonsense"},
    "empty": {"If-Match": ""},
    "nothing may be there": {"If-None-Match": "*"},
    "not this one": {"If-None-Match": "W/{etag}"},
}


@pytest.mark.parametrize("headers", HOLDS.values(), ids=HOLDS)
def test_a_change_is_made_where_the_condition_holds(headers, agent):
    told = {name: value.format(etag=current(agent)) for name, value in headers.items()}
    assert change(agent, **told).json()["name"] == "Fern"


@pytest.mark.parametrize("headers", FAILS.values(), ids=FAILS)
def test_a_change_is_refused_where_it_does_not(headers, agent):
    told = {name: value.format(etag=current(agent)) for name, value in headers.items()}
    is_problem(change(agent, **told), 412, "precondition_failed")
    agent.refresh_from_db()
    assert agent.name != "Fern"


def test_the_second_of_two_who_read_the_same_is_refused(agent):
    read = current(agent)
    assert change(agent, **{"If-Match": read}).status_code == 200
    is_problem(change(agent, **{"If-Match": read}), 412, "precondition_failed")


@pytest.mark.parametrize("path", ["packs", "board", "whoami"])
def test_reading_is_on_a_condition_too(path, agent):
    for api in (Api(agent), *([] if path == "whoami" else [Api()])):
        etag = api.get(path)["ETag"]
        assert api.get(path, **{"If-Match": etag}).status_code == api.get(path, **{"If-Match": "*"}).status_code == 200
        is_problem(api.get(path, **{"If-Match": OTHER}), 412, "precondition_failed")
        assert api.get(path, **{"If-Match": etag, "If-None-Match": etag}).status_code == 304


def test_where_there_is_nothing_to_match_nothing_matches(agent):
    api = Api(agent, headers={"If-Match": "*"})
    answer = api.post("jobs/run", {"prompt": "x"})
    is_problem(answer, 412, "precondition_failed")
    assert "without If-Match" in answer.json()["next_step"]
    assert Api(agent, headers={"If-None-Match": "*"}).post("jobs/run", {"prompt": "x"}).status_code == 200


def test_what_would_be_refused_anyway_is_refused_for_that(agent):
    for path, status in (("nothing/here", 404), ("packs", 405)):
        assert Api(agent, headers={"If-Match": OTHER}).post(path, {}).status_code == status
