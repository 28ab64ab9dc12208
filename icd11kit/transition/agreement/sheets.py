"""Tables of coders read as they come: CSV or TSV, plain or gzip, whatever separates the cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from icd11kit.errors import SourceError
from icd11kit.sources.texts import decode, read_unpacked

_LONGEST = 500_000_000
_SEPARATORS = ("\t", ",", ";", "|")


class Row(NamedTuple):
    """A row of a table: its line, counted from 1 with the header, and its cells."""

    line: int
    cells: tuple[str, ...]


class Sheet(NamedTuple):
    """A table with a header, what is to be said of it, and its rows."""

    path: str
    names: tuple[str, ...]
    rows: tuple[Row, ...]
    remarks: tuple[str, ...] = ()


def read_sheet(path: str) -> Sheet:
    """Return a table; raises SourceError where the file cannot be read as one."""
    text, remarks = decode(read_unpacked(path, _LONGEST)[0], path)
    return parse_sheet(text, path)._replace(remarks=remarks)


def parse_sheet(text: str, path: str) -> Sheet:
    """Return the table in a text: the separator is the one that makes most columns of line 1.

    Raises SourceError for an empty text, for one without rows, and for broken quotes.
    """
    lines = list(io.StringIO(text, newline=""))  # splitlines would break cells at U+2028 too
    separator = max(_SEPARATORS, key=lambda mark: len(_header(lines, mark)))
    rows = list(_rows(lines, separator, path))
    if not rows:
        raise SourceError(path, "the file is empty; a table with a header is needed")
    if not rows[1:]:
        raise SourceError(path, "there is a header and no row below it")
    return Sheet(path, tuple(name.strip() for name in rows[0].cells), tuple(rows[1:]))


def _header(lines: Sequence[str], separator: str) -> list[str]:
    first = next((line for line in lines if line.strip()), "")
    return next(csv.reader([first], delimiter=separator), [])


def _rows(lines: Sequence[str], separator: str, path: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Row(reader.line_num, tuple(cells))
    except csv.Error as error:
        raise SourceError(
            path, f"line {reader.line_num}: {error}; a cell with quotes is not closed rightly"
        ) from None
