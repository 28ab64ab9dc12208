"""Agreement beyond chance between two coders, with intervals. Needs the extra `agreement` (NumPy).

Kappa and nominal alpha for two coders are a line each over category counts, written out here
because the packages at hand hold records times categories squared in memory: a thousand
records in four hundred codes are gigabytes, and resampling asks a thousand times. The tests
set these lines beside the package `krippendorff` and beside published examples.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from icd11kit.transition.intervals import wilson

Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]
Measure = Callable[[Counts], float]
"""A statistic of records, given how often each kind of record counts; not a number for none."""
Step = Callable[[int, int], None]

_TAILS = (2.5, 97.5)
_MOST_UNDEFINED = 0.05
ONE_CATEGORY = (
    "both gave one and the same category throughout: chance alone would agree always, "
    "so agreement beyond chance is not defined"
)
ONE_RECORD = "one record says nothing of chance"
NO_RECORD = "no record to compare"
ALL_ALIKE = "every resample gives the same value, so resampling shows no interval"
NO_RESAMPLES = "no resamples were asked for"
MOSTLY_UNDEFINED = "over 5 % of the resamples hold one category only, so there is no interval"


class Estimate(NamedTuple):
    """A statistic with its 95 % interval; what is None is so for the reason in `note`."""

    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""


class Ratings(NamedTuple):
    """The categories two coders gave, as numbers below `size`, one pair a kind of record."""

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    size: int


def rate(first: Sequence[str], second: Sequence[str]) -> Ratings:
    """Return two coders' categories as numbers; the sequences are as long as each other."""
    if not first:
        return Ratings(np.empty(0, np.intp), np.empty(0, np.intp), 0)
    names, places = np.unique([*first, *second], return_inverse=True)
    places = places.reshape(2, len(first))
    return Ratings(places[0], places[1], len(names))


def mean(numbers: Numbers, counts: Counts) -> float:
    """Return the mean over records of what each kind of record has."""
    return float(counts @ numbers / counts.sum())


def agreement(ratings: Ratings, counts: Counts) -> float:
    """Return the share of records to which both gave the same category."""
    return float(counts[ratings.first == ratings.second].sum() / counts.sum())


def kappa(ratings: Ratings, counts: Counts) -> float:
    """Return Cohen's kappa: agreement beyond what each coder's own habits give by chance.

    Source: J. Cohen, A coefficient of agreement for nominal scales, Educational and
    Psychological Measurement 20 (1960), 37-46.

    >>> ratings = rate(["yes", "yes", "no", "no"], ["yes", "no", "no", "no"])
    >>> kappa(ratings, np.ones(4, np.int64))
    0.5
    """
    by_first, by_second = _used(ratings, counts)
    records = float(counts.sum())
    chance = float(by_first @ by_second) / records**2
    return _beyond(agreement(ratings, counts), chance, records)


def alpha(ratings: Ratings, counts: Counts) -> float:
    """Return Krippendorff's alpha for nominal data: chance is the habits of both pooled.

    Source: K. Krippendorff, Computing Krippendorff's alpha-reliability (2011).

    >>> ratings = rate(["yes", "yes", "no", "no"], ["yes", "no", "no", "no"])
    >>> round(alpha(ratings, np.ones(4, np.int64)), 4)
    0.5333
    """
    by_first, by_second = _used(ratings, counts)
    pooled = by_first + by_second
    values = float(pooled.sum())
    chance = float(pooled @ (pooled - 1)) / (values * (values - 1))
    return _beyond(agreement(ratings, counts), chance, values / 2)


def _used(ratings: Ratings, counts: Counts) -> tuple[Numbers, Numbers]:
    """Return how often each coder used each category."""
    first, second = (np.bincount(each, counts, ratings.size) for each in ratings[:2])
    return first.astype(np.float64), second.astype(np.float64)


def _beyond(observed: float, chance: float, records: float) -> float:
    """Return agreement beyond chance; one record, or one category, has none."""
    return math.nan if records < 2 or chance >= 1 else (observed - chance) / (1 - chance)


def wilson_share(hits: int, of: int) -> Estimate:
    """Return a share with its Wilson score interval.

    >>> found = wilson_share(20, 20)
    >>> found.value, round(found.low, 3), found.high
    (1.0, 0.839, 1.0)
    """
    return Estimate(hits / of, *wilson(hits, of)) if of else Estimate(None, note=NO_RECORD)


def resample(
    measures: Sequence[Measure], counts: Counts, resamples: int, seed: int, step: Step
) -> Numbers:
    """Return each measure of each resample of the records, drawn with replacement.

    Records of a kind are drawn together, which is the same as one by one and costs less.
    """
    generator = np.random.default_rng(seed)
    records = int(counts.sum())
    drawn = np.empty((resamples, len(measures)))
    for number in range(resamples):
        again = generator.multinomial(records, counts / records)
        drawn[number] = [measure(again) for measure in measures]
        step(number + 1, resamples)
    return drawn


def estimate(
    measures: Sequence[Measure],
    counts: Counts,
    resamples: int,
    seed: int,
    step: Step = lambda done, total: None,
) -> tuple[Estimate, ...]:
    """Return measures with percentile bootstrap intervals, all from the same resamples."""
    records = int(counts.sum())
    if not records:
        return tuple(Estimate(None, note=NO_RECORD) for _ in measures)
    values = [measure(counts) for measure in measures]
    drawn = resample(measures, counts, resamples, seed, step)
    undefined = ONE_CATEGORY if records > 1 else ONE_RECORD
    return tuple(
        Estimate(None, note=undefined) if math.isnan(value) else _with_interval(value, column)
        for value, column in zip(values, drawn.T, strict=True)
    )


def _with_interval(value: float, drawn: Numbers) -> Estimate:
    defined = drawn[~np.isnan(drawn)]
    if len(drawn) == 0:
        return Estimate(value, note=NO_RESAMPLES)
    if len(defined) < len(drawn) * (1 - _MOST_UNDEFINED):
        return Estimate(value, note=MOSTLY_UNDEFINED)
    low, high = (float(each) for each in np.percentile(defined, _TAILS))
    if math.isclose(low, high):
        return Estimate(value, note=ALL_ALIKE)
    return Estimate(value, low, high)
