"""No sentence of ours is turned by what it quotes: also none that is written tomorrow."""

from __future__ import annotations

import ast

import pytest

from tests import house
from tests.sentences import words_not_set_apart

BAD = [
    'f"“{drop.heading}” is open."',
    'f"Suspended: {user.suspended_reason}"',
    'f"Removed: {as_sentence(told)} It is gone."',
    'f"{how} {self.remarks.rationale}"',
    "f\"“{clean_name(upload.name or '')}” is empty.\"",
    '_("“{drop}” is open.").format(drop=drop.heading)',
    '_("“{}” is open.").format(drop.heading)',
    '_("“%(drop)s” is open.") % {"drop": drop.heading}',
    '_("“%s” is open.") % drop.heading',
    'format_lazy(_("“{drop}” is open."), drop=drop.heading)',
    'about = {"drop": drop.heading}\ntext = format_lazy(_("“{drop}” is open."), **about)',
    'about = {"drop": drop.heading}\ntext = _("“{drop}” is open.").format(**about)',
    'about = {"drop": drop.heading}\ntold = _("“%(drop)s” is open.") % about',
]
GOOD = ['f"“{apart(drop.heading)}” is open."', 'f"Removed: {sentence_apart(told)}"', 'f"{drop.heading}"']
GOOD += ['format_lazy(_("“{drop}” is open."), drop=apart(drop.heading))']
GOOD += ['_("“%(drop)s” is open.") % {"drop": apart(drop.heading)}', '_("“{}”.").format(apart(drop.heading))']


def test_whatever_somebody_wrote_is_set_apart():
    faults = words_not_set_apart(house.read_house())
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("line", BAD)
def test_a_sentence_that_forgets_is_found(line):
    assert words_not_set_apart({"drops.somewhere": ast.parse(line)})


@pytest.mark.parametrize("line", GOOD)
def test_one_that_does_not_is_left_alone(line):
    assert not words_not_set_apart({"drops.somewhere": ast.parse(line)})
