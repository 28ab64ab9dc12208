"""Tables of coders read as they come: CSV or TSV, plain or gzip, whatever separates the cells."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from icd11kit.errors import SourceError

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
    text, remarks = decode(_read_bytes(path), path)
    return parse_sheet(text, path)._replace(remarks=remarks)


def _read_bytes(path: str) -> bytes:
    try:
        with Path(path).open("rb") as stream:
            is_packed = stream.read(2) == b"\x1f\x8b"
            stream.seek(0)
            if is_packed:
                with gzip.open(stream) as unpacked:
                    data = unpacked.read(_LONGEST + 1)
            else:
                data = stream.read(_LONGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or f"it cannot be unpacked ({error})"
        raise SourceError(path, reason) from None
    if len(data) > _LONGEST:
        raise SourceError(path, f"the table has over {_LONGEST:,} bytes; split it")
    return data


def decode(data: bytes, path: str) -> tuple[str, tuple[str, ...]]:
    r"""Return the text of a table and what is to be said of its encoding.

    UTF-8 with or without a byte order mark and UTF-16 with one are read as such, anything
    else as Windows-1252, which holds Latin-1. Raises SourceError for what is no text.

    >>> decode("id,código\n".encode("latin-1"), "a.csv")
    ('id,código\n', ('a.csv is not UTF-8: it was read as Windows-1252',))
    """
    if data.startswith(b"PK"):
        raise SourceError(path, "the file is a workbook or an archive; save the sheet as CSV")
    try:
        is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        text, remarks = data.decode("utf-16" if is_wide else "utf-8-sig"), ()
    except UnicodeDecodeError:
        return _as_windows(data, path), (f"{path} is not UTF-8: it was read as Windows-1252",)
    if "\0" in text:
        raise SourceError(path, "the file holds binary data; a CSV or TSV table is needed")
    return text, remarks


def _as_windows(data: bytes, path: str) -> str:
    if b"\0" in data:
        raise SourceError(path, "the file holds binary data; a CSV or TSV table is needed")
    return data.decode("cp1252", "replace")


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
