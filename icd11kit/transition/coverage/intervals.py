"""Intervals of shares of volume, by resampling codes. Needs the extra `figures` (NumPy)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from icd11kit.transition.coverage.measure import Question
from icd11kit.transition.coverage.values import Case, Interval, Measure

_TAILS = (2.5, 97.5)


def with_intervals(
    cases: Sequence[Case],
    asked: Sequence[Question],
    measures: Sequence[Measure],
    resamples: int,
    seed: int,
) -> list[Measure]:
    """Return measures with percentile bootstrap intervals of their shares of volume.

    What is drawn, with replacement, are codes with their volumes: a few frequent codes make a
    wide interval. A share that no resample defines, or that all give alike, stays without:
    resampling shows nothing of it.
    """
    if not cases or not resamples:
        return list(measures)
    inside = np.array([[_held(q, c) for q in asked] for c in cases])
    within = np.array([[float(q.of(c)) for q in asked] for c in cases])
    volumes = np.array([case.volume for case in cases], dtype=float)[:, None]
    sums = np.hstack([inside * volumes, within * volumes])
    random = np.random.default_rng(seed)
    drawn = np.empty((resamples, sums.shape[1]))
    for place in range(resamples):
        picked = random.integers(0, len(cases), len(cases))
        drawn[place] = np.bincount(picked, minlength=len(cases)) @ sums
    return [
        _with_interval(each, drawn[:, place], drawn[:, place + len(asked)])
        for place, each in enumerate(measures)
    ]


def _held(asked: Question, case: Case) -> float:
    return float(asked.of(case) and asked.counts(case))


def _with_interval(
    measure: Measure, hits: np.ndarray[tuple[int], np.dtype[np.float64]],
    of: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> Measure:  # fmt: skip
    whole = of > 0
    if measure.weight is None or not whole.any():
        return measure
    low, high = np.percentile(hits[whole] / of[whole], _TAILS)
    if low == high:
        return measure
    interval = Interval(float(low), float(high))
    return measure._replace(weight=measure.weight._replace(interval=interval))
