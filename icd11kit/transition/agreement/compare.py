"""How far two coders agree on the same records, and where they part. Needs the extra `agreement`.

Published comparisons of coders report the share of records with the same code, at several
depths of the classification, and kappa or alpha beside it, since some agreement comes by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from icd11kit.transition.agreement.counts import (
    ChapterCount,
    Fault,
    KindCount,
    PairCount,
    Parted,
    count_chapters,
    count_kinds,
    count_pairs,
    find_faults,
    find_parted,
    titles_of,
)
from icd11kit.transition.agreement.differences import IsAlike
from icd11kit.transition.agreement.levels import Level, Options, Shared, measure
from icd11kit.transition.agreement.statistics import Estimate, Step
from icd11kit.transition.agreement.values import Coded


class Agreement(NamedTuple):
    """All measures; records that neither coder coded are counted in `uncoded` and left out."""

    records: int
    uncoded: int
    levels: tuple[Level, ...]
    shared: Shared
    verdict: str
    chapters: tuple[ChapterCount, ...]
    kinds: tuple[KindCount, ...]
    pairs: tuple[PairCount, ...]
    parted: tuple[Parted, ...]
    faults: tuple[Fault, ...]


def compare_coders(
    records: Sequence[Coded],
    options: Options,
    is_alike: IsAlike,
    step: Step = lambda done, total: None,
) -> Agreement:
    """Return how far two coders agree on records, and where they part."""
    coded = [record for record in records if record.first or record.second]
    levels, shared = measure(coded, options, step)
    parted = tuple(find_parted(coded, options.ordered, is_alike))
    return Agreement(
        records=len(coded),
        uncoded=len(records) - len(coded),
        levels=levels,
        shared=shared,
        verdict=judge(levels[0].share, options.target),
        chapters=count_chapters(coded, parted, options.ordered),
        kinds=count_kinds(parted),
        pairs=count_pairs(parted, titles_of(coded)),
        parted=parted,
        faults=tuple(fault for record in coded for fault in find_faults(record)),
    )


def judge(share: Estimate, target: float) -> str:
    """Return how a share stands to the target, its interval heeded.

    >>> judge(Estimate(0.90, 0.80, 0.97), 0.95)
    'not told apart from the target of 95 %: the interval holds it'
    """
    aim = f"the target of {100 * target:g} %"
    if share.value is None or share.low is None or share.high is None:
        return f"not to be judged by {aim}: {share.note}"
    if share.high < target:
        return f"below {aim}, even at the upper end of the interval"
    if share.low >= target:
        return f"at or above {aim}, even at the lower end of the interval"
    return f"not told apart from {aim}: the interval holds it"
