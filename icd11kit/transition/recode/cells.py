"""An answer as it is written beside a code, and answers counted for the summary."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from io import StringIO
from typing import NamedTuple

from icd11kit.transition.answers import Answer, Answered
from icd11kit.transition.outcomes import Outcome
from icd11kit.transition.recode.values import ColumnCount, FlaggedText

Ask = Callable[[str], Answered]

_FLAGS = (Outcome.UNKNOWN, Outcome.MALFORMED)
_MOST_FLAGGED = 5


class Cells(NamedTuple):
    """The cells written beside a code."""

    target: str | None
    relation: str | None
    confidence: float | None
    needs_review: bool
    outcome: str | None


class Given(NamedTuple):
    """An answer that was given, to which text, None for an empty cell, and in how many rows."""

    text: str | None
    answer: Answer
    rows: int


def cells_of(answered: Answered) -> Cells:
    """Return an answer as it is written; a text without mapping has no confidence."""
    answer = answered.answer
    return Cells(
        answer.target or None,
        answer.relation or None,
        answer.confidence if answered.mapping else None,
        answer.needs_review,
        answer.outcome or None,
    )


def format_cells(cells: Cells, delimiter: str) -> str:
    """Return an answer's cells as a piece of a CSV line.

    >>> format_cells(Cells("BA00.Z", "skos:exactMatch", 0.9, False, "one code"), ",")
    'BA00.Z,skos:exactMatch,0.9,false,one code'
    """
    texts = (*cells[:3], "true" if cells.needs_review else "false", cells.outcome)
    line = StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="").writerow(texts)
    return line.getvalue()


def count_column(column: str, given: Iterable[Given]) -> ColumnCount:
    """Return the answers of a column counted: rows by outcome, the commonest flagged texts."""
    every = list(given)
    outcomes: Counter[str] = Counter()
    for each in every:
        outcomes[each.answer.outcome] += each.rows
    flagged = sorted(
        (each for each in every if each.answer.outcome in _FLAGS),
        key=lambda each: (-each.rows, each.text),
    )
    return ColumnCount(
        column,
        sum(each.text is not None for each in every),
        sum(each.rows for each in every if each.answer.needs_review),
        {name or "empty": outcomes[name] for name in ("", *map(str, Outcome)) if outcomes[name]},
        tuple(
            FlaggedText(each.text or "", each.rows, each.answer.outcome, each.answer.reason)
            for each in flagged[:_MOST_FLAGGED]
        ),
    )
