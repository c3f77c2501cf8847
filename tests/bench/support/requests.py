"""The rules that every request to a model must keep to, told from requests as they arrived at a server."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from drops.ranking.prompts import system_prompt
from drops.ranking.waymarks import without_marks
from tests.bench.support.judges import SHOWN
from tests.llm_double.double import Request, shown_texts


@dataclass(frozen=True)
class Audit:
    """How often each promise was broken.

    `one_sided` pairs stood before a judge more often in one order than in the other; `fixed` entries had one name in
    all calls; `fences` were used twice; `told` requests hold something of `known`; `systems` are not the rubric's own
    words; `uncapped` requests set no limit to the answer.
    """

    one_sided: int
    fixed: int
    fences: int
    told: int
    systems: int
    uncapped: int


def audit(requests: Sequence[Request], *, known: Collection[str], rubric: str) -> Audit:
    """Look through `requests`, of which none was asked twice; `known` is what no model may learn."""
    fences = Counter(SHOWN.findall(request.user)[0][1] for request in requests)
    names: defaultdict[str, set[str]] = defaultdict(set)
    for request in requests:
        for name, _, text in SHOWN.findall(request.user):
            names[without_marks(text)].add(name)
    return Audit(
        one_sided=_one_sided([request for request in requests if request.is_list]),
        fixed=sum(len(called) == 1 for called in names.values()),
        fences=sum(count - 1 for count in fences.values()),
        told=sum(any(word in f"{request.system}{request.user}" for word in known) for request in requests),
        systems=sum(request.system != system_prompt(rubric) for request in requests),
        uncapped=sum(not 0 < request.body.get("max_tokens", 0) <= 1_500 for request in requests),
    )


def _one_sided(lists: Sequence[Request]) -> int:
    ahead: Counter[tuple[str, str, str]] = Counter()
    for request in lists:
        ahead.update((request.model, *pair) for pair in itertools.combinations(shown_texts(request), 2))
    return sum(count != ahead[model, other, one] for (model, one, other), count in list(ahead.items()))
