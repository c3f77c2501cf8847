from dataclasses import replace

import pytest

from drops.ranking import Letter
from tests.drops.ranking.table import make_entry, make_field


@pytest.mark.parametrize(("shared", "value"), [("slot", "slot-0"), ("label", "Seat 1"), ("order", 0)])
def test_two_entries_can_not_share_what_tells_them_apart(shared: str, value: str | int) -> None:
    twin = replace(make_entry(1), **{shared: value})  # type: ignore[arg-type]

    with pytest.raises(ValueError, match=shared):
        replace(make_field(1), entries=(make_entry(0), twin))


def test_the_bar_can_not_be_f() -> None:
    with pytest.raises(ValueError, match="F never wins"):
        make_field(bar=Letter.F)


@pytest.mark.parametrize("label", ["", " ", "Seat\n1", "Seat \u202e1"])
def test_a_label_that_would_break_a_log_line_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="label"):
        replace(make_entry(0), label=label)


def test_an_entry_without_a_slot_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a slot"):
        replace(make_entry(0), slot="")


def test_a_reason_of_two_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="one line"):
        make_entry(0, disqualified="one\ntwo")


def test_competing_slots_come_earliest_first_without_the_disqualified() -> None:
    field = make_field(4, disqualified=[1])
    shuffled = replace(field, entries=field.entries[::-1])

    assert shuffled.competing == ("slot-0", "slot-2", "slot-3")
