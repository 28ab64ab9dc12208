"""Records coded twice: ratios by what coders chose, with bootstrap intervals (numpy)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from icd11kit.postcoordination.entries import Entries
from icd11kit.transition.impact.groups import Pair, kin_of
from icd11kit.transition.impact.values import FEWEST_RECORDS, DoubleCoded, DoubleRatio
from icd11kit.transition.volumes import find_column, parse_table, read_table

RESAMPLES = 2000
_LOW, _HIGH = 0.025, 0.975


class Twice(NamedTuple):
    """What a record was coded as, in the source and in ICD-11, by its first stem."""

    source: str
    stem: str


def read_double(path: str, source: str = "", target: str = "") -> tuple[Counter[Twice], int, str]:
    """Return records by their two codes, how many lack one, and the file's SHA-256.

    Codes stand in the first two columns unless others are named.
    """
    text, _, digest = read_table(path)
    frame = parse_table(text, path)
    second = target or (frame.columns[2] if len(frame.columns) > 2 else "icd11")
    names = find_column(frame, source, path), find_column(frame, second, path)
    found: Counter[Twice] = Counter()
    lacking = 0
    for first, other, times in frame.group_by(names, maintain_order=True).len().iter_rows():
        if first and other:
            found[Twice(first, re.split("[&/]", other)[0].strip().upper())] += times
        else:
            lacking += times
    return found, lacking, digest


def compare_double(
    path: str, pairs: Iterable[Pair], entries: Entries, *, seed: int = 1,
) -> DoubleCoded:  # fmt: skip
    """Return the ratios of groups in a file of records coded twice."""
    records, lacking, digest = read_double(path)
    kin = {each.stem: kin_of(each.stem, entries) for each in records}
    unknown = sum(n for each, n in records.items() if not kin[each.stem])
    known = {each: n for each, n in records.items() if kin[each.stem]}
    ratios = (_ratio(pair, known, kin, seed) for pair in pairs)
    total = sum(known.values())
    return DoubleCoded(
        Path(path).name, digest, total, lacking + unknown, RESAMPLES, seed,
        tuple(ratio for ratio in ratios if ratio is not None),
    )  # fmt: skip


def _ratio(
    pair: Pair, records: Mapping[Twice, int], kin: Mapping[str, frozenset[str]], seed: int
) -> DoubleRatio | None:
    """Return the ratio of a group, None where no record was in its counterpart."""
    cells = [0, 0, 0, 0]
    for record, times in records.items():
        was = pair.holds_source(record.source)
        now = not pair.roots.isdisjoint(kin[record.stem])
        cells[2 * was + now] += times
    before, after = cells[2] + cells[3], cells[1] + cells[3]
    if not before:
        return None
    low, high = bootstrap_ratio(cells, seed)
    return DoubleRatio(
        pair.label, pair.title, pair.counterpart, before, after, after / before, low, high
    )


def bootstrap_ratio(cells: Sequence[int], seed: int) -> tuple[float | None, float | None]:
    """Return the percentile interval of a ratio when records are drawn again.

    `cells` counts records in neither group, in the group only, in the counterpart only, in both.
    Drawing records again and counting them in these cells is a multinomial draw. There is none
    where the counterpart has few records, and where no record enters or leaves the group: then
    every draw gives 1, which tells nothing of how sure that is.

    >>> low, high = bootstrap_ratio([50, 5, 10, 35], 1)
    >>> low < 40 / 45 < high
    True
    """
    before = cells[2] + cells[3]
    if before < FEWEST_RECORDS or not (cells[1] or cells[2]):
        return None, None
    total = sum(cells)
    chances = np.array(cells, dtype=float) / total
    drawn = np.random.default_rng(seed).multinomial(total, chances, RESAMPLES)
    was, now = drawn[:, 2] + drawn[:, 3], drawn[:, 1] + drawn[:, 3]
    ratios = now[was > 0] / was[was > 0]
    return float(np.quantile(ratios, _LOW)), float(np.quantile(ratios, _HIGH))
