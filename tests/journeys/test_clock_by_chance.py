"""Whatever a page and its device go through: a clock that is sure is the server's to the second, and it gets sure."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clorp.dev.environment import ROOT

SECOND, HOUR, DAY = 1_000, 3_600_000, 86_400_000
STORY: dict[str, Any] = {
    "type": "navigate",
    "cached": False,
    "keeper": False,
    "age": 0,
    "transit": 30,
    "skew": 0,
    "entry": True,
    "meta": True,
    "ways": [{"up": 40, "down": 40, "answers": True}],
    "steps": [],
}


def way(up: int = 40, down: int = 40, answers: bool = True) -> dict[str, Any]:
    """One look at the server's clock: how long there, how long back, and whether it is answered."""
    return {"up": up, "down": down, "answers": answers}


def back(age: int) -> dict[str, Any]:
    return {"type": "back_forward", "cached": True, "age": age}


# How pages come, as a function of how long they were away.
CAME = {
    "fresh": lambda age: {},
    "Back": back,
    "Back, not cached": lambda age: {"type": "back_forward"},
    "a restored tab": lambda age: {**back(age), "ways": [way(answers=False), way()], "steps": [("pass", 6 * SECOND)]},
    "from the cache, as if it were fresh": lambda age: {"cached": True, "age": age},
    "from somebody who keeps copies": lambda age: {"keeper": True, "age": age},
    "from there, and nobody says the time": lambda age: {
        "keeper": True,
        "age": age,
        "ways": [way(answers=False), way()],
        "steps": [("pass", 3 * SECOND)],
    },
    "from there, and shown again while it asks": lambda age: {
        "keeper": True,
        "age": age,
        "ways": [way(0, 420)],
        "steps": [("hide", False)],
    },
    "from a browser that tells nothing": lambda age: {"entry": False, "keeper": True, "age": age},
    "from there, after long, by a slow line": lambda age: {
        "entry": False,
        "keeper": True,
        "transit": 776,
        "ways": [way(1220, 0)],
    },
    "a part of a page without the time": lambda age: {"meta": False, "steps": [("pass", age % DAY), ("part", 300)]},
    "without the time, by a slow line": lambda age: {
        "meta": False,
        "entry": False,
        "keeper": True,
        "ways": [way(answers=False), way(1738, 2145)],
        "steps": [("part", 1537)],
    },
    "kept whole": lambda age: {"steps": [("pass", 900), ("doze", age), ("event", "pageshow")]},
    "kept whole, by a machine that slept": lambda age: {
        "steps": [("pass", 900), ("sleep", age), ("event", "pageshow")]
    },
    "awoken": lambda age: {"steps": [("pass", 900), ("sleep", age), ("pass", 2 * SECOND)]},
    "awoken, while it asked": lambda age: {"ways": [way(10, 400)], "steps": [("pass", 50), ("sleep", age)]},
    "awoken, with news from before": lambda age: {"steps": [("pass", 900), ("sleep", age), ("part", 0)]},
    "frozen": lambda age: {"steps": [("pass", 900), ("hide", True), ("doze", age), ("event", "resume")]},
    "frozen, hidden, away": lambda age: {
        "ways": [way(answers=False)],
        "steps": [("hide", True), ("sleep", age), ("hide", False), ("event", "online")],
    },
    "set right meanwhile": lambda age: {"steps": [("pass", 900), ("set", -age), ("pass", 900), ("set", age)]},
    "over a slow line": lambda age: {
        "transit": 4 * SECOND,
        "ways": [way(0, 4 * SECOND)],
        "steps": [("pass", age % HOUR)],
    },
    "over a line that is slow one way": lambda age: {**back(age), "ways": [way(3 * SECOND, 0)]},
}
AGES = {"a moment": 900, "17 s": 17 * SECOND, "an hour": HOUR, "a week": 7 * DAY}
DEVICES = {
    "right": 0,
    "an hour fast": HOUR,
    "a moment fast": 263,
    "two minutes slow": -120 * SECOND,
    "of 1970": -56 * 365 * DAY,
    "of 2038": 12 * 365 * DAY,
}

moments = st.sampled_from([0, 1, 249, 251, 17 * SECOND]) | st.integers(0, 20 * SECOND)
naps = moments | st.integers(0, 3 * DAY)
ways = st.builds(way, st.integers(0, 4 * SECOND), st.integers(0, 4 * SECOND), st.booleans() | st.just(True))
steps = st.one_of(
    st.tuples(st.just("pass"), moments),
    st.tuples(st.sampled_from(["sleep", "doze"]), naps),
    # Nobody sets a clock by so little that the sleep before it is made up for.
    st.tuples(st.just("set"), st.sampled_from([-HOUR, HOUR]) | st.integers(-30 * DAY, 30 * DAY)),
    st.tuples(st.just("part"), st.integers(0, 10 * SECOND)),
    st.tuples(st.just("hide"), st.booleans()),
    st.tuples(st.just("event"), st.sampled_from(["pageshow", "resume", "online", "focus"])),
)
stories = st.fixed_dictionaries(
    {
        "skew": st.sampled_from([*DEVICES.values()]) | st.integers(-3_650 * DAY, 3_650 * DAY),
        "age": st.sampled_from([0, *AGES.values()]) | st.integers(0, 30 * DAY),
        "transit": st.sampled_from([0, 30]) | st.integers(0, 10 * SECOND),
        "type": st.sampled_from(["navigate", "reload", "back_forward", "prerender"]),
        **dict.fromkeys(("cached", "keeper", "entry", "meta"), st.booleans()),
        "ways": st.lists(ways, min_size=1, max_size=4),
        "steps": st.lists(steps, max_size=8),
    }
    # Only a copy is old, and a browser that tells nothing can't tell that it is one.
).map(
    lambda told: {
        **told,
        "age": told["age"] if told["cached"] or told["keeper"] else 0,
        "keeper": told["keeper"] or not told["entry"],
    }
)


@pytest.fixture(scope="module")
def live(browser: Any) -> Any:
    """`live(story)` is what static/js/clock.js makes of it, in a device of clock_world.js."""
    context = browser.new_context()
    page = context.new_page()
    world = (Path(__file__).parent / "clock_world.js").read_text()
    page.evaluate(world, (ROOT / "static/js/clock.js").read_text())
    yield lambda story: page.evaluate("(story) => live(story)", story)
    context.close()


def assert_right(lived: Any, story: Any) -> None:
    assert lived["faults"] == [], repr(story) + repr(lived)
    assert lived["sure"] and abs(lived["off"]) <= SECOND, repr(story) + repr(lived)


@pytest.mark.parametrize("came", CAME)
def test_however_a_page_came_and_whatever_its_device_says(live, came):
    for age, skew in product(AGES.values(), DEVICES.values()):
        story = {**STORY, "skew": skew, **CAME[came](age)}
        assert_right(live(story), story)


@given(stories)
def test_a_clock_that_is_sure_is_right_to_the_second_and_every_clock_gets_sure(live, story):
    assert_right(live(story), story)
