"""The drill's scripts keep their bounds in the test suite too."""

import pytest

from tests.drill import fraud


@pytest.mark.django_db
@pytest.mark.turns(3)
@pytest.mark.parametrize("script", fraud.SCRIPTS, ids=lambda script: script.__qualname__)
def test_fraud_takes_nothing_out_and_costs_no_more_than_its_bound(script, stripe_double, monkeypatch):
    story = fraud.Story(stripe_double)
    monkeypatch.setattr("core.clock.now", lambda: story.play.now)
    rows = script(story)
    assert rows and [row for row in rows if row.ok is False] == []
