"""How much an answer is to be trusted: the share of right ones among those found like it."""

from __future__ import annotations

from collections.abc import Mapping

from icd11kit.errors import SourceError

Calibration = Mapping[tuple[str, str], float]
"""Confidence by the way a stem was found, and within it by `kind_of` answer."""
_CELLS = 5
_LEAST = 0.3
SAID, UNSAID = "all said", "more said"
STATED, DOUBTED = "row of 0.8 and more", "row below 0.8"
_SURE = 0.8


def parse_calibration(text: str) -> Calibration:
    """Return a table *way, left over, confidence, answers, reason* as a mapping."""
    found: dict[tuple[str, str], float] = {}
    for line, row in enumerate(text.splitlines()[1:], 2):
        cells = row.split("\t")
        if len(cells) != _CELLS:
            raise SourceError(f"calibration.tsv, line {line}", f"{_CELLS} cells belong there")
        found[cells[0], cells[1]] = float(cells[2])
    return found


def kind_of(stated: float | None, *, is_all_said: bool) -> str:
    """Return which answers of a way count as alike.

    Those of curated rows by the confidence that their row states, others by whether the code
    says more than the answer.

    >>> kind_of(None, is_all_said=True), kind_of(0.85, is_all_said=False)
    ('all said', 'row of 0.8 and more')
    """
    if stated is not None:
        return STATED if stated >= _SURE else DOUBTED
    return SAID if is_all_said else UNSAID


def confidence_of(calibration: Calibration, way: str, kind: str) -> float:
    """Return the confidence in an answer found in a way.

    >>> confidence_of({("same title", "all said"): 0.9}, "same title", "all said")
    0.9
    """
    return calibration.get((way, kind), _LEAST)
