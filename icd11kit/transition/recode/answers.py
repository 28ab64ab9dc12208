"""Answers to the texts of whole columns, each different text asked once. Needs Polars.

Columns come in pieces, from several threads. A piece is answered by joining it with the rows
of its own different texts, so that the cost of a piece does not grow with what was seen before.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from threading import Lock

import polars as pl

from icd11kit.transition.answers import Answer
from icd11kit.transition.recode.cells import Ask, Given, cells_of, count_column, format_cells
from icd11kit.transition.recode.values import ColumnCount

ROW: dict[str, type[pl.DataType] | pl.DataType] = {
    "target": pl.String, "relation": pl.String, "confidence": pl.Float64,
    "needs_review": pl.Boolean, "outcome": pl.String,
}  # fmt: skip
"""The row of an answer; what is not there is null."""

WRITTEN = "written"
"""The column of the table that holds an answer's cells as a piece of a CSV line."""

_TEXT, _COUNT = "text", "count"
_OF_SYSTEM = re.compile(r"([^:\n]+) \(os error \d+\)")


class Answers:
    """A growing table of answers, and how often each was given, by column.

    `delimiter` is that of the CSV lines that answers are written into. What went wrong while a
    piece was answered is kept in `failure`, since Polars tells only its text.
    """

    def __init__(self, ask: Ask, delimiter: str = ",") -> None:
        self.failure: Exception | None = None
        self._ask = ask
        self._delimiter = delimiter
        self._lock = Lock()
        self._known: dict[str | None, int] = {}
        self._said: list[Answer] = []
        self._table = pl.DataFrame(schema={**ROW, WRITTEN: pl.String})
        self._tallies: dict[str, Counter[int]] = {}

    @property
    def distinct(self) -> int:
        """How many different texts were asked, empty cells left out."""
        return len(self._known) - (None in self._known)

    def frame(
        self, column: str, cells: pl.Series, names: Sequence[str] = tuple(ROW)
    ) -> pl.DataFrame:
        """Return the rows of answers to a piece of a column, as far as they are named."""
        try:
            return self._frame(column, cells, names)
        except Exception as error:
            self.failure = error
            raise

    def count(self, column: str) -> ColumnCount:
        """Return what was answered in a column so far."""
        texts = list(self._known)
        tally = self._tallies.get(column, Counter())
        given = (Given(texts[place], self._said[place], rows) for place, rows in tally.items())
        return count_column(column, given)

    def _frame(self, column: str, cells: pl.Series, names: Sequence[str]) -> pl.DataFrame:
        texts = cells.cast(pl.String).rename(_TEXT)
        counted = texts.value_counts(name=_COUNT)
        different: list[str | None] = counted[_TEXT].to_list()
        with self._lock:
            table = self._grown(different)
            places = [self._known[text] for text in different]
            tally = self._tallies.setdefault(column, Counter())
            for place, count in zip(places, counted[_COUNT].to_list(), strict=True):
                tally[place] += count
        part = table.select(names)[places].insert_column(0, counted[_TEXT])
        joined = texts.to_frame().join(
            part, on=_TEXT, how="left", nulls_equal=True, maintain_order="left"
        )
        return joined.drop(_TEXT)

    def _grown(self, texts: Iterable[str | None]) -> pl.DataFrame:
        """Return the table with a row for each text; called with the lock held."""
        new = [text for text in texts if text not in self._known]
        if new:
            answered = [self._ask(text or "") for text in new]
            cells = [cells_of(each) for each in answered]
            written = [format_cells(each, self._delimiter) for each in cells]
            rows = pl.DataFrame(cells, schema=ROW, orient="row").with_columns(
                pl.Series(WRITTEN, written, pl.String)
            )
            self._table = pl.concat([self._table, rows], rechunk=True)
            self._known.update(zip(new, range(len(self._said), self._table.height), strict=True))
            self._said += [each.answer for each in answered]
        return self._table


def fault_of_disk(error: pl.exceptions.PolarsError) -> OSError | None:
    """Return what the system said where Polars could not write, None for another error.

    >>> fault_of_disk(pl.exceptions.ComputeError("IO error: No space left (os error 28)"))
    OSError('No space left')
    """
    found = _OF_SYSTEM.search(str(error))
    return OSError(found[1].strip()) if found else None
