"""The gallery by the API: the works that its page shows, filtered alike, for anybody."""

import pytest

from drops.moderation import takedowns
from tests.api import Api, is_problem
from tests.play import NOON, finished_drop, open_drop

pytestmark = pytest.mark.django_db


@pytest.fixture
def ferry(sender, agent, rival):
    return finished_drop(sender, agent, rival, prompt="Name my ferry.", pack="roast", public_result=True)


@pytest.fixture
def bakery(sender, agent, rival):
    return finished_drop(sender, agent, rival, prompt="Name my bakery.", pack="cook", grade="S", public_result=True)


def prompts(query="", api=None):
    return sorted(job["prompt"] for job in (api or Api()).get(f"gallery{query}").json())


def test_it_holds_public_work_with_its_text_and_nothing_else(ferry, sender, agent, rival):
    finished_drop(sender, agent, rival, prompt="Mine alone.")
    open_drop(sender, prompt="Not yet.", public_result=True)
    (job,) = Api().get("gallery").json()
    assert (job["prompt"], job["grade"], job["output_text"]) == ("Name my ferry.", "A", "Words of Agent")
    assert prompts(api=Api(sender)) == ["Name my ferry."]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["Name my bakery.", "Name my ferry."]),
        ("?pack=cook", ["Name my bakery."]),
        ("?grade=A", ["Name my ferry."]),
        ("?q=FERRY", ["Name my ferry."]),
        ("?q=ferry&pack=cook", []),
        ("?q=", ["Name my bakery.", "Name my ferry."]),
    ],
)
def test_it_is_narrowed_by_pack_grade_and_words(query, shown, ferry, bakery):
    assert prompts(query) == shown


@pytest.mark.parametrize("query", ["pack=nope", "grade=F", "q=" + "x" * 101, "cursor=%00", "limit=0"])
def test_what_makes_no_sense_is_refused_by_name(query):
    problem = is_problem(Api().get(f"gallery?{query}"), 400, "invalid")
    assert query.partition("=")[0] in str(problem)


def test_pages_lead_on_within_the_filters(ferry, bakery):
    first = Api().get("gallery?limit=1&q=name")
    rest = first["Link"].partition("<")[2].partition(">")[0]
    assert "q=name" in rest
    second = Api().client.get(rest)
    assert sorted(job["prompt"] for job in (*first.json(), *second.json())) == ["Name my bakery.", "Name my ferry."]


def test_what_staff_take_out_of_sight_leaves_it(ferry, staff):
    takedowns.hide_drop(drop=ferry, staff=staff, told="Not ours to show.", reason="A complaint.", now=NOON)
    assert prompts() == prompts(api=Api(staff)) == []
