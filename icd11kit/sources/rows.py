"""Rows of a user's table, CSV or TSV, read as they stand; rows that were not understood."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from icd11kit.errors import SourceError


class TableRow(NamedTuple):
    """A row of a table: its number from 1, the header left out, and its cells by column."""

    number: int
    cells: dict[str, str]


class RowError(NamedTuple):
    """A row that was not understood: where it stands and why; it is never dropped unsaid."""

    path: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.path}, line {self.line}: {self.reason}"


def separator_of(path: str) -> str:
    """Return what separates the cells of a file of this name.

    >>> separator_of("codes.TSV") == chr(9), separator_of("codes.csv")
    (True, ',')
    """
    return "\t" if path.lower().endswith(".tsv") else ","


def read_rows(path: str, column: str) -> Iterator[TableRow]:
    """Yield the rows of a table that has a column.

    Raises SourceError where the file cannot be read or has no such column.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream, delimiter=separator_of(path))
            names = list(rows.fieldnames or ())
            if column not in names:
                raise SourceError(path, f"no column {column!r}; there are {', '.join(names)}")
            for number, row in enumerate(rows, 1):
                yield TableRow(number, {name: row[name] or "" for name in names})
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(path, reason) from None
