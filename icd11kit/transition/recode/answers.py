"""Answers to the texts of whole columns, each different text asked once. Needs Polars.

Columns come in pieces, from several threads. Polars numbers the different texts as they come, as
categories of its own; the number of a text is the place of its answer in a table, and that of an
empty cell is 0. To answer a piece is to gather rows, which keeps their order and hashes each cell
once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from threading import Lock
from typing import cast

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
        self._categories = pl.Categories.random()
        # Polars forgets categories that no series has any more.
        self._none = pl.Series(dtype=pl.Categorical(self._categories))
        self._said: list[Answer] = []
        self._table = pl.DataFrame(schema={**ROW, WRITTEN: pl.String})
        self._tallies: dict[str, pl.Series] = {}

    @property
    def distinct(self) -> int:
        """How many different texts were asked, empty cells left out."""
        return max(len(self._said) - 1, 0)

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
        rows = self._tallies.get(column, pl.Series())
        given = zip(self._texts(0, len(rows)), self._said, rows, strict=False)
        return count_column(column, (Given(*each) for each in given if each[2]))

    def _frame(self, column: str, cells: pl.Series, names: Sequence[str]) -> pl.DataFrame:
        texts = cells.cast(pl.String)
        with self._lock:
            places = (texts.cast(self._none.dtype).to_physical() + 1).fill_null(0)
            counted, last = places.value_counts(), cast("int | None", places.max())
            table = self._grown(1 + (last or 0))
            self._tally(column, *counted)
        return table.select(names)[places]

    def _tally(self, column: str, places: pl.Series, rows: pl.Series) -> None:
        tally = self._tallies.get(column, pl.Series(dtype=pl.UInt64))
        tally = tally.extend_constant(0, len(self._said) - len(tally))
        self._tallies[column] = tally.scatter(places, tally[places] + rows)

    def _texts(self, first: int, end: int) -> Sequence[str | None]:
        """Return the texts at a range of places."""
        numbers = pl.int_range(first - 1, end - 1, eager=True).cast(pl.UInt32, strict=False)
        return numbers.cat.to(self._none.dtype).to_list()

    def _grown(self, end: int) -> pl.DataFrame:
        """Return the table with all rows up to an end; called with the lock held."""
        if end > len(self._said):
            new = self._texts(len(self._said), end)
            answered = [self._ask(text or "") for text in new]
            cells = [cells_of(each) for each in answered]
            written = [format_cells(each, self._delimiter) for each in cells]
            rows = pl.DataFrame(cells, schema=ROW, orient="row").with_columns(
                pl.Series(WRITTEN, written, pl.String)
            )
            self._table = pl.concat([self._table, rows], rechunk=True)
            self._said += [each.answer for each in answered]
        return self._table


def fault_of_disk(error: pl.exceptions.PolarsError) -> OSError | None:
    """Return what the system said where Polars could not write, None for another error.

    >>> fault_of_disk(pl.exceptions.ComputeError("IO error: No space left (os error 28)"))
    OSError('No space left')
    """
    found = _OF_SYSTEM.search(str(error))
    return OSError(found[1].strip()) if found else None
