"""How much of a volume is expected to be mapped right, with a range that heeds both doubts.

A confidence is the share of right answers in a sample of answers found the same way; the
sample is small, so that share is itself uncertain (a beta distribution), and all codes found
that way are wrong or right with it. Beside that, each code is right or wrong as a whole: where
few codes carry most of the volume, the range is wide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import sqrt
from typing import NamedTuple

from icd11kit.crosswalk.mapping import CodeMapping
from icd11kit.resources import read_resource
from icd11kit.transition.impact.values import Band, CodeRow

_PRIOR = 2
"""Confidences are drawn to 0.8 as by two more answers, so a beta has two more than there were."""
_NORMAL_95 = 1.96


class Cell(NamedTuple):
    """Answers of one kind that were checked: the confidence they gave, and how many."""

    confidence: float
    answers: int


@lru_cache(maxsize=1)
def shipped_cells() -> Mapping[str, Cell]:
    """Return the checked answers that confidences rest on, by way and kind."""
    rows = (line.split("\t") for line in read_resource("mappings", "calibration.tsv").splitlines())
    return {
        f"{way}, {kind}": Cell(float(confidence), int(answers))
        for way, kind, confidence, answers, *_ in list(rows)[1:]
    }


def answers_checked() -> int:
    """Return how many answers all confidences together rest on."""
    return sum(cell.answers for cell in shipped_cells().values())


def basis_of(mapping: CodeMapping) -> str:
    """Return the name of the checked answers that a mapping is alike to, "" for none.

    >>> import icd11kit
    >>> basis_of(icd11kit.open().map("E11.9"))
    'curated mapping, row of 0.8 and more'
    """
    ways = {evidence.kind for evidence in mapping.evidence}
    return next(
        (
            name
            for name, cell in shipped_cells().items()
            if name.rpartition(", ")[0] in ways and cell.confidence == mapping.confidence
        ),
        "",
    )


def expect_right(rows: Iterable[CodeRow]) -> Band:
    """Return the share of volume whose stem is expected right; what has no target is not.

    The range is the mean and 1.96 standard deviations to both sides, within 0 and 1.
    """
    total, mean, measured, own = 0, 0.0, 0, 0.0
    by_cell: dict[tuple[str, float], int] = defaultdict(int)
    for row in rows:
        total += row.volume
        if not row.target:
            continue
        spread = _variance(row.basis, row.confidence)
        mean += row.volume * row.confidence
        own += row.volume**2 * (row.confidence * (1 - row.confidence) - spread)
        by_cell[row.basis, row.confidence] += row.volume
        measured += row.volume if _answers(row.basis) else 0
    if not total:
        return Band(0.0, 0.0, 0.0, 0.0)
    shared = sum(volume**2 * _variance(*cell) for cell, volume in by_cell.items())
    share, reach = mean / total, _NORMAL_95 * sqrt(own + shared) / total
    return Band(share, max(0.0, share - reach), min(1.0, share + reach), measured / total)


def _answers(basis: str) -> int:
    return shipped_cells()[basis].answers if basis else 0


def _variance(basis: str, confidence: float) -> float:
    """Return the variance of the share of right answers among those found in one way."""
    return confidence * (1 - confidence) / (_answers(basis) + _PRIOR + 1)
