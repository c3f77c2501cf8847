"""Strengths from comparisons: Bradley-Terry with a Gaussian prior.

The model is that of R. A. Bradley and M. E. Terry, "Rank analysis of incomplete block
designs I", Biometrika 39 (1952): slot i is preferred to slot j with the probability
p(s_i - s_j), where p is the logistic function and strengths s are in logits. The prior
s_i ~ N(0, 1) keeps a slot that won everything finite and centres the field on 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

UNSEEN_TIE_WEIGHT = 1.0
SWEEPS_MAX = 10_000
# The logarithm of p has a third derivative no larger than its second, so a Newton step
# of at most half a logit can't overshoot by enough to lose ground (e^½ < 2).
STEP_MAX_LOGITS = 0.5
STEP_ENOUGH_LOGITS = 1e-12
# Far coarser than the step above and far finer than any rule here: the same answers
# give the same digits whatever the last bit of the machine's arithmetic.
DIGITS = 9


def add_unseen_ties(slots: Sequence[str], won: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """`won`, with every pair that nobody compared counted as found equal.

    An unseen pair weighs as much as one seen pair, half to either side: not having
    been compared is taken as no sign of a difference. It draws entries with few
    comparisons to the middle, so that a knock-out's bye or early exit says little.
    """
    half = UNSEEN_TIE_WEIGHT / 2
    filled = dict(won)
    for one, other in combinations(slots, 2):
        if (one, other) not in won and (other, one) not in won:
            filled[one, other] = filled[other, one] = half
    return filled


def estimate_strengths(slots: Sequence[str], won: Mapping[tuple[str, str], float]) -> dict[str, float]:
    """Strengths in logits, mean 0, of the most probable fit to `won`.

    `won[i, j]` ≥ 0 is the weight with which i was preferred to j; a tie is half a
    weight either way. Maximises Σ won[i, j] · log p(s_i - s_j) - ½ Σ s_i², which is
    strictly concave, by Newton's method on one coordinate after the other.
    """
    count = len(slots)
    weights = [[won.get((i, j), 0.0) for j in slots] for i in slots]
    fit = [0.0] * count
    for _ in range(SWEEPS_MAX):
        largest = 0.0
        for i in range(count):
            step = _newton_step(i, fit, weights)
            fit[i] += step
            largest = max(largest, abs(step))
        if largest < STEP_ENOUGH_LOGITS:
            break
    # Adding zero turns -0.0 into 0.0.
    mean = math.fsum(fit) / count if count else 0.0
    return {slot: round(s - mean, DIGITS) + 0.0 for slot, s in zip(slots, fit, strict=True)}


def _newton_step(i: int, fit: list[float], weights: list[list[float]]) -> float:
    slope, bend = -fit[i], 1.0
    for j, other in enumerate(fit):
        if j != i:
            p = _logistic(fit[i] - other)
            slope += weights[i][j] * (1 - p) - weights[j][i] * p
            bend += (weights[i][j] + weights[j][i]) * p * (1 - p)
    return max(-STEP_MAX_LOGITS, min(STEP_MAX_LOGITS, slope / bend))


def _logistic(x: float) -> float:
    # By tanh, because exp would overflow far out.
    return (1 + math.tanh(x / 2)) / 2
