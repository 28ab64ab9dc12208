"""What a CSV file says of itself in its first line, and what keeps it from being read."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Sequence
from typing import NamedTuple

from icd11kit.errors import SourceError

BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = {";": "';'", "\t": "tab", "|": "'|'", ",": "','"}


class Head(NamedTuple):
    """The header of a CSV file: as it is written, its columns' names, how many lines it has."""

    text: str
    names: tuple[str, ...]
    has_mark: bool
    line_end: str
    lines: int


def parse_head(data: bytes, shown: str, delimiter: str) -> Head:
    r"""Return the header that a CSV file begins with; `shown` is what errors call the file.

    Raises SourceError for an empty file, for one that is no UTF-8 text, and for names that
    stand twice.

    >>> parse_head(b"id,dx1\r\n1,I10\r\n", "a.csv", ",")
    Head(text='id,dx1', names=('id', 'dx1'), has_mark=False, line_end='\r\n', lines=1)
    """
    if not data.strip():
        raise SourceError(shown, "the file is empty; a table with a header is needed")
    if data.startswith(_WIDE):
        raise SourceError(shown, "the file is UTF-16: give --encoding utf-16")
    end = data.find(b"\n")
    while end >= 0 and data.count(b'"', 0, end) % 2:
        end = data.find(b"\n", end + 1)
    line = data[: end if end >= 0 else len(data)].removesuffix(b"\r").removeprefix(BOM)
    text = _decode(line, shown)
    if "\r" in text:
        raise SourceError(shown, "its lines end in carriage returns alone; save it with line feeds")
    line_end = "\r\n" if end > 0 and data[end - 1 : end] == b"\r" else "\n"
    lines = line.count(b"\n") + 1
    return Head(text, _names(text, shown, delimiter), data.startswith(BOM), line_end, lines)


def is_utf8(encoding: str) -> bool:
    """Return whether a name is one of UTF-8's."""
    try:
        return codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")
    except LookupError:
        return False


def _decode(line: bytes, shown: str) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise SourceError(shown, not_utf8(1)) from None


def not_utf8(line: int) -> str:
    """Return what is said of a file that is no UTF-8 text."""
    return (
        f"line {line} is not UTF-8 text; if the file is in Latin-1, as older Windows programs "
        "write it, give --encoding latin-1"
    )


def _names(text: str, shown: str, delimiter: str) -> tuple[str, ...]:
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter))
    except csv.Error as error:
        raise SourceError(shown, f"line 1 cannot be read ({error})") from None
    names = tuple(rows[0]) if rows else ("",)
    twice = [name for place, name in enumerate(names) if name in names[:place]]
    if twice:
        raise SourceError(shown, f"the column {twice[0]!r} is there twice; rename one of them")
    return names


def check_columns(
    shown: str, names: Sequence[str], columns: Sequence[str], added: Sequence[str]
) -> None:
    """Raise SourceError unless the columns of codes are there and the added ones are not."""
    for column in columns:
        if column not in names:
            raise SourceError(shown, _missing(names, column))
    clash = [name for name in added if name in names]
    if clash:
        raise SourceError(
            shown, f"there is a column {clash[0]!r} already; rename it, or recode the file before"
        )


def _missing(names: Sequence[str], column: str) -> str:
    others = [shown for mark, shown in _DELIMITERS.items() if len(names) == 1 and mark in names[0]]
    if others:
        return f"line 1 is one column, named {names[0]!r}; give --delimiter {others[0]}"
    return f"there is no column {column!r}; the columns are {', '.join(map(repr, names))}"
