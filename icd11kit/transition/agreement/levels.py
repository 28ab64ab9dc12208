"""Agreement at each depth of a classification, from the whole cluster to the chapter.

Needs the extra `agreement` (NumPy).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from icd11kit.transition.agreement import statistics as statistics
from icd11kit.transition.agreement.differences import codes_in, key_of
from icd11kit.transition.agreement.statistics import Estimate, Measure, Ratings, Step
from icd11kit.transition.agreement.values import Coded, Record
from icd11kit.vocabulary import System

TARGET = 0.95
"""The accuracy customarily asked of a coder, measured against a reference."""


class Options(NamedTuple):
    """What is compared and how: the system, whether order counts, the resampling, the target."""

    system: str = "icd11"
    ordered: bool = True
    resamples: int = 1000
    seed: int = 1
    target: float = TARGET


class Level(NamedTuple):
    """Agreement at one depth: records that agree, their share, and agreement beyond chance."""

    name: str
    agreed: int
    of: int
    share: Estimate
    kappa: Estimate
    alpha: Estimate


class Shared(NamedTuple):
    """Partial credit: codes each coder gave, those in common, and the mean Dice coefficient."""

    first: int
    second: int
    common: int
    dice: Estimate


class Measured(NamedTuple):
    """The levels and the shared codes, all intervals from the same resamples."""

    levels: tuple[Level, ...]
    shared: Shared


class _Pattern(NamedTuple):
    """What measures see of a record: both labels at each level, and the share in common."""

    labels: tuple[tuple[str, str], ...]
    dice: float


Label = Callable[[Record], str]


def labels_of(options: Options, records: Sequence[Coded]) -> dict[str, Label]:
    """Return what is compared at each depth, by name, from the whole to the chapter.

    With order heeded the main stem stands for a record; without it all of its stems do.

    >>> list(labels_of(Options(ordered=False), []))
    ['all codes', 'all stems', 'all blocks', 'all chapters']
    """
    is_10cm, ordered = options.system == System.ICD10CM, options.ordered
    labels: dict[str, Label] = {"all codes": partial(_whole, ordered=ordered)}
    if ordered and any(len(given) > 1 for record in records for given in record[1:]):
        labels["main code" if is_10cm else "main cluster"] = _main_cluster
    which, end, *names = _NAMES[is_10cm, ordered]
    for name, place in zip(names, _PLACES[is_10cm], strict=True):
        labels[f"{which} {name}{end}"] = partial(_place, place=place, ordered=ordered)
    return labels


_PLACES = {True: ("category", "block", "chapter"), False: ("code", "block", "chapter")}
_NAMES = {
    (True, True): ("main", "", "category", "block", "chapter"),
    (True, False): ("all", "s", "categorie", "block", "chapter"),
    (False, True): ("main", "", "stem", "block", "chapter"),
    (False, False): ("all", "s", "stem", "block", "chapter"),
}
"""The words for each level, in ICD-10-CM or not and with order heeded or not."""


def _whole(record: Record, *, ordered: bool) -> str:
    clusters = key_of(record, ordered=ordered)
    return "; ".join("/".join("&".join(group) for group in groups) for groups in clusters)


def _main_cluster(record: Record) -> str:
    return record[0].text if record else ""


def _place(record: Record, *, place: str, ordered: bool) -> str:
    stems = [group.stem for given in record for group in given.groups]
    names = [str(getattr(stem, place)) or stem.code for stem in stems]
    return "; ".join(names[:1] if ordered else sorted(set(names)))


def measure(records: Sequence[Coded], options: Options, step: Step) -> Measured:
    """Return how far coders agree at each level, and the codes they share."""
    labels = labels_of(options, records)
    patterns = Counter(_pattern(record, labels) for record in records)
    counts = np.fromiter(patterns.values(), np.int64, len(patterns))
    ratings = [_ratings(list(patterns), place) for place in range(len(labels))]
    dice = np.array([pattern.dice for pattern in patterns], np.float64)
    *beyond, shared = statistics.estimate(
        [*_beyond_chance(ratings), partial(statistics.mean, dice)],
        counts, options.resamples, options.seed, step,
    )  # fmt: skip
    levels = (
        _level(name, ratings[place], counts, beyond[2 * place : 2 * place + 2])
        for place, name in enumerate(labels)
    )
    return Measured(tuple(levels), _shared(records, shared))


def _pattern(record: Coded, labels: dict[str, Label]) -> _Pattern:
    pairs = tuple((label(record.first), label(record.second)) for label in labels.values())
    return _Pattern(pairs, dice_of(record.first, record.second))


def dice_of(first: Record, second: Record) -> float:
    """Return twice the codes in common, divided by all codes of both; 0 where there is none."""
    ours, theirs = codes_in(first), codes_in(second)
    total = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / total if total else 0.0


def _ratings(patterns: Sequence[_Pattern], place: int) -> Ratings:
    pairs = [pattern.labels[place] for pattern in patterns]
    return statistics.rate([pair[0] for pair in pairs], [pair[1] for pair in pairs])


def _beyond_chance(ratings: Sequence[Ratings]) -> Iterator[Measure]:
    """Yield kappa and alpha of each level."""
    for each in ratings:
        yield partial(statistics.kappa, each)
        yield partial(statistics.alpha, each)


def _level(
    name: str, ratings: Ratings, counts: NDArray[np.int64], beyond: Sequence[Estimate]
) -> Level:
    agreed, of = int(counts[ratings.first == ratings.second].sum()), int(counts.sum())
    return Level(name, agreed, of, statistics.wilson_share(agreed, of), *beyond)


def _shared(records: Sequence[Coded], dice: Estimate) -> Shared:
    pairs = [(codes_in(record.first), codes_in(record.second)) for record in records]
    return Shared(
        sum(ours.total() for ours, _ in pairs),
        sum(theirs.total() for _, theirs in pairs),
        sum((ours & theirs).total() for ours, theirs in pairs),
        dice,
    )
